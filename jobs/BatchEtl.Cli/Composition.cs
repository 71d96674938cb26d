using System.Diagnostics;
using System.Reflection;
using BatchEtl.Avro.Container;
using BatchEtl.Cli.Output;
using BatchEtl.Cli.Verbs;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Storage;
using BatchEtl.DuckDb;
using BatchEtl.Hive;
using BatchEtl.Jobs;
using BatchEtl.Jobs.Events;
using BatchEtl.Landing;
using BatchEtl.Parquet;
using BatchEtl.Report;
using BatchEtl.Spark;
using BatchEtl.Storage;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Cli;

/// <summary>Puts the program together: the only place that knows all the parts.</summary>
internal static class Composition
{
    /// <summary>Bytes of published files that the embedded engine keeps at hand of a remote warehouse.</summary>
    private const long MostCopies = 20L << 30;

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(Composition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The way to a Spark session; the program that we are sets it once, at its start.</summary>
    public static Func<EngineOptions, string, CancellationToken, ISparkSession> OpenSpark { get; set; } =
        (_, _, _) => throw new InvalidOperationException("expected the program to say how Spark is reached");

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
        var store = StoreOf(pipeline.Warehouse.Root, ExitCode.Engine);
        var landing = StoreOf(pipeline.Landing.Root, ExitCode.Input);

        // What Spark reads and writes is more than should pass through one program.
        var onSpark = pipeline.Engine.Name == "spark";
        var input = new LandedInput(pipeline, path => landing is IRemoteStore remote ? new RemoteSource(remote, path) : AvroSource.OpenFile(path), endsOnly: onSpark);
        var audit = store is IRemoteStore files ? new ParquetAudit(path => new RemoteStream(files, path)) : new ParquetAudit();
        var clock = Stopwatch.StartNew();
        return new RunParts
        {
            Pipeline = pipeline,
            Warehouse = new Warehouse(store, pipeline.Warehouse.Root),
            Landing = new LandedFiles(new LandingArea(pipeline.Landing, landing), input),
            StartEngine = (temp, cancellation) => onSpark
                ? Spark(pipeline, store, temp, input, log, cancellation)
                : Embedded(pipeline, store, temp, input),
            StartReader = () => Embedded(pipeline, store, Path.GetTempPath(), input),
            Jobs = NightJobs.All,
            ColumnTypes = ColumnTyping.Of,
            HasRelevantRecords = LandingJob.HasRelevantRecords,
            Audit = (files, contract, cancellation) =>
                [.. (onSpark ? audit.InspectFooters(files, contract, cancellation) : audit.Inspect(files, contract, cancellation: cancellation)).Select(f => (f.Rows, new ManifestFile(Path.GetFileName(f.Path), f.Bytes, f.Checksum)))],
            Compare = (path, file, contract, cancellation) => audit.Verify(path, file.Bytes, file.Checksum, contract, cancellation),
            Catalog = pipeline.Catalog is { } catalog ? new HiveCatalog(catalog) : null,
            Report = DayReports.Of,
            Log = log,
            AsOf = asOf,
            Provisional = provisional,
            ProgramVersion = Version,
            Stopwatch = () => clock.Elapsed,
        };
    }

    /// <summary>The embedded engine; of a remote warehouse's files it works on copies in a local folder.</summary>
    private static IEngine Embedded(Pipeline pipeline, IStore store, string temp, LandedInput input)
    {
        if (store is not IRemoteStore remote)
        {
            return new DuckDbEngine(pipeline.Engine, pipeline.Engine.Temp ?? temp, input);
        }

        var local = new ScratchFolder(pipeline.Engine.Temp ?? Path.GetTempPath());
        return new MirroredEngine(new DuckDbEngine(pipeline.Engine, local.Path, input), remote, local.Path, local, MostCopies);
    }

    /// <summary>The Spark engine; folders of this machine are of use only where its executors see the same.</summary>
    private static SparkEngine Spark(Pipeline pipeline, IStore store, string temp, LandedInput input, IRunLog log, CancellationToken cancellation)
    {
        // YARN says so to what runs inside a container, whose folder is deleted behind it.
        if (Environment.GetEnvironmentVariable("CONTAINER_ID") is not null && Path.IsPathRooted(pipeline.Warehouse.Root)
            && Path.GetFullPath(pipeline.Warehouse.Root).StartsWith(Environment.CurrentDirectory + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new BatchEtlException(
                ExitCode.Usage,
                $"warehouse.root is {pipeline.Warehouse.Root}, in the folder of a YARN container; expected HDFS or a folder that stays when the container goes, all that is published there would go with it");
        }

        var session = OpenSpark(pipeline.Engine, $"batch-etl {pipeline.Name}", cancellation);
        log.Info($"spark {session.Version} on {session.Master}");
        (log as ConsoleLog)?.Watch(session.Tasks);
        if (!session.Master.StartsWith("local", StringComparison.Ordinal) && (store is not IRemoteStore || !WebHdfsOptions.IsHdfs(pipeline.Landing.Root)))
        {
            log.Warning("landing.root or warehouse.root is a folder of this machine; all machines of the cluster must see it at the same path, else put it on HDFS");
        }

        return new SparkEngine(session, store, temp, input, ownsSession: true);
    }

    private static IStore StoreOf(string root, ExitCode failure)
    {
        if (!WebHdfsOptions.IsHdfs(root))
        {
            return new LocalStore(failure);
        }

        // New connections are made on the thread pool while its threads wait for answers: without spare ones each waits half
        // a second for the pool to grow.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 4 * Environment.ProcessorCount), completions);
        return new WebHdfsStore(WebHdfsOptions.Of(root, Environment.GetEnvironmentVariable), failure);
    }
}
