using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>P4 on Spark: a night that runs earlier days again, whole ones and chains, beside days that the embedded engine published.</summary>
[TestFixture]
public sealed class SparkLateDataTests
{
    private static readonly string[] _small =
    [
        "--set", "cubes={visits: {source: sessions, dimensions: [first_platform], rollups: all, measures: {sessions: count, actors: distinct(actor_id)}}}",
        "--set", "metrics={dimensions: [platform]}",
        "--set", "engine.conf={spark.sql.shuffle.partitions: '2', spark.sql.adaptive.enabled: 'false', spark.ui.enabled: 'false', spark.driver.host: 127.0.0.1}",
    ];

    [Test]
    public void TheRowsAreThoseOfAWarehouseBuiltFromEverything()
    {
        _ = SparkSoftware.Home;
        using var night = new Night(2_500, days: 4);
        string[] days = ["--from", "2026-03-27", "--to", "2026-03-30"];
        var clean = Path.Combine(night.Folder, "clean");
        Assert.That(night.Run("backfill", [.. days, .. _small, "--set", $"warehouse.root={clean}"]).ExitCode, Is.Zero);

        var late = night.LandedFile("2026-03-27/12");
        File.Move(late, late + ".kept");
        Assert.That(night.Run("backfill", ["--from", "2026-03-27", "--to", "2026-03-29", .. _small]).ExitCode, Is.Zero);
        File.Move(late + ".kept", late);
        var run = night.Run("nightly", ["--date", "2026-03-30", .. _small, "--engine", "spark", "--set", "engine.master=local[2]"]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("2026-03-27: its input 2026-03-27/12").And.Contain("2026-03-28: its morning may continue").And.Contain("2026-03-29: its chains (actors, metrics, event_catalog)"));
        var rows = night.Rows(recordNumbers: false);
        foreach (var (table, text) in night.Rows(clean, recordNumbers: false).Where(t => !t.Key.StartsWith("restatements", StringComparison.Ordinal)))
        {
            Assert.That(rows[table], Is.EqualTo(text), table);
        }

        Assert.That(rows["restatements/dt=2026-03-30"], Does.Contain("'restated_day': 2026-03-27").And.Contain("'metric': events").And.Contain("'metric': sum_price"));
    }
}
