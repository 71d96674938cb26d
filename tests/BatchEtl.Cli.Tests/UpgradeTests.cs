using System.Text.Json.Nodes;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>Warehouses that an older program or an older pipeline file made: what is missing is made from published events, whatever became of the landing.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class UpgradeTests
{
    private static readonly string[] _later = ["retention", "funnels", "anomalies", "event_catalog", "event_columns"];

    [Test]
    public void TablesOfALaterVersionAreMadeFromPublishedEvents()
    {
        using var night = new Night(8_000);
        Assert.That(night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        var rows = night.Rows();
        foreach (var table in _later)
        {
            Directory.Delete(Path.Combine(night.Warehouse, table), recursive: true);
        }

        foreach (var file in Directory.GetFiles(Path.Combine(night.Warehouse, "_manifests"), "dt=*.json"))
        {
            var manifest = JsonNode.Parse(File.ReadAllText(file))!;
            foreach (var table in _later)
            {
                Assert.That(manifest["tables"]!.AsObject().Remove(table), Is.True);
            }

            File.WriteAllText(file, manifest.ToJsonString());
        }

        var refused = night.Run("nightly", "--date", "2026-03-30", "--set", "events.allow_empty=true");
        Assert.That(refused.ExitCode, Is.EqualTo(5));
        Assert.That(refused.Error, Does.Contain("event_catalog of 2026-03-29").And.Contain("run backfill --from 2026-03-27 --to 2026-03-30"));
        var again = night.Run("backfill", Night.Backfill());
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Error, Does.Contain("was published without").And.Contain("events and sessions stay").And.Not.Contain("cubes:"));
        Assert.That(night.Rows(), Is.EqualTo(rows));
    }

    [Test]
    public void AnAddedCubeAndFunnelNeedNoLanding()
    {
        using var night = new Night(8_000);
        Assert.That(night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        string[] added = ["--set", "cubes.names={source: events, dimensions: [event_name], measures: {events: count, actors: distinct(actor_id)}}", "--set", "funnels.short={steps: [search, purchase]}"];
        var again = night.Run("backfill", Night.Backfill(added));
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Error, Does.Contain("was built with other cubes, funnels in its pipeline file; events and sessions stay").And.Not.Contain("landing:"));
        var rows = night.Rows();
        Assert.That(night.Run("backfill", Night.Backfill([.. added, "--set", $"warehouse.root={Path.Combine(night.Folder, "fresh")}"])).ExitCode, Is.Zero);
        Assert.That(rows, Is.EqualTo(night.Rows(Path.Combine(night.Folder, "fresh"))));
        Assert.That(night.Run("backfill", Night.Backfill(added)).Error, Does.Contain("already published with the same inputs and settings"));
    }
}
