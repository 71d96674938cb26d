using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using static BatchEtl.Core.Tests.Publishing.Days;

namespace BatchEtl.Core.Tests.Publishing;

/// <summary>semantics.md P1: a publication killed before any of its steps.</summary>
public class KilledPublisherTests
{
    private static readonly string[] _tables = ["events", "sessions", "cube_new"];

    [Test]
    public void P1_killed_anywhere_all_old_or_all_new_and_the_next_run_completes_it([Values] bool exchanges)
    {
        int killed = 0, completed = 0;
        for (var steps = 0; ; steps++)
        {
            var disk = Before(exchanges);
            var store = new MemoryStore(disk, exchanges) { StepsLeft = steps };
            string?[] seen = [.. _tables.Select(t => Visible(store, t, First))];
            store.Watch = () => Look(store, seen, exchanges);
            var wasKilled = Killed(() => Run(store, "new", First, _tables));
            var begun = disk.Keys.Any(k => k.StartsWith("/w/_journal/", StringComparison.Ordinal) && !k.Contains("/.", StringComparison.Ordinal));
            var done = Warehouse(store).Manifests.Read(First)!.RunId == "new";

            CompleteAndCheck(disk, exchanges, begun || done ? "new" : "old", $"killed before step {steps}");
            (killed, completed) = (killed + (wasKilled ? 1 : 0), completed + (begun ? 1 : 0));
            if (!wasKilled)
            {
                break;
            }
        }

        Assert.That((killed > 40, completed > 10), Is.EqualTo((true, true)));
        TestContext.Out.WriteLine($"{killed} kills, {completed} of them after the intent");
    }

    [Test]
    public void P1_a_recovery_killed_anywhere_is_recovered([Values] bool exchanges)
    {
        // Killed right after the intent and in the middle of the exchanges; then the recovery before each of its steps.
        foreach (var first in Enumerable.Range(0, 200).Where(steps => Begun(steps, exchanges)))
        {
            for (var second = 0; ; second++)
            {
                var disk = Before(exchanges);
                Killed(() => Run(new MemoryStore(disk, exchanges) { StepsLeft = first }, "new", First, _tables));
                var recovering = new MemoryStore(disk, exchanges) { StepsLeft = second };
                var wasKilled = Killed(() => Recover(recovering, "third"));
                CompleteAndCheck(disk, exchanges, "new", $"killed before step {first}, recovery before step {second}");
                if (!wasKilled)
                {
                    break;
                }
            }
        }
    }

    [Test]
    public void P1_a_full_disk_says_whether_the_published_state_is_untouched()
    {
        int untouched = 0, begun = 0;
        for (var steps = 0; ; steps++)
        {
            var disk = Before(exchanges: true);
            var store = new MemoryStore(disk);
            var staged = _tables.Select(t => Stage(Warehouse(store), "new", t, First)).ToList();
            store = new MemoryStore(disk) { StepsLeft = steps, FillsUp = true };
            using var held = RunLock.Take(Warehouse(store), "new", Now);
            try
            {
                new Publisher(held).Publish(Manifest("new", First), staged);
                break;
            }
            catch (BatchEtlException e)
            {
                var isBegun = e.Message.Contains("the next run of any day completes it", StringComparison.Ordinal);
                Assert.That(isBegun || e.Message.EndsWith("what is published is untouched", StringComparison.Ordinal), e.Message);
                CompleteAndCheck(disk, true, isBegun ? "new" : "old", $"full before step {steps}");
                (untouched, begun) = (untouched + (isBegun ? 0 : 1), begun + (isBegun ? 1 : 0));
            }
        }

        Assert.That((untouched > 5, begun > 5), Is.EqualTo((true, true)));
    }

    private static bool Begun(int steps, bool exchanges)
    {
        var disk = Before(exchanges);
        return Killed(() => Run(new MemoryStore(disk, exchanges) { StepsLeft = steps }, "new", First, _tables))
            && disk.Keys.Any(k => k.StartsWith("/w/_journal/new", StringComparison.Ordinal));
    }

    private static SortedDictionary<string, string?> Before(bool exchanges)
    {
        var disk = new SortedDictionary<string, string?>(StringComparer.Ordinal) { ["/w"] = null };
        Run(new MemoryStore(disk, exchanges), "old", First, "events", "sessions", "cube_gone");
        return disk;
    }

    private static bool Killed(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    private static void Look(MemoryStore store, string?[] seen, bool exchanges)
    {
        for (var i = 0; i < _tables.Length; i++)
        {
            var now = Visible(store, _tables[i], First);
            if (now != seen[i] && now != "new" && !(now is null && !exchanges))
            {
                Assert.Fail($"{_tables[i]}: saw {seen[i]}, then {now}");
            }

            seen[i] = now;
        }
    }

    private static void CompleteAndCheck(SortedDictionary<string, string?> disk, bool exchanges, string expected, string when)
    {
        var store = new MemoryStore(disk, exchanges);
        Recover(store, "third");
        Assert.That(Recover(store, "fourth"), Is.Empty, when);
        var warehouse = Warehouse(store);
        string?[] visible = ["events", "sessions", "cube_new", "cube_gone"];
        Assert.Multiple(() =>
        {
            Assert.That(
                visible.Select(t => Visible(store, t!, First)),
                Is.EqualTo(new[] { expected, expected, expected == "new" ? "new" : null, "old" }), when);
            var manifest = warehouse.Manifests.Read(First)!;
            Assert.That(manifest.RunId, Is.EqualTo(expected), when);
            Assert.That(
                manifest.Tables.SelectMany(t => t.Value.Files.Select(f => $"{warehouse.Partition(t.Key, First)}/{f.Name}")),
                Is.All.Matches<string>(f => store.Exists(f!)), when);
            Assert.That(warehouse.Manifests.Earlier(First), Is.EqualTo(expected == "new" ? new[] { "old" } : []), when);
            Assert.That(warehouse.HistoryStart(), Is.EqualTo(First));
            Assert.That(store.List("/w/_staging") ?? [], Is.Empty, when);
            Assert.That(store.List("/w/_journal"), Is.Empty, when);
        });
    }
}
