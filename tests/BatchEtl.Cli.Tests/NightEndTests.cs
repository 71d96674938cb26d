using System.Text.Json.Nodes;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>What follows a night: the report for other tools, on_finish, and the nights that were missed.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class NightEndTests
{
    [Test]
    public void OnFinishGetsTheReportOfItsOwnNightAndTheExitCode()
    {
        using var night = new Night(5_000);
        var told = Path.Combine(night.Folder, "told");
        string[] finish = ["--set", $"on_finish=echo \"$BATCH_ETL_EXIT_CODE $BATCH_ETL_SUMMARY\" >> {told}"];
        Assert.That(night.Run("backfill", ["--from", "2026-03-27", "--to", "2026-03-28", .. finish]).ExitCode, Is.Zero);
        Assert.That(night.Run("nightly", ["--date", "2026-03-27", .. finish]).ExitCode, Is.Zero);
        Assert.That(night.Run("nightly", ["--date", "2026-03-30", .. finish]).ExitCode, Is.EqualTo(5));
        Assert.That(File.ReadAllLines(told), Is.EqualTo(new[] { $"0 {Report("2026-03-28")}", $"0 {Report("2026-03-27")}", "5 " }));
        var report = JsonNode.Parse(File.ReadAllText(Report("2026-03-28")))!;
        Assert.That(((string?)report["day"], (long)report["counts"]!["events"]!), Is.EqualTo(("2026-03-28", night.Rows()["events/dt=2026-03-28"].Split('\n').LongLength)));
        var failing = night.Run("nightly", "--date", "2026-03-28", "--set", "on_finish=exit 3");
        Assert.That(failing.ExitCode, Is.Zero, failing.Error);
        Assert.That(failing.Error, Does.Contain("warning: on_finish: expected 'exit 3' to exit with 0, found 3"));

        // Each day has its partition of restatements, without rows too (P1).
        Assert.That(night.Rows().Keys, Does.Contain("restatements/dt=2026-03-27").And.Contain("restatements/dt=2026-03-28"));
        string Report(string day) => Path.Combine(night.Warehouse, "_reports", $"dt={day}.json");
    }

    [Test]
    public void CatchUpPublishesEveryDayThatIsOver()
    {
        using var night = new Night(5_000);
        Assert.That(night.Run("nightly", "--catch-up").ExitCode, Is.EqualTo(5), "nothing to catch up from");
        Assert.That(night.Run("nightly").ExitCode, Is.EqualTo(2));
        Assert.That(night.Run("nightly", "--date", "2026-03-27").ExitCode, Is.Zero);
        string[] asOf = ["nightly", "--pipeline", night.Pipeline, "--catch-up", "--as-of"];

        // 2026-03-29 ends at 21:00Z in Vilnius, and is over 4 h later.
        Assert.That(ProgramRun.Of([.. asOf, "2026-03-30T00:59:59Z"]).ExitCode, Is.Zero);
        Assert.That(Directory.GetFiles(Path.Combine(night.Warehouse, "_manifests"), "*.json"), Has.Length.EqualTo(2));
        Assert.That(ProgramRun.Of([.. asOf, "2026-03-30T01:00:00Z"]).ExitCode, Is.Zero);
        Assert.That(Directory.GetFiles(Path.Combine(night.Warehouse, "_manifests"), "*.json"), Has.Length.EqualTo(3));
        Assert.That(ProgramRun.Of([.. asOf, "2026-03-30T01:00:00Z"]).Output, Does.Contain("nothing to do"));
    }
}
