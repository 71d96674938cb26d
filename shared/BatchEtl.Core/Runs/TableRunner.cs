using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Storage;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>Builds a day's tables from what landed and is published, and hands one of them out; publishes nothing.</summary>
public sealed class TableRunner(RunParts parts)
{
    /// <summary>Writes a table of a day into a folder.</summary>
    /// <returns>Its rows.</returns>
    /// <exception cref="BatchEtlException">No such table (Usage), or as a night would fail.</exception>
    public long Run(string table, DateOnly day, string folder, CancellationToken cancellation)
    {
        if (parts.Warehouse.Store is IRemoteStore)
        {
            throw BatchEtlException.Usage($"run: expected a warehouse in a local folder, found {parts.Warehouse.Root}; build the table beside a local copy (--set warehouse.root=…), or publish the day");
        }

        var calendar = new DayCalendar(parts.Pipeline.Zone);
        var historyStart = parts.Warehouse.HistoryFor(day);
        var windows = new DayWindows(parts.Pipeline, calendar, day);
        _ = new RunRules(parts, calendar).Admit(windows, historyStart);
        var landed = parts.Landing.Find(windows, cancellation);
        var scratch = Directory.CreateTempSubdirectory("batch-etl-run-");
        try
        {
            using var engine = parts.StartEngine(scratch.FullName, cancellation);
            var tables = new OutTables(parts.Warehouse, day, table, folder, scratch.FullName);
            var build = DayBuild.Of(parts, windows, landed, engine, tables, historyStart, parts.Warehouse.PublishedTypes(day, historyStart), parts.Log.Warning, cancellation);
            if (build.Contracts.All.All(c => c.Name != table))
            {
                throw BatchEtlException.Usage($"expected one of {string.Join(", ", build.Contracts.All.Select(c => c.Name))}, found '{table}'");
            }

            foreach (var job in parts.Jobs)
            {
                job.Build(build);
                if (tables.Staged.Contains(table))
                {
                    break;
                }
            }

            return build.Count(build.Relation(table, day));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private sealed class OutTables(Warehouse warehouse, DateOnly built, string wanted, string folder, string scratch) : IDayTables
    {
        public HashSet<string> Staged { get; } = [];

        public IReadOnlyList<string>? Files(string table, DateOnly day) => day == built && Staged.Contains(table)
            ? [.. warehouse.Store.List(Folder(table))!.Where(e => !e.IsFolder && e.Name.EndsWith(".parquet", StringComparison.Ordinal)).Select(e => $"{Folder(table)}/{e.Name}")]
            : warehouse.Files(table, day);

        public string Stage(string table)
        {
            if (Staged.Add(table) && table == wanted && warehouse.Store.List(folder) is { Count: > 0 })
            {
                throw BatchEtlException.Usage($"--out: expected a missing or empty folder, found files in {folder}");
            }

            warehouse.Store.CreateFolder(Folder(table));
            return Folder(table);
        }

        public string Scratch(string name)
        {
            warehouse.Store.CreateFolder($"{scratch}/_{name}");
            return $"{scratch}/_{name}";
        }

        public double? Completeness(DateOnly day) => warehouse.Manifests.Read(day)?.Completeness;

        public IReadOnlyCollection<string>? Columns(DateOnly day) => warehouse.Manifests.Read(day)?.Types.Keys.ToList();

        private string Folder(string table) => table == wanted ? folder : $"{scratch}/{table}";
    }
}
