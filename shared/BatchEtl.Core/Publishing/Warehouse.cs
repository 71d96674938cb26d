using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Core.Publishing;

/// <summary>
/// Where everything of a warehouse lies (tables.md): <c>table/dt=D/*.parquet</c>, and beside the tables, hidden from
/// readers by their <c>_</c>, manifests, staging, the journal, the lock and what holds for the whole warehouse.
/// </summary>
public sealed class Warehouse
{
    private const string DayFormat = "yyyy-MM-dd", Prefix = "dt=";

    /// <param name="root">Absolute folder in the store.</param>
    public Warehouse(IStore store, string root)
    {
        Store = store;
        Root = root.TrimEnd('/');
        Manifests = new ManifestStore(this);
    }

    public IStore Store { get; }

    public string Root { get; }

    public ManifestStore Manifests { get; }

    public string LockFile => $"{Root}/_lock";

    public string JournalFolder => $"{Root}/_journal";

    public string ManifestFolder => $"{Root}/_manifests";

    public string StagingFolder => $"{Root}/_staging";

    private string ErasuresFile => $"{Root}/_erasures.json";

    private string FactsFile => $"{Root}/_warehouse.json";

    /// <summary>The folder of a table's partition.</summary>
    public string Partition(string table, DateOnly day) => $"{Root}/{table}/{PartitionName(day)}";

    /// <summary>The folder of all that a run writes before it is published.</summary>
    public string Staging(string runId) => $"{StagingFolder}/{runId}";

    /// <summary>The folder of a run's files of a partition before they are published.</summary>
    public string Staging(string runId, string table, DateOnly day) => $"{Staging(runId)}/{table}/{PartitionName(day)}";

    /// <summary>T2: <c>dt=YYYY-MM-DD</c>.</summary>
    public static string PartitionName(DateOnly day) => Prefix + day.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The day of a partition's folder name, or null when it is none.</summary>
    public static DateOnly? PartitionDay(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && DateOnly.TryParseExact(name.AsSpan(Prefix.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    /// <summary>The published files of a partition, absolute and by name; null where there are none.</summary>
    public IReadOnlyList<string>? Files(string table, DateOnly day) => FilesIn(Partition(table, day));

    /// <summary>The days of which a table has a partition, in order.</summary>
    public IReadOnlyList<DateOnly> Days(string table) => [.. DaysIn(Store.List($"{Root}/{table}"), "")];

    /// <summary>The tables that have a folder, by name.</summary>
    public IReadOnlyList<string> Tables() =>
        [.. (Store.List(Root) ?? []).Where(e => e.IsFolder && e.Name[0] is not ('_' or '.')).Select(e => e.Name)];

    /// <summary>The first day of history, or null where nothing was ever published (T4).</summary>
    public DateOnly? HistoryStart() => Store.ReadText(FactsFile) is { } text
        ? ManifestText.Parse<WarehouseFacts>(text, FactsFile).HistoryStart
        : null;

    /// <summary>The first day of history for a run whose earliest day is given: the remembered one, else that day (T4).</summary>
    /// <exception cref="BatchEtlException">The day is earlier than history (Refused).</exception>
    public DateOnly HistoryFor(DateOnly earliest)
    {
        var start = HistoryStart() ?? earliest;
        return earliest >= start
            ? start
            : throw BatchEtlException.Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"{earliest:yyyy-MM-dd} is earlier than the history of {Root}, which starts on {start:yyyy-MM-dd} (set by its first run); ask for that day or a later one, or use a new warehouse"));
    }

    /// <summary>The types that the latest day before has for the mapped columns (E1); empty where none is published.</summary>
    public IReadOnlyDictionary<string, ColumnType> PublishedTypes(DateOnly day, DateOnly historyStart)
    {
        var latest = Manifests.Days().Where(d => d < day && d >= historyStart).Order().LastOrDefault();
        return latest == default
            ? new Dictionary<string, ColumnType>()
            : Manifests.Read(latest)!.Types.ToDictionary(t => t.Key, t => ColumnType.Parse(t.Value), StringComparer.Ordinal);
    }

    /// <summary>SHA-256 of the ids that were erased (P7), hexadecimal, in order.</summary>
    public IReadOnlyList<string> ErasedIds() => Erasures().Sha256;

    /// <summary>What is remembered of erasures.</summary>
    internal ErasureFacts Erasures() => Store.ReadText(ErasuresFile) is { } text ? ManifestText.Parse<ErasureFacts>(text, ErasuresFile) : new ErasureFacts([], []);

    internal void Remember(ErasureFacts erasures) => Store.WriteText(ErasuresFile, ManifestText.Write(erasures));

    /// <summary>Remembers the first day of history; once set it stays.</summary>
    internal void RememberHistory(DateOnly start)
    {
        if (!Store.Exists(FactsFile))
        {
            Store.WriteText(FactsFile, ManifestText.Write(new WarehouseFacts(start)));
        }
    }

    /// <summary>The table files of a folder; null where there are none.</summary>
    internal IReadOnlyList<string>? FilesIn(string folder)
    {
        var files = (Store.List(folder) ?? []).Where(IsTableFile).Select(e => $"{folder}/{e.Name}").ToList();
        return files.Count == 0 ? null : files;
    }

    internal static bool IsTableFile(StoreEntry entry) =>
        !entry.IsFolder && entry.Name[0] is not ('_' or '.') && entry.Name.EndsWith(".parquet", StringComparison.Ordinal);

    internal static IEnumerable<DateOnly> DaysIn(IReadOnlyList<StoreEntry>? entries, string suffix) => (entries ?? [])
        .Where(e => e.IsFolder == (suffix.Length == 0) && e.Name.EndsWith(suffix, StringComparison.Ordinal))
        .Select(e => PartitionDay(e.Name[..^suffix.Length]))
        .OfType<DateOnly>()
        .Order();
}
