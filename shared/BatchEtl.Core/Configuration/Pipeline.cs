namespace BatchEtl.Core.Configuration;

/// <summary>A pipeline file (pipeline.md), read, defaulted and validated. Immutable.</summary>
/// <param name="File">The file's path as the user gave it, for messages.</param>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Zone">IANA name of the zone whose local dates are the days (T1).</param>
/// <param name="WeekStarts">Monday or Sunday (T2).</param>
public sealed record Pipeline(
    string File,
    string Name,
    string Zone,
    DayOfWeek WeekStarts,
    LandingOptions Landing,
    WarehouseOptions Warehouse,
    EventOptions Events,
    SessionOptions Sessions,
    IReadOnlyList<CubeDefinition> Cubes,
    MetricOptions Metrics,
    RetentionOptions Retention,
    IReadOnlyList<FunnelDefinition> Funnels,
    AnomalyOptions Anomalies,
    bool Report,
    string? OnFinish,
    CatalogOptions? Catalog,
    IReadOnlyDictionary<string, CheckOverride> Checks,
    EngineOptions Engine)
{
    /// <summary>Lines of the keys, for errors found later; null when the pipeline came from no file.</summary>
    internal Reading.PipelineSource? Source { get; init; }

    /// <summary>What was written, as JSON, without secrets; null when the pipeline came from no file.</summary>
    public System.Text.Json.Nodes.JsonNode? Written => Source?.Json();
}

public enum LandingPartitioning
{
    ArrivalTime,
    EventTime,
}

public enum CorruptFilePolicy
{
    Fail,
    Skip,
}

/// <summary>Where landed files lie and how they are judged (E3, E5, E6).</summary>
/// <param name="Root">Absolute local path, or an hdfs:// or webhdfs:// URI.</param>
/// <param name="Layout">Folder pattern under the root, e.g. <c>{yyyy}-{MM}-{dd}/{HH}</c>.</param>
/// <param name="Zone">IANA name of the zone of the folders' names.</param>
/// <param name="Topics">Wanted topics, or null for all.</param>
/// <param name="Files">Glob of file names in a folder.</param>
public sealed record LandingOptions(
    string Root,
    string Layout,
    string Zone,
    LandingPartitioning PartitionedBy,
    IReadOnlyList<string>? Topics,
    string? DoneFlag,
    string Files,
    TimeSpan Lateness,
    TimeSpan ClockSkew,
    CorruptFilePolicy OnCorrupt,
    IReadOnlyList<string> SkipFiles);

/// <param name="Root">Absolute local path, or an hdfs:// or webhdfs:// URI.</param>
/// <param name="Compression">zstd, snappy or gzip.</param>
/// <param name="Keep">Table → how long its partitions live (P6).</param>
public sealed record WarehouseOptions(string Root, string Compression, IReadOnlyDictionary<string, TimeSpan> Keep);

public enum ColumnRole
{
    EventId,
    EventName,
    OccurredAt,
    ActorId,
    UserId,
    Dimension,
    Measure,
}

/// <summary>The mapping (E1), with what is left out (E7) and how duplicates are found (E4).</summary>
/// <param name="Columns">All mapped columns in mapped order: event_id, event_name, occurred_at, actor_id, user_id (if mapped), dimensions, measures.</param>
/// <param name="Exclude">E7's conditions in order; each a list of tests that must all hold.</param>
/// <param name="MaxRejectRatio">A ratio between 0 and 1 (E3).</param>
public sealed record EventOptions(
    IReadOnlyList<MappedColumn> Columns,
    IReadOnlyList<IReadOnlyList<ColumnCondition>> Exclude,
    TimeSpan DedupeHorizon,
    decimal MaxRejectRatio,
    bool AllowEmpty)
{
    public IEnumerable<MappedColumn> Dimensions => Columns.Where(c => c.Role == ColumnRole.Dimension);

    public IEnumerable<MappedColumn> Measures => Columns.Where(c => c.Role == ColumnRole.Measure);
}

/// <summary>One mapped column (E1).</summary>
/// <param name="Name">Published name: event_id, …, or the dimension's or measure's own.</param>
/// <param name="DeclaredType">The declared type, or null: the path's own.</param>
/// <param name="EmptyIsNull">As declared; ids, names and actors have it always.</param>
/// <param name="Time">For occurred_at only: unit, format and zone.</param>
/// <param name="Line">Line in the pipeline file, from 1; 0 when set by --set.</param>
public sealed record MappedColumn(
    string Name,
    ColumnRole Role,
    ColumnType? DeclaredType,
    IReadOnlyList<Alternative> Alternatives,
    bool EmptyIsNull,
    TimeReading? Time,
    int Line);

/// <summary>One way to a column's value; the first whose value is not null is taken.</summary>
/// <param name="Prefix">Added to the text after the alternative was chosen, or null.</param>
public abstract record Alternative(string? Prefix);

/// <param name="Path">Parsed field path.</param>
public sealed record PathAlternative(FieldPath Path, string? Prefix) : Alternative(Prefix);

/// <summary><c>{ all: […], separator }</c>: the texts of several paths in one.</summary>
public sealed record JoinedAlternative(IReadOnlyList<FieldPath> Paths, string Separator, string? Prefix) : Alternative(Prefix);

/// <summary><c>{ constant: text }</c>.</summary>
public sealed record ConstantAlternative(string Text, string? Prefix) : Alternative(Prefix);

public enum TimeUnit
{
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>How occurred_at is read. All null: by logical type.</summary>
/// <param name="Unit">Declared unit; wins over a logical type.</param>
/// <param name="Iso">format: iso.</param>
/// <param name="Zone">IANA zone of texts without an offset and of Avro's local timestamps; null = UTC.</param>
public sealed record TimeReading(TimeUnit? Unit, bool Iso, string? Zone);

/// <summary>A column equals one of the values. Values are texts as written; they are compared in the column's type. Null never passes.</summary>
public sealed record ColumnCondition(string Column, IReadOnlyList<string> Values);

/// <summary>S1–S6.</summary>
/// <param name="EventCodes">Event name → one ASCII letter or digit, in the file's order.</param>
/// <param name="Counts">Counter name (column count_name) → event names.</param>
public sealed record SessionOptions(
    TimeSpan Gap,
    TimeSpan CarryOver,
    IReadOnlyList<KeyValuePair<string, char>> EventCodes,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Counts,
    EngagedOptions Engaged);

/// <summary>When a session is engaged (S6); zero or empty switches a limb off.</summary>
public sealed record EngagedOptions(TimeSpan MinDuration, int MinViews, IReadOnlyList<string> Views, IReadOnlyList<string> Conversions);

public enum SourceTable
{
    Events,
    Sessions,
}

/// <summary>A declared cube (C1–C4); its table is cube_name.</summary>
/// <param name="Dimensions">Plain dimensions, then the levels' columns are appended by <see cref="AllDimensions"/>.</param>
/// <param name="Rollups">Lists of the dimensions kept, or null = all subsets. The finest grain is always there.</param>
public sealed record CubeDefinition(
    string Name,
    SourceTable Source,
    IReadOnlyList<string> Dimensions,
    LevelsDefinition? Levels,
    IReadOnlyList<IReadOnlyList<string>>? Rollups,
    IReadOnlyList<CubeMeasure> Measures)
{
    public IReadOnlyList<string> AllDimensions => Levels is null ? Dimensions : [.. Dimensions, .. Levels.Names];
}

/// <summary>C4: parts of a text column as further dimensions.</summary>
public sealed record LevelsDefinition(string Of, string Separator, IReadOnlyList<string> Names);

public enum AggregateKind
{
    /// <summary><c>count</c> (Column null) or <c>count(column)</c>.</summary>
    Count,
    Sum,
    Min,
    Max,
    Distinct,
}

public sealed record CubeMeasure(string Name, AggregateKind Kind, string? Column);

/// <summary>A6's dimensions and the declared metrics in order.</summary>
public sealed record MetricOptions(IReadOnlyList<string> Dimensions, IReadOnlyList<MetricDeclaration> Declared);

public abstract record MetricDeclaration(string Name);

public sealed record AggregateMetric(
    string Name, SourceTable Source, AggregateKind Kind, string? Column, IReadOnlyList<ColumnCondition> Where) : MetricDeclaration(Name);

public sealed record RatioMetric(string Name, string Numerator, string Denominator) : MetricDeclaration(Name);

/// <summary>Largest n of each period; 0 = none (A4).</summary>
public sealed record RetentionOptions(int Day, int Week, int Month);

public sealed record FunnelDefinition(string Name, TimeSpan Window, IReadOnlyList<FunnelStep> Steps);

public sealed record FunnelStep(string Event, IReadOnlyList<ColumnCondition> Where);

/// <param name="MinChange">A ratio: 10 % = 0.1.</param>
public sealed record AnomalyOptions(decimal Sensitivity, decimal MinChange, long MinVolume);

public sealed record CatalogOptions(string Kind, string Uri, string Database);

/// <summary>A check's severity and limit as overridden in <c>checks:</c>, e.g. <c>rows_drop: { warn: 50% }</c>.</summary>
/// <param name="Severity">fail, warn or off.</param>
/// <param name="Limit">A ratio or a number, or null: the check's own.</param>
public sealed record CheckOverride(string Severity, decimal? Limit);

/// <param name="Name">duckdb or spark.</param>
/// <param name="MemoryBytes">Memory limit of the engine.</param>
/// <param name="Threads">Worker threads, or null = the machine's.</param>
/// <param name="Temp">Folder for spilling, or null = beside the staging area.</param>
public sealed record EngineOptions(
    string Name, long MemoryBytes, int? Threads, string? Temp, string? Master, IReadOnlyDictionary<string, string> Conf);
