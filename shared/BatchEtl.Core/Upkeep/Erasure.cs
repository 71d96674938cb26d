using System.Globalization;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Upkeep;

/// <summary>A published partition with rows of erased ids.</summary>
public sealed record ErasedPartition(string Table, DateOnly Day, long Rows)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Table}/{Warehouse.PartitionName(Day)}  {Rows} rows");
}

/// <summary>What an erasure would take out, by day, and the checksum that confirms it.</summary>
public sealed record ErasureList(IReadOnlyList<ErasedPartition> Partitions, string Checksum);

/// <summary>
/// Erasure of actors and users (P7): their rows leave every published partition of events, sessions and actors, and rejects lose the rows whose
/// raw value is such an id. Only hashes of the ids are kept; later runs leave such records out.
/// </summary>
public sealed class Erasure(RunParts parts)
{
    /// <summary>Where ids stand.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> _columns = new Dictionary<string, string[]>
    {
        ["events"] = ["actor_id", "user_id"],
        ["sessions"] = ["actor_id", "first_user_id", "last_user_id"],
        ["actors"] = ["actor_id", "user_id"],
        ["rejects"] = ["raw_value"],
    };

    /// <summary>What would be taken out; reads the id columns of all published days.</summary>
    /// <param name="ids">Actor or user ids as they are published.</param>
    public ErasureList List(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        using var engine = parts.StartReader();
        var found = parts.Warehouse.Manifests.Days().SelectMany(day => Found(engine, day, column => Is(engine, column, ids), cancellation)).ToList();
        return new ErasureList(found, ListChecksum.Of([.. found.Select(f => f.ToString()), .. ids.Select(ErasedIds.Hash).Order(StringComparer.Ordinal)]));
    }

    /// <summary>Takes out what <see cref="List"/> gave, when it still does.</summary>
    /// <exception cref="BatchEtlException">The list is another by now, or the warehouse is in use (Refused).</exception>
    public ErasureList Remove(IReadOnlyCollection<string> ids, string confirmed, CancellationToken cancellation)
    {
        var runId = RunId.New(parts.AsOf);
        using var held = RunLock.Take(parts.Warehouse, runId, parts.AsOf);
        var publisher = new Publisher(held);
        publisher.Recover();
        try
        {
            Complete(publisher, runId, cancellation);
            var list = List(ids, cancellation);
            if (list.Checksum != confirmed)
            {
                throw BatchEtlException.Refused($"{parts.Warehouse.Root}: expected to erase what checksum {confirmed} stands for, found a list with checksum {list.Checksum} by now; look at it (erase), then confirm that one");
            }

            // Remembered first: killed from here on, the next run completes it, with the hashes alone.
            var facts = parts.Warehouse.Erasures();
            IReadOnlyList<string> hashes = [.. facts.Sha256.Union(ids.Select(ErasedIds.Hash), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            parts.Warehouse.Remember(new ErasureFacts(hashes, [.. ids.Select(ErasedIds.Hash).Order(StringComparer.Ordinal)]));
            using var engine = parts.StartReader();
            foreach (var day in list.Partitions.GroupBy(p => p.Day))
            {
                cancellation.ThrowIfCancellationRequested();
                Rewrite(publisher, runId, engine, day.Key, [.. day], column => Is(engine, column, ids), cancellation);
            }

            publisher.Finish(removeReplaced: true);
            parts.Warehouse.Remember(new ErasureFacts(hashes, []));
            return list;
        }
        finally
        {
            publisher.Finish(removeReplaced: true);
        }
    }

    /// <summary>Completes an erasure that was killed, under the lock of a run; does nothing where there is none.</summary>
    internal void Complete(Publisher publisher, string runId, CancellationToken cancellation)
    {
        if (parts.Warehouse.Erasures() is not { Pending.Count: > 0 } facts)
        {
            return;
        }

        using var engine = parts.StartReader();
        string Test(string column) => ErasedIds.Among(engine, column, facts.Pending);
        foreach (var day in parts.Warehouse.Manifests.Days())
        {
            cancellation.ThrowIfCancellationRequested();
            if (Found(engine, day, Test, cancellation) is { Count: > 0 } found)
            {
                Rewrite(publisher, runId, engine, day, found, Test, cancellation);
            }
        }

        publisher.Finish(removeReplaced: true);
        parts.Warehouse.Remember(facts with { Pending = [] });
    }

    /// <summary>Publishes a day's partitions again without the rows that a test finds.</summary>
    private void Rewrite(
        Publisher publisher, string runId, IEngine engine, DateOnly day, IReadOnlyList<ErasedPartition> found, Func<string, string> test, CancellationToken cancellation)
    {
        var manifest = parts.Warehouse.Manifests.Read(day)!;
        var build = PublishedTables.Of(parts, manifest, engine, cancellation);
        var staged = new List<StagedPartition>();
        foreach (var partition in found)
        {
            var contract = build.Contracts.Of(partition.Table)!;
            var files = Stage(engine, contract, day, runId, $"NOT ({Condition(engine, partition.Table, test)})", cancellation);
            var audited = parts.Audit(files, contract, cancellation);
            staged.Add(new StagedPartition(contract.Name, day, audited.Sum(f => f.Rows), [.. audited.Select(f => f.File)]));
        }

        publisher.Publish(
            manifest with
            {
                RunId = runId,
                Versions = DayVersions.Of(manifest),
                Erasures = [.. manifest.Erasures, new ManifestErasure(runId, found.ToDictionary(f => f.Table, f => f.Rows, StringComparer.Ordinal))],
            },
            staged);
    }

    /// <summary>Writes a partition's files again, each without the rows that go.</summary>
    private List<string> Stage(IEngine engine, TableContract contract, DateOnly day, string runId, string kept, CancellationToken cancellation)
    {
        var folder = parts.Warehouse.Staging(runId, contract.Name, day);
        parts.Warehouse.Store.CreateFolder(folder);
        var columns = string.Join(", ", contract.Columns.Select(c => $"CAST({engine.Dialect.Identifier(c.Name)} AS {engine.TypeName(c.Type)}) AS {engine.Dialect.Identifier(c.Name)}"));
        var files = parts.Warehouse.Files(contract.Name, day)!;
        return
        [
            .. files.SelectMany((file, i) => engine.WriteParquet(
                $"SELECT {columns} FROM {engine.ParquetRelation([file])} AS p WHERE {kept}", folder,
                string.Create(CultureInfo.InvariantCulture, $"part-{i:D3}"), new ParquetFormat(parts.Pipeline.Warehouse.Compression), cancellation)),
        ];
    }

    private List<ErasedPartition> Found(IEngine engine, DateOnly day, Func<string, string> test, CancellationToken cancellation)
    {
        var found = new List<ErasedPartition>();
        foreach (var table in _columns.Keys)
        {
            if (parts.Warehouse.Files(table, day) is { } files)
            {
                var rows = Convert.ToInt64(
                    engine.Rows($"SELECT count(*) FROM {engine.ParquetRelation(files)} AS p WHERE {Condition(engine, table, test)}", cancellation)[0][0], CultureInfo.InvariantCulture);
                if (rows > 0)
                {
                    found.Add(new ErasedPartition(table, day, rows));
                }
            }
        }

        return found;
    }

    private static string Condition(IEngine engine, string table, Func<string, string> test) =>
        string.Join(" OR ", _columns[table].Select(c => test(engine.Dialect.Identifier(c))));

    private static string Is(IEngine engine, string column, IReadOnlyCollection<string> ids) =>
        $"coalesce({column} IN ({string.Join(", ", ids.Select(engine.Dialect.Text))}), false)";
}
