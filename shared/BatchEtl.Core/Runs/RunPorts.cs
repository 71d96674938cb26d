using BatchEtl.Core.Catalog;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;
using BatchEtl.Core.Upkeep;

namespace BatchEtl.Core.Runs;

/// <summary>Where a run says what it does.</summary>
public interface IRunLog
{
    void Info(string message);

    void Warning(string message);

    /// <summary>A run goes on to its next day.</summary>
    /// <param name="done">Days done.</param>
    /// <param name="all">Days in all.</param>
    void DayBegins(int done, int all);

    /// <summary>A step begins; it reads about so many landed records, 0 when it reads none.</summary>
    void StepBegins(DateOnly day, string step, long records);

    void StepEnds(DateOnly day, string step, TimeSpan took);
}

/// <summary>Reads written files back (P1): rows, bytes and checksum of each.</summary>
/// <exception cref="Errors.BatchEtlException">A file is not as the contract says (CheckFailed).</exception>
public delegate IReadOnlyList<(long Rows, ManifestFile File)> FileAudit(
    IReadOnlyList<string> files, TableContract contract, CancellationToken cancellation);

/// <summary>Decides the columns' types from what landed; what is odd goes to the last argument.</summary>
public delegate IReadOnlyList<TypedColumn> ColumnTypes(
    Pipeline pipeline, IReadOnlyList<LandedSchema> schemas, IReadOnlyDictionary<string, ColumnType> published, Action<string> warn);

/// <summary>Whether a day's landed files hold a record that is not rejected and lies in a window (P4).</summary>
public delegate bool HasRelevantRecords(DayBuild build, Window window);

/// <summary>Everything that a run is made of; composed once, by the program.</summary>
public sealed record RunParts
{
    public required Pipeline Pipeline { get; init; }

    public required Warehouse Warehouse { get; init; }

    public required ILanding Landing { get; init; }

    /// <summary>Starts the engine with a folder for what does not fit into memory.</summary>
    public required Func<string, CancellationToken, IEngine> StartEngine { get; init; }

    /// <summary>Starts an engine that reads a few rows of published tables, whatever engine makes them.</summary>
    public required Func<IEngine> StartReader { get; init; }

    public required IReadOnlyList<IJob> Jobs { get; init; }

    public required ColumnTypes ColumnTypes { get; init; }

    public required HasRelevantRecords HasRelevantRecords { get; init; }

    public required FileAudit Audit { get; init; }

    /// <summary>Where query engines find the tables; null = nowhere.</summary>
    public ICatalog? Catalog { get; init; }

    /// <summary>Compares published files with their manifests.</summary>
    public required FileComparison Compare { get; init; }

    public required MakeReport Report { get; init; }

    public required IRunLog Log { get; init; }

    /// <summary>The wall clock, read once at the program's entry (T3).</summary>
    public required DateTimeOffset AsOf { get; init; }

    public required bool Provisional { get; init; }

    public required string ProgramVersion { get; init; }

    /// <summary>A clock that only goes forward, for timings.</summary>
    public required Func<TimeSpan> Stopwatch { get; init; }
}
