using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using static BatchEtl.Core.Tests.Publishing.Days;

namespace BatchEtl.Core.Tests.Publishing;

/// <summary>semantics.md P1, P3, T4: what a publication leaves behind.</summary>
public class PublisherTests
{
    private MemoryStore _store = null!;

    [SetUp]
    public void Empty_warehouse() => _store = new MemoryStore(new(StringComparer.Ordinal) { ["/w"] = null });

    [Test]
    public void P1_a_day_lies_where_tables_md_says_and_nothing_is_left_beside_it()
    {
        Run(_store, "r1", First, "events", "sessions");
        Assert.That(_store.Disk.Where(e => e.Value is not null).Select(e => e.Key), Is.EqualTo(new[]
        {
            "/w/_manifests/dt=2026-01-31.json", "/w/_warehouse.json",
            "/w/events/dt=2026-01-31/part-000-r1.parquet", "/w/events/dt=2026-01-31/part-001-r1.parquet",
            "/w/sessions/dt=2026-01-31/part-000-r1.parquet", "/w/sessions/dt=2026-01-31/part-001-r1.parquet",
        }));
    }

    [Test]
    public void What_was_replaced_stays_for_slow_readers_until_the_next_publication_or_run()
    {
        Run(_store, "r1", First, "events");
        var warehouse = Warehouse(_store);
        using (var held = RunLock.Take(warehouse, "r2", Now))
        {
            var publisher = new Publisher(held);
            publisher.Publish(Manifest("r2", First), [Stage(warehouse, "r2", "events", First)]);
            new DayTables(warehouse, "r2", Second).Scratch("parts");
            publisher.Finish();
            Assert.That(Left("r1"), Has.Length.EqualTo(2));
            publisher.Publish(Manifest("r2", First), [Stage(warehouse, "r2", "events", First)]);
            Assert.That((Left("r1").Length, Left("r2").Length), Is.EqualTo((0, 2)));
            publisher.Publish(Manifest("r2", Second), [Stage(warehouse, "r2", "events", Second)]);
            publisher.Finish();
            Assert.That(_store.Exists("/w/_staging/r2"), Is.False);
            publisher.Publish(Manifest("r2", Second), [Stage(warehouse, "r2", "events", Second)]);
            publisher.Finish(removeReplaced: true);
            Assert.That(_store.Exists("/w/_staging/r2"), Is.False);
            publisher.Publish(Manifest("r2", First), [Stage(warehouse, "r2", "events", First)]);
        }

        Recover(_store, "r3");
        Assert.That(_store.List("/w/_staging"), Is.Empty);

        string[] Left(string run) => [.. _store.Disk
            .Where(e => e.Key.StartsWith("/w/_staging/", StringComparison.Ordinal) && e.Value is { } text && text.Contains(run, StringComparison.Ordinal))
            .Select(e => e.Key)];
    }

    [Test]
    public void P2_a_day_run_again_keeps_the_manifest_that_it_replaced()
    {
        Run(_store, "r1", First, "events");
        Run(_store, "r2", First, "events");
        var manifests = Warehouse(_store).Manifests;
        Assert.That(
            (manifests.Read(First)!.RunId, manifests.Earlier(First), manifests.Read(First, "r1")!.Tables["events"].Files[0].Name),
            Is.EqualTo(("r2", new[] { "r1" }, "part-000-r1.parquet")));
    }

    [Test]
    public void Days_tables_and_files_are_listed()
    {
        Run(_store, "r1", Second, "sessions", "events");
        Run(_store, "r2", First, "events");
        var warehouse = Warehouse(_store);
        Assert.Multiple(() =>
        {
            Assert.That(warehouse.Tables(), Is.EqualTo(new[] { "events", "sessions" }));
            Assert.That(warehouse.Days("events"), Is.EqualTo(new[] { First, Second }));
            Assert.That(warehouse.Manifests.Days(), Is.EqualTo(new[] { First, Second }));
            Assert.That(warehouse.Files("sessions", First), Is.Null);
            Assert.That(warehouse.Files("events", First), Has.Count.EqualTo(2));
            Assert.That(Warehouse(new MemoryStore([])).Manifests.Days(), Is.Empty);
        });
    }

    [Test]
    public void A_partition_of_another_day_may_be_published_again_by_the_same_run()
    {
        var warehouse = Warehouse(_store);
        using var held = RunLock.Take(warehouse, "r1", Now);
        var publisher = new Publisher(held);
        DateOnly today = new(2026, 2, 2);
        foreach (var day in new[] { First, Second })
        {
            publisher.Publish(
                Manifest("r1", day), [Stage(warehouse, "r1", "events", day), Stage(warehouse, "r1", "restatements", today)]);
        }

        Assert.That(
            (warehouse.Files("restatements", today)![0], warehouse.Files("restatements", today)!.Count, warehouse.Manifests.Read(Second)!.Tables.Keys.Single()),
            Is.EqualTo(("/w/restatements/dt=2026-02-02/part-000-r1-2.parquet", 2, "events")));
    }

    [Test]
    public void T4_history_starts_with_the_first_publication_and_stays()
    {
        var warehouse = Warehouse(_store);
        Assert.That((warehouse.HistoryStart(), warehouse.HistoryFor(First)), Is.EqualTo(((DateOnly?)null, First)));
        Run(_store, "r1", First, "events");
        Run(_store, "r2", Second, "events");
        Assert.That((warehouse.HistoryStart(), warehouse.HistoryFor(Second)), Is.EqualTo(((DateOnly?)First, First)));
        var error = Assert.Throws<BatchEtlException>(() => warehouse.HistoryFor(First.AddDays(-1)));
        Assert.That((error.ExitCode, error.Message), Is.EqualTo((
            ExitCode.Refused,
            "2026-01-30 is earlier than the history of /w, which starts on 2026-01-31 (set by its first run); ask for that day or a later one, or use a new warehouse")));
    }

    [Test]
    public void P1_only_what_was_audited_is_published()
    {
        var warehouse = Warehouse(_store);
        using var held = RunLock.Take(warehouse, "r1", Now);
        var publisher = new Publisher(held);
        var staged = Stage(warehouse, "r1", "events", First);
        var folder = warehouse.Staging("r1", "events", First);
        _store.WriteText($"{folder}/_SUCCESS", "");
        _store.WriteText($"{folder}/.part-000.parquet.crc", "x");
        _store.WriteText($"{folder}/part-002.parquet", "r1");
        Refuses($"{folder}/part-002.parquet: expected no such file as audited, found 2 bytes; run the day again; what is published is untouched");
        _store.Delete($"{folder}/part-002.parquet");
        _store.WriteText($"{folder}/part-001.parquet", "more");
        Refuses($"{folder}/part-001.parquet: expected 2 bytes as audited, found 4 bytes; run the day again; what is published is untouched");
        _store.Delete($"{folder}/part-001.parquet");
        Refuses($"{folder}/part-001.parquet: expected the file that was audited, found nothing; run the day again; what is published is untouched");
        _store.WriteText($"{folder}/part-001.parquet", "r1");
        publisher.Publish(Manifest("r1", First), [staged]);
        Assert.That(Visible(_store, "events", First), Is.EqualTo("r1"));

        void Refuses(string message) => Assert.That(
            () => publisher.Publish(Manifest("r1", First), [staged]),
            Throws.TypeOf<BatchEtlException>().With.Message.EqualTo(message).And.Property("ExitCode").EqualTo(ExitCode.CheckFailed));
    }

    [Test]
    public void P1_a_journal_whose_files_are_gone_is_reported_not_guessed_at()
    {
        Run(_store, "r1", First, "events");
        var disk = _store.Disk;
        for (var steps = 0; !disk.Keys.Any(k => k.StartsWith("/w/_journal/r2", StringComparison.Ordinal)); steps++)
        {
            disk = new(_store.Disk, StringComparer.Ordinal);
            Assert.Throws<KilledException>(() => Run(new MemoryStore(disk) { StepsLeft = steps }, "r2", First, "events"));
        }

        var store = new MemoryStore(disk);
        store.Delete("/w/_staging/r2/_outgoing");
        var error = Assert.Throws<BatchEtlException>(() => Recover(store, "r3"));
        Assert.That((error.ExitCode, error.Message), Is.EqualTo((
            ExitCode.Engine,
            "/w/_journal/r2.2026-01-31.json: expected part-000-r2.parquet in /w/_staging/r2/_outgoing/1/events/dt=2026-01-31 or /w/events/dt=2026-01-31, found it in neither; restore it, or remove the journal file and run its day again")));
        Assert.That(Visible(store, "events", First), Is.EqualTo("r1"));
    }

    [Test]
    public void Recovery_keeps_this_runs_staging()
    {
        var warehouse = Warehouse(_store);
        using var held = RunLock.Take(warehouse, "r2", Now);
        Stage(warehouse, "r1", "events", First);
        Stage(warehouse, "r2", "events", First);
        Assert.That(new Publisher(held).Recover(), Is.Empty);
        Assert.That(_store.List("/w/_staging")!.Select(e => e.Name), Is.EqualTo(new[] { "r2" }));
    }

    [Test]
    public void A_day_reads_its_own_staged_tables_first()
    {
        Run(_store, "r1", First, "events", "sessions");
        var warehouse = Warehouse(_store);
        var tables = new DayTables(warehouse, "r2", First);
        var folder = tables.Stage("events");
        Assert.That(tables.Files("events", First), Is.Null);
        _store.WriteText($"{folder}/part-000.parquet", "r2");
        Assert.Multiple(() =>
        {
            Assert.That(tables.Files("events", First), Is.EqualTo(new[] { "/w/_staging/r2/events/dt=2026-01-31/part-000.parquet" }));
            Assert.That(tables.Files("sessions", First)![0], Is.EqualTo("/w/sessions/dt=2026-01-31/part-000-r1.parquet"));
            Assert.That(tables.Files("events", Second), Is.Null);
            Assert.That(tables.Scratch("x"), Is.EqualTo("/w/_staging/r2/_scratch/dt=2026-01-31/x"));
            Assert.That((tables.Completeness(First), tables.Completeness(Second)), Is.EqualTo(((double?)0, (double?)null)));
        });
    }

    [TestCase("")]
    [TestCase("../x")]
    [TestCase("-r")]
    [TestCase("a.b")]
    public void A_run_id_is_safe_in_paths(string runId) => Assert.That(() => RunId.Check(runId), Throws.ArgumentException);

    [Test]
    public void Run_ids_sort_by_their_start_and_differ()
    {
        string one = RunId.New(Now), two = RunId.New(Now);
        Assert.That(one, Does.Match("^20260202T030405Z-[0-9a-f]{8}$").And.Not.EqualTo(two));
        Assert.That(RunId.Check(one), Is.EqualTo(one));
    }
}
