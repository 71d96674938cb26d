using System.Text;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Storage;

namespace BatchEtl.Core.Tests.Publishing;

/// <summary>Warehouses of little texts instead of Parquet files: a file's text is the run that wrote it.</summary>
internal static class Days
{
    public const string Root = "/w";

    public static readonly DateOnly First = new(2026, 1, 31), Second = new(2026, 2, 1);

    public static readonly DateTimeOffset Now = new(2026, 2, 2, 3, 4, 5, TimeSpan.Zero);

    public static Warehouse Warehouse(IStore store) => new(store, Root);

    public static Manifest Manifest(string runId, DateOnly day, DateOnly? history = null) => new()
    {
        RunId = runId,
        Day = day,
        AsOf = Now,
        Engine = "none",
        ProgramVersion = "1",
        HistoryStart = history ?? First,
        Counts = new ManifestCounts { Events = 3 },
    };

    /// <summary>Writes a table of two files into staging.</summary>
    public static StagedPartition Stage(Warehouse warehouse, string runId, string table, DateOnly day, params string[] names)
    {
        var tables = new DayTables(warehouse, runId, day);
        var folder = tables.Stage(table);
        var files = new List<ManifestFile>();
        foreach (var name in names.Length == 0 ? ["part-000.parquet", "part-001.parquet"] : names)
        {
            warehouse.Store.WriteText($"{folder}/{name}", runId);
            files.Add(new ManifestFile(name, Encoding.UTF8.GetByteCount(runId), "xxh128:0"));
        }

        return new StagedPartition(table, day, 7, files);
    }

    /// <summary>Takes the lock, recovers, stages and publishes a day.</summary>
    public static void Run(IStore store, string runId, DateOnly day, params string[] tables)
    {
        var warehouse = Warehouse(store);
        using var held = RunLock.Take(warehouse, runId, Now);
        var publisher = new Publisher(held);
        publisher.Recover();
        publisher.Publish(Manifest(runId, day), [.. tables.Select(t => Stage(warehouse, runId, t, day))]);
    }

    public static IReadOnlyList<DateOnly> Recover(IStore store, string runId)
    {
        using var held = RunLock.Take(Warehouse(store), runId, Now);
        return new Publisher(held).Recover();
    }

    /// <summary>The run whose version of a partition is visible, or null where there is no partition.</summary>
    /// <exception cref="AssertionException">What is visible is half a partition or two versions of one.</exception>
    public static string? Visible(IStore store, string table, DateOnly day)
    {
        if (store.List(Warehouse(store).Partition(table, day)) is not { } entries)
        {
            return null;
        }

        var files = entries.Select(e => store.ReadText($"{Warehouse(store).Partition(table, day)}/{e.Name}")).ToList();
        var runs = files.Distinct().ToList();
        if (files.Count != 2 || runs.Count != 1 || !entries.All(e => e.Name.Contains(runs[0]!, StringComparison.Ordinal)))
        {
            throw new AssertionException($"{table}: saw {string.Join(", ", entries.Select(e => e.Name))} of {string.Join(", ", runs)}");
        }

        return runs[0];
    }
}
