using CommandLine;
using CommandLine.Text;

namespace BatchEtl.Cli.Verbs;

[Verb("nightly", HelpText = "Builds and publishes a day, and the earlier days that must be run again.")]
public sealed class NightlyOptions : RunningOptions
{
    [Option('d', "date", SetName = "date", MetaValue = "DATE", HelpText = "The day, in the pipeline's zone.")]
    public string? Date { get; set; }

    [Option("catch-up", SetName = "catch-up", HelpText = "Every day that is over and not published yet, in order.")]
    public bool CatchUp { get; set; }

    [Usage]
    public static IEnumerable<Example> Examples =>
    [
        new("The night of a day", new NightlyOptions { Pipeline = "pipeline.yaml", Date = "2026-03-28" }),
        new("Last night and those that were missed", new NightlyOptions { Pipeline = "pipeline.yaml", CatchUp = true }),
        new("Today so far, flagged as provisional", new NightlyOptions { Pipeline = "pipeline.yaml", Date = "2026-03-28", Provisional = true }),
        new("The same file, other data", new NightlyOptions { Pipeline = "pipeline.yaml", Date = "2026-03-28", Set = ["landing.root=/data/test"] }),
    ];
}

[Verb("backfill", HelpText = "Builds and publishes days in order; published ones with the same inputs and settings are skipped.")]
public sealed class BackfillOptions : RunningOptions
{
    [Option("from", Required = true, MetaValue = "DATE", HelpText = "The first day.")]
    public string From { get; set; } = string.Empty;

    [Option("to", Required = true, MetaValue = "DATE", HelpText = "The last day.")]
    public string To { get; set; } = string.Empty;

    [Option("force", HelpText = "Build published days again too.")]
    public bool Force { get; set; }

    [Usage]
    public static IEnumerable<Example> Examples =>
        [new("A first week", new BackfillOptions { Pipeline = "pipeline.yaml", From = "2026-03-01", To = "2026-03-07" })];
}

[Verb("run", HelpText = "Builds one table of a day from what is published into a folder; publishes nothing.")]
public sealed class RunOptions : RunningOptions
{
    [Value(0, Required = true, MetaName = "TABLE", HelpText = "events, rejects, sessions, cube_NAME, actors or metrics.")]
    public string Table { get; set; } = string.Empty;

    [Option('d', "date", Required = true, MetaValue = "DATE", HelpText = "The day.")]
    public string Date { get; set; } = string.Empty;

    [Option("out", Required = true, MetaValue = "DIR", HelpText = "A folder for the Parquet files; made when it is missing.")]
    public string Out { get; set; } = string.Empty;
}

[Verb("plan", HelpText = "What nightly would run and why; changes nothing.")]
public sealed class PlanOptions : RunningOptions
{
    [Option('d', "date", Required = true, MetaValue = "DATE", HelpText = "The day.")]
    public string Date { get; set; } = string.Empty;

    [Option("sql", HelpText = "Print the statements too.")]
    public bool Sql { get; set; }
}

[Verb("check", HelpText = "Checks the pipeline file, and with --date what landed and its schemas; runs nothing.")]
public sealed class CheckOptions : RunningOptions
{
    [Option('d', "date", MetaValue = "DATE", HelpText = "Look at what this day would read.")]
    public string? Date { get; set; }
}

[Verb("show", HelpText = "A readable look at a published table.")]
public sealed class ShowOptions : PipelineOptions
{
    [Value(0, Required = true, MetaName = "TABLE", HelpText = "A table's name.")]
    public string Table { get; set; } = string.Empty;

    [Option('d', "date", Required = true, MetaValue = "DATE", HelpText = "The day.")]
    public string Date { get; set; } = string.Empty;

    [Option("where", MetaValue = "SQL", HelpText = "A condition on the table's columns.")]
    public string? Where { get; set; }

    [Option("limit", Default = 20, MetaValue = "N", HelpText = "Rows at most.")]
    public int Limit { get; set; }

    [Usage]
    public static IEnumerable<Example> Examples =>
        [new("How the product did", new ShowOptions { Pipeline = "pipeline.yaml", Table = "metrics", Date = "2026-03-28", Where = "dimension IS NULL" })];
}

[Verb("status", HelpText = "Which days are published, provisional, stale or missing.")]
public sealed class StatusOptions : RunningOptions;

[Verb("report", HelpText = "The page that says how the product is doing.")]
public sealed class ReportOptions : PipelineOptions
{
    [Option('d', "date", Required = true, MetaValue = "DATE", HelpText = "The day.")]
    public string Date { get; set; } = string.Empty;

    [Option("out", MetaValue = "FILE", HelpText = "Where to write it; default: _reports of the warehouse.")]
    public string? Out { get; set; }
}

[Verb("metrics", HelpText = "Published metrics in the terminal.")]
public sealed class MetricsOptions : PipelineOptions
{
    [Option('d', "date", Required = true, MetaValue = "DATE", HelpText = "The day.")]
    public string Date { get; set; } = string.Empty;

    [Option("metric", MetaValue = "METRIC", HelpText = "Only this metric; repeatable.")]
    public IEnumerable<string> Metric { get; set; } = [];

    [Option("by", MetaValue = "DIMENSION", HelpText = "By the values of one of metrics.dimensions; default: the whole product.")]
    public string? By { get; set; }

    [Option("days", Default = 14, MetaValue = "N", HelpText = "How many days up to that day.")]
    public int Days { get; set; }

    [Option("format", Default = "table", MetaValue = "FORMAT", HelpText = "table, csv or json.")]
    public string Format { get; set; } = "table";

    [Usage]
    public static IEnumerable<Example> Examples =>
        [new("Orders by platform", new MetricsOptions { Pipeline = "pipeline.yaml", Date = "2026-03-28", Metric = ["orders"], By = "platform" })];
}

[Verb("ddl", HelpText = "The DDL of all tables, and of views that make correct queries easy.")]
public sealed class DdlOptions : RunningOptions
{
    [Option("for", Required = true, MetaValue = "ENGINE", HelpText = "hive, trino, spark or duckdb.")]
    public string For { get; set; } = string.Empty;

    [Usage]
    public static IEnumerable<Example> Examples =>
        [new("For Trino", new DdlOptions { Pipeline = "pipeline.yaml", For = "trino" })];
}

[Verb("sync-catalog", HelpText = "Registers in the catalog what it lacks of the published tables, and forgets what is gone.")]
public sealed class SyncCatalogOptions : RunningOptions;

[Verb("expire", HelpText = "Lists published partitions that have outlived warehouse.keep; removes them when the list is confirmed.")]
public sealed class ExpireOptions : RunningOptions
{
    [Option("confirm", MetaValue = "CHECKSUM", HelpText = "Remove them; the checksum is that of the list.")]
    public string? Confirm { get; set; }
}

[Verb("erase", HelpText = "Lists where actors or users stand in published tables; takes them out when the list is confirmed.")]
public sealed class EraseOptions : RunningOptions
{
    [Option("ids", Required = true, MetaValue = "FILE", HelpText = "A file with an actor or user id in each line, as they are published.")]
    public string Ids { get; set; } = string.Empty;

    [Option("confirm", MetaValue = "CHECKSUM", HelpText = "Erase them; the checksum is that of the list.")]
    public string? Confirm { get; set; }
}

[Verb("verify", HelpText = "Reads published partitions again and compares them with their manifests.")]
public sealed class VerifyOptions : RunningOptions
{
    [Option("from", Required = true, MetaValue = "DATE", HelpText = "The first day.")]
    public string From { get; set; } = string.Empty;

    [Option("to", Required = true, MetaValue = "DATE", HelpText = "The last day.")]
    public string To { get; set; } = string.Empty;
}

[Verb("generate", HelpText = "Synthetic marketplace tracking in Avro, the same for the same seed.")]
public sealed class GenerateOptions
{
    [Option("out", Required = true, MetaValue = "DIR", HelpText = "An empty or missing folder.")]
    public string Out { get; set; } = string.Empty;

    [Option("events", Default = 1_000_000L, MetaValue = "N", HelpText = "Landed records in all.")]
    public long Events { get; set; }

    [Option("days", Default = 1, MetaValue = "N", HelpText = "Days in all.")]
    public int Days { get; set; }

    [Option("history-days", Default = 0, MetaValue = "N", HelpText = "How many of them, the first ones, have small volume.")]
    public int HistoryDays { get; set; }

    [Option("first-day", Default = "2026-03-27", MetaValue = "DATE", HelpText = "The first day.")]
    public string FirstDay { get; set; } = string.Empty;

    [Option("seed", Default = 1L, MetaValue = "N", HelpText = "Another seed, other events.")]
    public long Seed { get; set; }

    [Option("codec", Default = "snappy", MetaValue = "CODEC", HelpText = "null, deflate, snappy or zstandard.")]
    public string Codec { get; set; } = "snappy";

    [Option("no-progress", HelpText = "No progress line, even on a terminal.")]
    public bool NoProgress { get; set; }
}

[Verb("demo", HelpText = "Generates events, publishes several nights and prints the summary, in one go.")]
public sealed class DemoOptions
{
    [Option("out", Default = "demo", MetaValue = "DIR", HelpText = "The folder that receives landing, warehouse and pipeline file; replaced when a demo made it.")]
    public string Out { get; set; } = "demo";

    [Option("events", Default = 2_000_000L, MetaValue = "N", HelpText = "Landed records in all.")]
    public long Events { get; set; }

    [Option("no-progress", HelpText = "No progress line, even on a terminal.")]
    public bool NoProgress { get; set; }
}

[Verb("cat", HelpText = "What Avro files hold: records as JSON lines, the schema, or sizes; needs no pipeline file.")]
public sealed class CatOptions
{
    [Value(0, Min = 1, Required = true, MetaName = "FILE", HelpText = "Avro object-container files.")]
    public IEnumerable<string> Files { get; set; } = [];

    [Option("schema", HelpText = "The schema instead of the records.")]
    public bool Schema { get; set; }

    [Option("stats", HelpText = "Blocks, codec, records, sizes and metadata instead of the records.")]
    public bool Stats { get; set; }

    [Option("plain", HelpText = "Unions without tags.")]
    public bool Plain { get; set; }

    [Option("verify", HelpText = "Read to the end and report damage.")]
    public bool Verify { get; set; }

    [Option("limit", MetaValue = "N", HelpText = "Records at most.")]
    public long? Limit { get; set; }
}

[Verb("schema", HelpText = "The JSON Schema of the pipeline file.")]
public sealed class SchemaOptions;
