using System.Text.Json.Nodes;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>What a night would run and read (pipeline.md, plan), and what it leaves alone (P4).</summary>
[TestFixture]
public sealed class PlanTests
{
    [Test]
    public void PlanNamesFoldersPartitionsAndStatementsAndChangesNothing()
    {
        using var night = new Night(5_000);
        Assert.That(night.Run("nightly", "--date", "2026-03-27").ExitCode, Is.Zero);
        var before = Directory.GetFiles(night.Warehouse, "*", SearchOption.AllDirectories);
        var plan = night.Run("plan", "--date", "2026-03-28");
        Assert.That(plan.ExitCode, Is.Zero, plan.Error);
        Assert.That(plan.Output, Does.StartWith("2026-03-28: the night's own day"));
        Assert.That(plan.Output, Does.Contain("2026-03-28/11  ").And.Contain("reads sessions of 2026-03-27").And.Contain("reads actors of 2026-03-27").And.Contain("reads metrics of 2026-03-27"));
        Assert.That(plan.Output, Does.Not.Contain("SELECT"));
        var sql = night.Run("plan", "--date", "2026-03-28", "--sql");
        foreach (var job in new[] { "landing", "session map", "events", "sessions", "actors", "cubes", "metrics", "retention", "funnels", "event_catalog", "event_columns" })
        {
            Assert.That(sql.Output, Does.Contain($"\n-- {job}: "));
        }

        Assert.That(sql.Output, Does.Contain("-- events: check events.records_balance").And.Contain("landed_schema_0"));
        Assert.That(Directory.GetFiles(night.Warehouse, "*", SearchOption.AllDirectories), Is.EqualTo(before));
    }

    [Test]
    public void PlanIsRefusedAsTheNightWouldBe()
    {
        using var night = new Night(5_000);
        Assert.That(night.Run("nightly", "--date", "2026-03-27").ExitCode, Is.Zero);
        var plan = night.Run("plan", "--date", "2026-03-29");
        Assert.That(plan.ExitCode, Is.EqualTo(5));
        Assert.That(plan.Error, Does.Contain("2026-03-28, which is not published"));
    }

    [Test]
    public void FilesInFoldersOfDaysBeyondReachAreListedUntilTheirDaysAreAskedFor()
    {
        using var night = new Night(5_000);
        string[] within = ["--set", "landing.lateness=0"];
        Assert.That(night.Run("backfill", ["--from", "2026-03-27", "--to", "2026-03-28", .. within]).ExitCode, Is.Zero);
        File.Copy(night.LandedFile("2026-03-27/11"), Path.Combine(night.Landing, "2026-03-27", "11", "late.avro"));
        var run = night.Run("nightly", ["--date", "2026-03-29", .. within]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("unprocessed: 1 files").And.Contain("2026-03-27/11/late.avro"));
        Assert.That((string?)Manifest(night)["unprocessed"]![0], Is.EqualTo("2026-03-27/11/late.avro"));
        Assert.That(night.Run("status", within).Output, Does.Contain("unprocessed: 2026-03-27/11/late.avro"));
        Assert.That(night.Run("backfill", Night.Backfill([.. within, "--force"])).ExitCode, Is.Zero);
        Assert.That(Manifest(night)["unprocessed"]!.AsArray(), Is.Empty);
    }

    [Test]
    public void TheManifestHoldsTheConfigurationWithoutSecrets()
    {
        using var night = new Night(5_000);
        Assert.That(night.Run("nightly", "--date", "2026-03-27", "--set", "engine.conf={\"spark.x.password\": abc}", "--set", "sessions.gap=20m").ExitCode, Is.Zero);
        var configuration = Manifest(night, "2026-03-27")["configuration"]!;
        Assert.That((string?)configuration["sessions"]!["gap"], Is.EqualTo("20m"));
        Assert.That((string?)configuration["engine"]!["conf"]!["spark.x.password"], Is.EqualTo("***"));
        Assert.That((string?)configuration["landing"]!["layout"], Is.EqualTo("{yyyy}-{MM}-{dd}/{HH}"));
    }

    private static JsonNode Manifest(Night night, string day = "2026-03-29") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(night.Warehouse, "_manifests", $"dt={day}.json")))!;
}
