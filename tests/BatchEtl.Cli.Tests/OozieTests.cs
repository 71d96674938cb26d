using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using BatchEtl.Cli.Tests.Spark;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>The schedules in oozie/ by Oozie 5.2.1's own services: schemas, expressions, and the shell action's ways out.</summary>
[TestFixture]
[UnsupportedOSPlatform("windows")]
public sealed partial class OozieTests
{
    private string _app = null!;

    [SetUp]
    public void Copy()
    {
        _app = Directory.CreateTempSubdirectory("batch-etl-oozie-").FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "oozie")).Append(Path.Combine(Repository.Root, "scripts", "submit")).Append(Path.Combine(Repository.Root, "scripts", "nightly.py")))
        {
            File.Copy(file, Path.Combine(_app, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(_app, "pipeline.yaml"), "# none\n");
    }

    [TearDown]
    public void Remove() => Directory.Delete(_app, recursive: true);

    /// <summary>Oozie's dry run shows 19 actions: around each clock change of the zone.</summary>
    [TestCase("Europe/Vilnius", "2026-03-20T03:15Z")]
    [TestCase("Europe/Vilnius", "2026-10-15T02:15Z")]
    [TestCase("Pacific/Auckland", "2026-03-30T16:15Z")]
    [TestCase("America/Los_Angeles", "2026-10-25T12:15Z")]
    public void EveryNightIsAtTheSameLocalTimeAndAsksForTheDayBefore(string zone, string start)
    {
        var told = Oozie("--hours", "455", "--max", "40", $"-Dzone={zone}", $"-Dstart={start}");
        Assert.That(told, Does.Contain("RESULT: OK"));
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var first = TimeZoneInfo.ConvertTimeFromUtc(DateTime.Parse(start, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), local);
        Assert.That(first.TimeOfDay, Is.EqualTo(new TimeSpan(5, 15, 0)));
        var nominal = Nominal().Matches(told).Select(m => TimeZoneInfo.ConvertTimeFromUtc(DateTime.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), local)).ToList();
        Assert.That(nominal, Is.EqualTo(Enumerable.Range(0, nominal.Count).Select(n => first.AddDays(n))));
        Assert.That(nominal, Has.Count.EqualTo(19));
        Assert.That(Days().Matches(told).Select(m => m.Groups[1].Value), Is.EqualTo(nominal.Select(n => n.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
    }

    [TestCase("2026-03-29T02:15Z", "2026-03-27/22", 28, TestName = "A day of 24 hours waits for 28 folders")]
    [TestCase("2026-03-30T02:15Z", "2026-03-28/22", 27, TestName = "A day of 23 hours waits for 27 folders")]
    [TestCase("2026-10-26T03:15Z", "2026-10-24/21", 29, TestName = "A day of 25 hours waits for 29 folders")]
    public void DoneFlags(string start, string first, int folders)
    {
        var told = Oozie("--hours", "1", "-DcoordinatorFile=coordinator-done-flag.xml", $"-Dstart={start}");
        var waited = Regex.Match(told, "data-in landed = (.*)").Groups[1].Value.Split('#', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim()["hdfs://namenode:8020/data/tracking/".Length..][..13]).Order(StringComparer.Ordinal).ToList();
        Assert.That((waited[0], waited.Count), Is.EqualTo((first, folders)), told);
    }

    /// <summary>The program's exit codes, and where the workflow goes.</summary>
    [TestCase("0", "SUCCEEDED", "")]
    [TestCase("6 0", "SUCCEEDED", "night-again")]
    [TestCase("6 6", "KILLED", "night failed twice")]
    [TestCase("3", "KILLED", "exit code 3")]
    public void TheShellActionsWaysOut(string codes, string status, string said)
    {
        Program($"n=$(cat '{_app}/runs' 2>/dev/null | wc -l); echo \"$@\" >> '{_app}/runs'; set -- {codes}; shift $n; exit $1");
        var told = Oozie("--run", "--supply", "--exec-shell", "--hours", "1", "--seconds", "120", "-Dend=2026-03-30T03:00Z", $"-Dprogram={_app}/program");
        Assert.That(told, Does.Contain(status).And.Contain(said), told);
        Assert.That(File.ReadAllLines(Path.Combine(_app, "runs")), Is.All.EqualTo("nightly --catch-up --pipeline pipeline.yaml --no-progress"));
        Assert.That(File.ReadAllLines(Path.Combine(_app, "runs")), Has.Length.EqualTo(codes.Split(' ').Length));
    }

    [Test]
    public void TheShellActionRunsTheNight()
    {
        using var night = new Night(5_000);
        Assert.That(night.Run("backfill", "--from", "2026-03-27", "--to", "2026-03-27").ExitCode, Is.Zero);
        Program($"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "batch-etl.dll")}' \"$@\" --as-of 2026-03-30T05:00:00Z --set 'landing.root={night.Landing}' --set 'warehouse.root={night.Warehouse}'");
        File.Copy(night.Pipeline, Path.Combine(_app, "pipeline.yaml"), overwrite: true);
        var told = Oozie("--run", "--supply", "--exec-shell", "--hours", "1", "--seconds", "120", "-Dend=2026-03-30T03:00Z", $"-Dprogram={_app}/program");
        Assert.That(told, Does.Contain("SUCCEEDED"), told);
        Assert.That(night.Rows().Keys, Does.Contain("metrics/dt=2026-03-28").And.Contain("metrics/dt=2026-03-29"));
    }

    [Test]
    public void TheSparkActionFollowsItsSchema()
    {
        var told = Oozie("--run", "--supply", "--hours", "1", "--seconds", "120", "-Dend=2026-03-30T03:00Z", "-DwfFile=workflow-spark.xml");
        Assert.That(told, Does.Contain("schema ok   workflow-spark.xml").And.Contain("SUCCEEDED"), told);
        Assert.That(Oozie("--run", "--supply", "--hours", "1", "--seconds", "120", "-Dend=2026-03-30T03:00Z", "-DwfFile=workflow-spark.xml", "--fail", "night"), Does.Contain("KILLED"));
    }

    [GeneratedRegex("action @\\d+ nominal (\\S+)")]
    private static partial Regex Nominal();

    [GeneratedRegex("day = (\\S+)")]
    private static partial Regex Days();

    /// <summary>The program that the shell action runs; archives are not unpacked by what stands in for YARN here.</summary>
    private void Program(string script)
    {
        var program = Path.Combine(_app, "program");
        File.WriteAllText(program, $"#!/usr/bin/env bash\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_app, "batch-etl.tar.gz"), "stands for the archive");
    }

    private string Oozie(params string[] options)
    {
        try
        {
            return ClusterScript.Run("oozie", [_app, Path.Combine(_app, "job.properties"), .. options]);
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
