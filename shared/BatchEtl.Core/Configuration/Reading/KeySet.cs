namespace BatchEtl.Core.Configuration.Reading;

/// <summary>The keys that a mapping of the pipeline file may have. The file's JSON Schema has a definition of the same name.</summary>
/// <param name="Name">Name of the definition in the schema.</param>
/// <param name="Required">Keys without a default (<c>!</c> in pipeline.md).</param>
internal sealed record KeySet(string Name, IReadOnlyList<string> Required, IReadOnlyList<string> Optional)
{
    public IEnumerable<string> Keys => Required.Concat(Optional);

    public static readonly KeySet Pipeline = new("pipeline", ["landing", "warehouse", "events"],
        ["name", "zone", "week_starts", "sessions", "cubes", "metrics", "retention", "funnels", "anomalies", "report",
            "on_finish", "catalog", "checks", "engine"]);

    public static readonly KeySet Landing = new("landing", ["root", "layout"],
        ["zone", "partitioned_by", "topics", "done_flag", "files", "lateness", "clock_skew", "on_corrupt", "skip_files"]);

    public static readonly KeySet Warehouse = new("warehouse", ["root"], ["compression", "keep"]);

    public static readonly KeySet Events = new("events", ["event_id", "event_name", "occurred_at", "actor_id"],
        ["user_id", "dimensions", "measures", "exclude", "dedupe", "max_reject_ratio", "allow_empty"]);

    public static readonly KeySet Column = new("column", [],
        ["path", "all", "separator", "constant", "prefix", "key", "type", "empty_is_null", "unit", "format", "zone"]);

    public static readonly KeySet Dedupe = new("dedupe", [], ["horizon"]);

    public static readonly KeySet Sessions = new("sessions", [], ["gap", "carry_over", "event_codes", "counts", "engaged"]);

    public static readonly KeySet Engaged = new("engaged", [], ["min_duration", "min_views", "views", "conversions"]);

    public static readonly KeySet Cube = new("cube", ["measures"], ["source", "dimensions", "levels", "rollups"]);

    public static readonly KeySet Levels = new("levels", ["names"], ["of", "separator"]);

    public static readonly KeySet Metrics = new("metrics", [], ["dimensions", "declare"]);

    public static readonly KeySet Metric = new("metric", [], ["source", "measure", "where", "ratio"]);

    public static readonly KeySet Retention = new("retention", [], ["day", "week", "month"]);

    public static readonly KeySet Funnel = new("funnel", ["steps"], ["window"]);

    public static readonly KeySet FunnelStep = new("funnel_step", ["event"], ["where"]);

    public static readonly KeySet Anomalies = new("anomalies", [], ["sensitivity", "min_change", "min_volume"]);

    public static readonly KeySet Catalog = new("catalog", ["uri"], ["kind", "database"]);

    public static readonly KeySet Check = new("check", [], ["fail", "warn"]);

    public static readonly KeySet Engine = new("engine", [], ["name", "memory", "threads", "temp", "master", "conf"]);

    public static readonly IReadOnlyList<KeySet> All =
    [
        Pipeline, Landing, Warehouse, Events, Column, Dedupe, Sessions, Engaged, Cube, Levels, Metrics, Metric, Retention,
        Funnel, FunnelStep, Anomalies, Catalog, Check, Engine,
    ];
}
