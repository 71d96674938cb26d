using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>P2 and G1: the same inputs give the same rows, whatever the threads, the memory, the parts, or how often a run was killed.</summary>
[TestFixture]
public sealed class RepeatableRowsTests
{
    [Test]
    public void ThreadsAndMemoryChangeNoRow()
    {
        using var night = new Night(60_000);
        Assert.That(night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        var expected = night.Rows();
        Assert.That(expected["events/dt=2026-03-28"].Split('\n'), Has.Length.GreaterThan(10_000));
        foreach (var (threads, memory) in new[] { (1, "400MB"), (2, "200MB"), (7, "1GB") })
        {
            var other = Path.Combine(night.Folder, $"w{threads}");
            var run = night.Run("backfill", Night.Backfill("--set", $"engine.threads={threads}", "--set", $"engine.memory={memory}", "--set", $"warehouse.root={other}"));
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            var rows = night.Rows(other);
            foreach (var (table, text) in expected)
            {
                Assert.That(rows[table], Is.EqualTo(text), $"{table} with {threads} threads");
            }
        }
    }

    [Test]
    public void KilledAtAnyMomentTheNextRunGivesTheSameRows()
    {
        using var night = new Night(20_000);
        var clean = Path.Combine(night.Folder, "clean");
        var began = Environment.TickCount64;
        Assert.That(night.Run("backfill", Night.Backfill("--set", $"warehouse.root={clean}")).ExitCode, Is.Zero);
        var whole = TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
        var expected = night.Rows(clean);
        var random = new Random(7);
        var killed = 0;
        for (var attempt = 0; attempt < 12; attempt++)
        {
            killed += ProgramRun.Killed(
                whole * random.NextDouble(), ["backfill", "--pipeline", night.Pipeline, "--as-of", Night.AsOf, .. Night.Backfill("--force")]) ? 1 : 0;
            if (!Directory.Exists(night.Warehouse))
            {
                continue;
            }

            // What is visible of a table is whole: each partition is one that the clean run made too.
            foreach (var (table, text) in night.Rows())
            {
                Assert.That(text, Is.EqualTo(expected[table]), table);
            }
        }

        Assert.That(killed, Is.GreaterThan(3));
        Assert.That(night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        var rows = night.Rows();
        Assert.That(rows.Keys, Is.EquivalentTo(expected.Keys));
        foreach (var (table, text) in expected)
        {
            Assert.That(rows[table], Is.EqualTo(text), table);
        }

        // What a publication replaced stays for slow readers until the next run.
        Assert.That(night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        Assert.That(Directory.Exists(Path.Combine(night.Warehouse, "_staging")) ? Directory.GetDirectories(Path.Combine(night.Warehouse, "_staging")) : [], Is.Empty);
    }

    [Test]
    public void ANightRunsAgainWhatLateDataChanged()
    {
        using var night = new Night(20_000);
        var late = night.LandedFile("2026-03-27/12");
        var kept = late + ".kept";
        File.Move(late, kept);
        Assert.That(night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        Assert.That(night.Run("backfill", Night.Backfill()).Output, Does.Contain("nothing to do"));
        File.Move(kept, late);
        Assert.That(night.Run("plan", "--date", "2026-03-29").Output, Does.Contain("2026-03-27").And.Contain("is new"));
        Assert.That(night.Run("nightly", "--date", "2026-03-29").ExitCode, Is.Zero);
        var rows = night.Rows();
        var clean = Path.Combine(night.Folder, "clean");
        Assert.That(night.Run("backfill", Night.Backfill("--set", $"warehouse.root={clean}")).ExitCode, Is.Zero);
        foreach (var (table, text) in night.Rows(clean).Where(t => !t.Key.StartsWith("restatements/", StringComparison.Ordinal)))
        {
            Assert.That(rows[table], Is.EqualTo(text), table);
        }

        Assert.That(rows["restatements/dt=2026-03-29"], Does.Contain("'restated_day': 2026-03-27").And.Contain("'metric': events"));
    }
}
