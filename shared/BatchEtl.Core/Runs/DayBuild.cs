using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>Where jobs find published and staged tables and put theirs.</summary>
public interface IDayTables
{
    /// <summary>Absolute files of a table's partition: this run's own where it wrote one, else the published ones; null where there is none.</summary>
    IReadOnlyList<string>? Files(string table, DateOnly day);

    /// <summary>The folder for this run's files of a table, made when it is missing.</summary>
    string Stage(string table);

    /// <summary>A folder for files that nobody publishes.</summary>
    string Scratch(string name);

    /// <summary>Completeness of a published day, or null where the day is not published.</summary>
    double? Completeness(DateOnly day);

    /// <summary>The mapped columns of a published day's events; null where they are those of today.</summary>
    IReadOnlyCollection<string>? Columns(DateOnly day);
}

/// <summary>Some of a day's landed files, as scans of one schema each.</summary>
/// <param name="Index">Which slice of the day's files they are of.</param>
public sealed record DaySlice(int Index, IReadOnlyList<LandedScan> Scans);

/// <summary>What a day's jobs work with: one day, one engine, typed columns, landed files, and each other's tables and steps.</summary>
public sealed class DayBuild
{
    /// <summary>The build of a day from what landed for it.</summary>
    /// <param name="published">The types that the warehouse has (E1).</param>
    /// <param name="warn">Is told what is odd about the columns.</param>
    internal static DayBuild Of(
        RunParts parts, DayWindows windows, LandedDay landed, IEngine engine, IDayTables tables, DateOnly historyStart,
        IReadOnlyDictionary<string, ColumnType> published, Action<string> warn, CancellationToken cancellation) => new()
    {
        Pipeline = parts.Pipeline,
        Windows = windows,
        Engine = engine,
        Tables = tables,
        Columns = parts.ColumnTypes(parts.Pipeline, landed.Schemas, published, warn),
        Files = landed.Files,
        Schemas = landed.Schemas,
        HistoryStart = historyStart,
        Erased = parts.Warehouse.ErasedIds(),
        Cancellation = cancellation,
    };

    /// <summary>The build of what reads earlier days, from the day's published events and sessions.</summary>
    internal static DayBuild OfPublished(RunParts parts, DayWindows windows, Manifest published, IEngine engine, IDayTables tables, CancellationToken cancellation) => new()
    {
        Pipeline = parts.Pipeline,
        Windows = windows,
        Engine = engine,
        Tables = tables,
        Columns =
        [
            .. parts.Pipeline.Events.Columns.Select(c => new TypedColumn(
                c, c.Role == ColumnRole.OccurredAt ? ColumnType.Timestamp : ColumnType.Parse(published.Types[c.Name]))),
        ],
        Files = [],
        Schemas = [],
        HistoryStart = published.HistoryStart,
        Cancellation = cancellation,
        Counts = DayCounts.Of(published),
    };

    public required Pipeline Pipeline { get; init; }

    public required DayWindows Windows { get; init; }

    public required IEngine Engine { get; init; }

    public required IDayTables Tables { get; init; }

    /// <summary>The mapped columns with their types.</summary>
    public required IReadOnlyList<TypedColumn> Columns { get; init; }

    /// <summary>Landed files that the day reads; empty ones too.</summary>
    public required IReadOnlyList<LandedFile> Files { get; init; }

    public required IReadOnlyList<LandedSchema> Schemas { get; init; }

    /// <summary>The first day of history (T4).</summary>
    public required DateOnly HistoryStart { get; init; }

    /// <summary>SHA-256 of the ids that were erased, hexadecimal; records of theirs are left out (P7).</summary>
    public IReadOnlyList<string> Erased { get; init; } = [];

    public required CancellationToken Cancellation { get; init; }

    /// <summary>What the jobs counted.</summary>
    public DayCounts Counts { get; private init; } = new();

    /// <summary>Step → slice → files, of steps that were written slice by slice.</summary>
    public Dictionary<string, IReadOnlyDictionary<int, IReadOnlyList<string>>> SliceFiles { get; } = [];

    public TableContracts Contracts => field ??= new TableContracts(Pipeline, Columns);

    public DateOnly Day => Windows.Day;

    /// <summary>The day before, or null at the start of history.</summary>
    public DateOnly? DayBefore => Day > HistoryStart ? Windows.Calendar.Previous(Day) : null;

    /// <summary>The part of a window that lies in history: nothing before it exists (T4).</summary>
    public Window InHistory(Window window) =>
        new(Math.Min(Math.Max(window.Start, Windows.Calendar.Of(HistoryStart).Start), window.End), window.End);

    public ParquetFormat Format => new(Pipeline.Warehouse.Compression);

    private IReadOnlyList<IReadOnlyList<LandedFile>> FileSlices => field ??= Sliced();

    /// <summary>The FROM item of a table's partition.</summary>
    /// <exception cref="InvalidOperationException">There is no such partition; the runner refuses such runs beforehand.</exception>
    public string Relation(string table, DateOnly day) => Engine.ParquetRelation(
        Tables.Files(table, day) ?? throw new InvalidOperationException($"{table} of {day:yyyy-MM-dd} is not there"));

    /// <summary>The FROM item of a table as published so many days before; null where there is none in history.</summary>
    public string? Earlier(string table, int daysBefore)
    {
        var day = Windows.Calendar.AddDays(Day, -daysBefore);
        return day >= HistoryStart && Tables.Files(table, day) is { } files ? Engine.ParquetRelation(files) : null;
    }

    /// <summary>Whether events of a day have a mapped column; it may have been mapped after the day was published.</summary>
    public bool HasColumn(DateOnly day, string column) => day == Day || Tables.Columns(day) is not { } columns || columns.Contains(column);

    /// <summary>Writes a table of this day from a query whose columns are cast to the contract's types.</summary>
    public void Write(TableContract contract, string select, string prefix = "part-000")
    {
        var columns = contract.Columns.Select(c => $"CAST({Engine.Dialect.Identifier(c.Name)} AS {Engine.TypeName(c.Type)}) AS {Engine.Dialect.Identifier(c.Name)}");
        Engine.WriteParquet($"SELECT {string.Join(", ", columns)} FROM ({select}) AS rows_of_day", Tables.Stage(contract.Name), prefix, Format, Cancellation);
    }

    /// <summary>The one number of a query; null counts as 0.</summary>
    public decimal Number(string select) => Convert.ToDecimal(Engine.Rows(select, Cancellation)[0][0] ?? 0m, CultureInfo.InvariantCulture);

    /// <summary>The one number of each query.</summary>
    public IReadOnlyList<decimal> Numbers(IReadOnlyList<string> selects)
    {
        if (!Engine.CombinesQueries || selects.Count < 2)
        {
            return [.. selects.Select(Number)];
        }

        var columns = selects.Select((s, i) => string.Create(CultureInfo.InvariantCulture, $"({s}) AS n{i}"));
        return [.. Engine.Rows($"SELECT {string.Join(",\n", columns)}", Cancellation)[0].Select(n => Convert.ToDecimal(n ?? 0m, CultureInfo.InvariantCulture))];
    }

    /// <summary>How many rows a relation has, of those that meet a condition.</summary>
    public long Count(string relation, string condition = "true") => (long)Number(Counting(relation, condition));

    /// <summary>The query behind <see cref="Count"/>.</summary>
    public static string Counting(string relation, string condition = "true") => $"SELECT count(*) FROM {relation} AS counted WHERE {condition}";

    /// <summary>Writes a table of this day that has no rows; the partition is there all the same (P1).</summary>
    public void WriteEmpty(TableContract contract) => Write(
        contract,
        $"SELECT {string.Join(", ", contract.Columns.Select(c => $"NULL AS {Engine.Dialect.Identifier(c.Name)}"))} WHERE false");

    /// <summary>
    /// The landed files as scans of one schema each, in slices that the engine's memory can take. A file is in the same
    /// slice whatever is wanted; slices without a wanted file are left out.
    /// </summary>
    public IReadOnlyList<DaySlice> Slices(Func<LandedFile, bool> wanted) =>
        [.. FileSlices.Select((files, i) => new DaySlice(i, Scans(files.Where(wanted)))).Where(s => s.Scans.Count > 0)];

    private List<IReadOnlyList<LandedFile>> Sliced()
    {
        var slices = new List<IReadOnlyList<LandedFile>>();
        var files = new List<LandedFile>();
        long records = 0;
        foreach (var file in Files.Where(f => f.HasRecords))
        {
            if (files.Count > 0 && records + (file.Records ?? 0) > Engine.RecordsPerSlice)
            {
                slices.Add(files);
                (files, records) = ([], 0);
            }

            files.Add(file);
            records += file.Records ?? 0;
        }

        if (files.Count > 0)
        {
            slices.Add(files);
        }

        return slices;
    }

    private IReadOnlyList<LandedScan> Scans(IEnumerable<LandedFile> files) =>
        [.. files.GroupBy(f => f.SchemaId).OrderBy(g => g.Key).Select(g => new LandedScan(Schemas.First(s => s.Id == g.Key), [.. g]))];
}
