using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Publishing;

/// <summary>The published state of a day (semantics.md P3; form: tables.md, "The manifest"). Its presence is the day's done flag.</summary>
public sealed record Manifest
{
    public required DateOnly Day { get; init; }

    public required string RunId { get; init; }

    /// <summary>The run's reading of the clock (T3).</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The day was published before end(D) + carry_over (T3).</summary>
    public bool Provisional { get; init; }

    /// <summary>Name and version, e.g. <c>duckdb v1.5.6</c>.</summary>
    public required string Engine { get; init; }

    public required string ProgramVersion { get; init; }

    /// <summary>The warehouse's first day (T4).</summary>
    public required DateOnly HistoryStart { get; init; }

    /// <summary>P5's settings by name, with their values as text.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Mapped column → type as written in a pipeline file; a run refuses to publish another (E1).</summary>
    public IReadOnlyDictionary<string, string> Types { get; init; } = new Dictionary<string, string>();

    /// <summary>The pipeline file with what overrode it (--set); secrets of engine.conf are shown as ***. Null when the pipeline came from no file.</summary>
    public JsonNode? Configuration { get; init; }

    public required ManifestCounts Counts { get; init; }

    /// <summary>A6: hours with a valid record ÷ hours begun, between 0 and 1.</summary>
    public double Completeness { get; init; }

    /// <summary>Hours of the day, from start(D) and from 0, that hold a valid record.</summary>
    public IReadOnlyList<int> HoursSeen { get; init; } = [];

    /// <summary>Hours begun in the day.</summary>
    public int Hours { get; init; }

    /// <summary>The landed files read.</summary>
    public IReadOnlyList<ManifestInput> Inputs { get; init; } = [];

    /// <summary>Stretches left out of damaged files (E6).</summary>
    public IReadOnlyList<ManifestLoss> Lost { get; init; } = [];

    /// <summary><c>landing.skip_files</c> (E6).</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Landing folders that had not landed (E5).</summary>
    public IReadOnlyList<string> NotLanded { get; init; } = [];

    /// <summary>Files of older folders that wait until their days are asked for (P4).</summary>
    public IReadOnlyList<string> Unprocessed { get; init; } = [];

    /// <summary>Published partitions that the run read (P3).</summary>
    public IReadOnlyList<ManifestRead> Read { get; init; } = [];

    /// <summary>Which run last changed the day's tables; null in manifests of older programs, where it is <see cref="RunId"/>.</summary>
    public DayVersions? Versions { get; init; }

    /// <summary>Tables whose partition of the day has expired → the run that removed it (P6).</summary>
    public IReadOnlyDictionary<string, string> Expired { get; init; } = new Dictionary<string, string>();

    /// <summary>Erasures that took rows out of the day (P7).</summary>
    public IReadOnlyList<ManifestErasure> Erasures { get; init; } = [];

    /// <summary>The day's own partitions. The publisher adds those that it publishes.</summary>
    public IReadOnlyDictionary<string, ManifestTable> Tables { get; init; } = new Dictionary<string, ManifestTable>();

    public IReadOnlyList<ManifestCheck> Checks { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Step → seconds.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new Dictionary<string, double>();
}

/// <summary>What a run counted (<see cref="Runs.DayCounts"/>).</summary>
public sealed record ManifestCounts
{
    public long Records { get; init; }

    /// <summary>E3's reason → records.</summary>
    public IReadOnlyDictionary<string, long> Rejects { get; init; } = new Dictionary<string, long>();

    /// <summary>Per condition of E7.</summary>
    public IReadOnlyList<long> Excluded { get; init; } = [];

    public long BeforeHistory { get; init; }

    public long Erased { get; init; }

    public long Duplicates { get; init; }

    public long Events { get; init; }

    public long Sessions { get; init; }

    /// <summary>Actors active on the day (A0).</summary>
    public long Actors { get; init; }

    /// <summary>Measure → its sum over events(D), as text; null where it is the sum of nothing.</summary>
    public IReadOnlyDictionary<string, string?> Sums { get; init; } = new Dictionary<string, string?>();
}

/// <summary>A landed file that was read.</summary>
/// <param name="File">Relative to the landing root.</param>
/// <param name="Input">It is an input of the day (P4).</param>
/// <param name="Days">Day → records that are not rejected, by their own time.</param>
public sealed record ManifestInput(string File, long Bytes, long Records, bool Input, IReadOnlyDictionary<DateOnly, long> Days)
{
    /// <summary>When it was last written; null in manifests of older programs.</summary>
    public DateTimeOffset? Modified { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether a landed file of this name is another by now: P4 knows a file by its size and when it was last written.</summary>
    public bool IsAnother(long bytes, DateTimeOffset modified) => bytes != Bytes || (Modified is { } written && written != modified);
}

/// <summary>A stretch of a damaged file that was left out (E6).</summary>
/// <param name="Position">Byte position in the file, from 0.</param>
public sealed record ManifestLoss(string File, long Position, long Bytes, string Why);

/// <summary>
/// For each kind of a day's tables the run that last built them from other inputs, settings or program: what has the same version has the
/// same rows (P2), so that a later day that read it need not be run again.
/// </summary>
/// <param name="Sessions">Sessions and rejects: of what landed.</param>
/// <param name="Events">Events and cubes: of the sessions of the day before, too (S5).</param>
/// <param name="Chain">Actors, metrics and all that reads earlier days (A1, A6).</param>
public sealed record DayVersions(string Sessions, string Events, string Chain)
{
    /// <summary>The version of a table that later days read.</summary>
    public string Of(string table) => table switch { "sessions" => Sessions, "events" => Events, _ => Chain };

    public static DayVersions Of(Manifest manifest) => manifest.Versions ?? new DayVersions(manifest.RunId, manifest.RunId, manifest.RunId);
}

/// <summary>An erasure's part in a day: table → rows that it took out.</summary>
public sealed record ManifestErasure(string RunId, IReadOnlyDictionary<string, long> Rows);

/// <summary>A published partition that the run read.</summary>
/// <param name="RunId">Its version (<see cref="DayVersions"/>), or null when unknown.</param>
public sealed record ManifestRead(string Table, DateOnly Day, string? RunId);

/// <summary>A table's partition.</summary>
public sealed record ManifestTable(long Rows, IReadOnlyList<ManifestFile> Files);

/// <summary>A published file.</summary>
/// <param name="Checksum"><c>algorithm:hexadecimal digits</c>, e.g. <c>xxh128:…</c>.</param>
public sealed record ManifestFile(string Name, long Bytes, string Checksum);

/// <summary>A check's result.</summary>
/// <param name="Found">The number that the check found, as text in JSON.</param>
public sealed record ManifestCheck(
    string Table,
    string Check,
    CheckSeverity Severity,
    bool Passed,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)] decimal? Found);
