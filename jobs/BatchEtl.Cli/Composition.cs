using System.Diagnostics;
using System.Reflection;
using BatchEtl.Avro.Container;
using BatchEtl.Cli.Verbs;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.DuckDb;
using BatchEtl.Jobs;
using BatchEtl.Jobs.Events;
using BatchEtl.Landing;
using BatchEtl.Parquet;
using BatchEtl.Spark;
using BatchEtl.Storage;

namespace BatchEtl.Cli;

/// <summary>Puts the program together: the only place that knows all the parts.</summary>
internal static class Composition
{
    /// <summary>Sections that this version reads and checks but does not build yet, with the tables that belong to them.</summary>
    private static readonly IReadOnlyList<string> _laterTables = ["retention", "anomalies", "event_catalog", "event_columns"];

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(Composition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Reads the pipeline file with the command line's overrides.</summary>
    public static Pipeline Load(PipelineOptions options)
    {
        var sets = options.Set.ToList();
        if (options.Engine is { } engine)
        {
            sets.Add($"engine.name={engine}");
        }

        return PipelineFile.Load(options.Pipeline, sets, Environment.CurrentDirectory);
    }

    /// <summary>Everything that a run is made of.</summary>
    public static RunParts Parts(Pipeline pipeline, IRunLog log, DateTimeOffset asOf, bool provisional)
    {
        if (IsRemote(pipeline.Landing.Root) || IsRemote(pipeline.Warehouse.Root))
        {
            throw BatchEtlException.Usage($"{pipeline.File}: landing.root and warehouse.root: this version reads and writes local folders only");
        }

        var store = new LocalStore();
        var input = new LandedInput(pipeline, AvroSource.OpenFile);
        var audit = new ParquetAudit();
        var clock = Stopwatch.StartNew();
        return new RunParts
        {
            Pipeline = pipeline,
            Warehouse = new Warehouse(store, pipeline.Warehouse.Root),
            Landing = new LandedFiles(new LandingArea(pipeline.Landing, store), input),
            StartEngine = temp => pipeline.Engine.Name == "spark"
                ? new SparkEngine(SparkSessions.Open(pipeline.Engine, $"batch-etl {pipeline.Name}", Environment.GetEnvironmentVariable, CancellationToken.None), store, temp, input, ownsSession: true)
                : new DuckDbEngine(pipeline.Engine, pipeline.Engine.Temp ?? temp, input),
            StartReader = () => new DuckDbEngine(pipeline.Engine, Path.GetTempPath(), input),
            Jobs = NightJobs.All,
            ColumnTypes = ColumnTyping.Of,
            RelevantRecords = LandingJob.RelevantRecords,
            Audit = (files, contract, cancellation) =>
                [.. audit.Inspect(files, contract, cancellation: cancellation).Select(f => (f.Rows, new ManifestFile(Path.GetFileName(f.Path), f.Bytes, f.Checksum)))],
            Log = log,
            AsOf = asOf,
            Provisional = provisional,
            ProgramVersion = Version,
            Stopwatch = () => clock.Elapsed,
        };
    }

    /// <summary>The tables that the pipeline file implies and this version does not build.</summary>
    public static IReadOnlyList<string> NotBuilt(Pipeline pipeline) =>
        pipeline.Funnels.Count > 0 ? [.. _laterTables.Prepend("funnels")] : _laterTables;

    private static bool IsRemote(string root) => root.Contains("://", StringComparison.Ordinal);
}
