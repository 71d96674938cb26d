using System.Diagnostics;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>How a run on Spark ends when Spark, Java or the program itself does: with its exit code, and nothing left running.</summary>
[TestFixture]
public sealed class SparkEndsTests
{
    private Night _night = null!;
    private int _warehouses;

    [OneTimeSetUp]
    public void Generate() => _night = new Night(3_000, days: 1);

    [OneTimeTearDown]
    public void Remove() => _night.Dispose();

    [Test]
    public void NoSparkThere()
    {
        var run = Ended(Start("local[1]", ("SPARK_HOME", "/nowhere")), out var error);
        Assert.That((run, error), Is.EqualTo((6, error)));
        Assert.That(error, Does.Contain("spark: start: expected /nowhere/bin/spark-submit, found none; set SPARK_HOME"));
        Assert.That(Ended(Start("local[1]", ("SPARK_HOME", null)), out error), Is.EqualTo(6));
        Assert.That(error, Does.Contain("expected SPARK_HOME to name an Apache Spark"));
    }

    [Test]
    public void AWarehouseThatWouldGoWithItsContainer()
    {
        var inside = Directory.CreateDirectory(Path.Combine(Environment.CurrentDirectory, Path.GetRandomFileName())).FullName;
        try
        {
            using var run = ProgramRun.Start(
                new Dictionary<string, string?> { ["CONTAINER_ID"] = "container_1_1", ["SPARK_HOME"] = "/nowhere" },
                "backfill", "--pipeline", _night.Pipeline, "--as-of", Night.AsOf, "--from", "2026-03-27", "--to", "2026-03-27", "--engine", "spark", "--set", $"warehouse.root={inside}");
            Assert.That(Ended(run, out var error), Is.EqualTo(2));
            Assert.That(error, Does.Contain($"warehouse.root is {inside}, in the folder of a YARN container"));
        }
        finally
        {
            Directory.Delete(inside, recursive: true);
        }
    }

    [Test]
    public void NoJavaThere()
    {
        var tools = Directory.CreateDirectory(Path.Combine(_night.Folder, "tools")).FullName;
        foreach (var tool in new[] { "bash", "env", "dirname", "tr", "ls", "basename" })
        {
            File.CreateSymbolicLink(Path.Combine(tools, tool), File.Exists($"/usr/bin/{tool}") ? $"/usr/bin/{tool}" : $"/bin/{tool}");
        }

        Assert.That(Ended(Start("local[1]", ("SPARK_HOME", SparkSoftware.Home), ("PATH", tools), ("JAVA_HOME", null)), out var error), Is.EqualTo(6));
        Assert.That(error, Does.Contain("spark: start: ").And.Contain("JAVA_HOME"));
    }

    [Test]
    public void AMasterThatIsNone()
    {
        Assert.That(Ended(Start("nonsense", ("SPARK_HOME", SparkSoftware.Home)), out var error), Is.EqualTo(6));
        Assert.That(error, Does.Contain("spark: start: ").And.Contain("Master must"));
    }

    [Test]
    public void AKilledSparkIsSaid()
    {
        using var run = Start("local[1]", ("SPARK_HOME", SparkSoftware.Home));
        var spark = SparkOf(run, atWork: true);
        SparkSoftware.Signal(spark, "KILL");
        Assert.That(Ended(run, out var error), Is.EqualTo(6), error);
        Assert.That(error, Does.Contain("the driver has ended or was killed"));
    }

    [Test]
    public void AKilledProgramLeavesNoSpark()
    {
        using var run = Start("local[1]", ("SPARK_HOME", SparkSoftware.Home));
        var spark = SparkOf(run, atWork: true);
        run.Kill();
        SparkSoftware.Until(() => SparkSoftware.CommandOf(spark).Length == 0, "Spark to end");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void AnInterruptEndsBoth(bool atWork)
    {
        using var run = Start("local[1]", ("SPARK_HOME", SparkSoftware.Home));
        var spark = SparkOf(run, atWork);
        SparkSoftware.Signal(run.Id, "INT");
        var waited = Stopwatch.StartNew();
        Assert.That(Ended(run, out var error), Is.EqualTo(130), error);
        Assert.That(error, Does.Contain("interrupted"));
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That(SparkSoftware.CommandOf(spark), Is.Empty, "Spark has ended");
    }

    /// <summary>The JVM that a run started; at work = the run has its session and reads.</summary>
    private static int SparkOf(Process run, bool atWork)
    {
        var spark = 0;
        SparkSoftware.Until(
            () => (spark = SparkSoftware.Descendants(run.Id).FirstOrDefault(p => SparkSoftware.CommandOf(p).Contains("SparkSubmit", StringComparison.Ordinal))) != 0,
            "Spark to be started");
        if (atWork)
        {
            // The line that names the day follows the session.
            while (run.StandardError.ReadLine() is { } line && !line.Contains("not published yet", StringComparison.Ordinal))
            {
            }

            Thread.Sleep(2_000);
        }

        return spark;
    }

    private Process Start(string master, params (string Name, string? Value)[] environment) => ProgramRun.Start(
        environment.ToDictionary(e => e.Name, e => e.Value),
        "backfill", "--pipeline", _night.Pipeline, "--as-of", Night.AsOf, "--from", "2026-03-27", "--to", "2026-03-27",
        "--engine", "spark", "--set", $"engine.master={master}", "--set", $"warehouse.root={_night.Folder}/w{_warehouses++}");

    private static int Ended(Process run, out string error)
    {
        var output = run.StandardOutput.ReadToEndAsync();
        error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        _ = output.Result;
        return run.ExitCode;
    }
}
