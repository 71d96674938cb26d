using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Storage;
using BatchEtl.Landing;
using BatchEtl.Spark.Landed;

namespace BatchEtl.Spark;

/// <summary>Apache Spark behind a session: steps are Parquet in a scratch folder that all executors see, relations are temporary views.</summary>
public sealed class SparkEngine : IEngine
{
    /// <summary>Settings that decide what SQL means, whatever the cluster's defaults.</summary>
    private static readonly IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>
    {
        ["spark.sql.ansi.enabled"] = "true",
        ["spark.sql.session.timeZone"] = "UTC",
        ["spark.sql.caseSensitive"] = "true",
        ["spark.sql.variable.substitute"] = "false",
        ["spark.sql.parser.escapedStringLiterals"] = "false",
        ["spark.sql.parquet.datetimeRebaseModeInRead"] = "CORRECTED",
        ["spark.sql.parquet.datetimeRebaseModeInWrite"] = "CORRECTED",
        ["spark.sql.parquet.writeLegacyFormat"] = "false",
        ["spark.sql.parquet.inferTimestampNTZ.enabled"] = "true",
        ["spark.sql.files.ignoreCorruptFiles"] = "false",
        ["spark.sql.files.ignoreMissingFiles"] = "false",
        ["spark.sql.jsonGenerator.ignoreNullFields"] = "false",

        // Else rows that are handed over lose the days of 1582 that the old calendar left out.
        ["spark.sql.datetime.java8API.enabled"] = "true",
        ["spark.sql.optimizeNullAwareAntiJoin"] = "true",

        // Few, well-sized files: what comes out of a shuffle is written in parts of Spark's advisory size (64 MB).
        ["spark.sql.adaptive.coalescePartitions.parallelismFirst"] = "false",

        // What HotSpot would not compile (methods of more than 8,000 bytes) is left to smaller pieces of generated code.
        ["spark.sql.codegen.hugeMethodLimit"] = "8000",

        // Lists are gathered over windows, which leave their rows sorted: no hash table that gives up at 128 groups. (Not by
        // replaceHashWithSortAgg: 3.5.7 forgets the FILTER of aggregates that it replaces.)
        ["spark.sql.execution.useObjectHashAggregateExec"] = "false",

        // A view is planned once; else one with subqueries is not recognized as what was kept, and computed again.
        ["spark.sql.legacy.storeAnalyzedPlanForView"] = "true",

        // Kept rows are read once or twice: trying encodings on each column costs more than it saves.
        ["spark.sql.inMemoryColumnarStorage.compressed"] = "false",
    };

    /// <summary>Characters of a statement that an error shows.</summary>
    private const int SqlShown = 2000;

    private readonly ISparkSession _session;
    private readonly bool _ownsSession;
    private readonly IStore _store;
    private readonly string _scratch;
    private readonly LandedView _landed;
    private readonly Dictionary<string, List<string>> _steps = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _relations = new(StringComparer.Ordinal);
    private int _made;

    /// <param name="scratch">Absolute folder for steps, on a file system that executors see.</param>
    /// <param name="files">The landed files that scans may name.</param>
    /// <param name="ownsSession">Whether the session ends with the engine.</param>
    public SparkEngine(ISparkSession session, IStore store, string scratch, LandedInput files, bool ownsSession)
    {
        (_session, _store, _scratch, _ownsSession) = (session, store, scratch, ownsSession);
        Dialect = SparkDialect.Of(session.Version);
        _landed = new LandedView(files, Dialect);
        foreach (var (key, value) in _settings)
        {
            session.Configure(key, value);
        }
    }

    public string Name => "spark";

    public string Version => _session.Version;

    public Dialect Dialect { get; }

    /// <summary>As good as no bound: Spark cuts its input itself.</summary>
    public long RecordsPerSlice => 1L << 50;

    /// <summary>Spark reads Avro record by record, and evaluates the mapping's expressions with each reading.</summary>
    public bool KeepsLandedRecords => true;

    public bool CombinesQueries => true;

    /// <summary>Spark's bitmaps take 4 KB for each group and 32,768 numbers, and can't be gathered without sorting.</summary>
    public bool HasOwnAggregates => false;

    public void Execute(string sql, CancellationToken cancellation) => Run("a statement", sql, s => s.Execute(sql), cancellation);

    public void Materialize(string step, string select, CancellationToken cancellation)
    {
        var before = _steps.Remove(step, out var replaced) ? replaced : [];
        Append(step, select, cancellation);
        before.ForEach(_store.Delete);
    }

    public void Append(string step, string select, CancellationToken cancellation)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"{_scratch}/{step}-{_made++}");
        Write(step, select, folder, "compression 'lz4', 'parquet.enable.dictionary' 'false'", cancellation);
        if (!_steps.TryGetValue(step, out var folders))
        {
            _steps[step] = folders = [];
        }

        folders.Add(folder);
        Run(step, $"a view of {folder}", s => s.ViewOfParquet(step, [.. folders.Select(SparkPath.Pattern)]), cancellation);
    }

    public void Keep(string step, string select, CancellationToken cancellation)
    {
        Drop(step);
        var sql = $"CACHE TABLE {Dialect.Identifier(step)} OPTIONS ('storageLevel' 'DISK_ONLY') AS {select}";
        _kept.Add(step);
        Run(step, sql, s => s.Execute(sql), cancellation);
    }

    public void Drop(string step)
    {
        if (_kept.Remove(step))
        {
            Execute($"UNCACHE TABLE IF EXISTS {Dialect.Identifier(step)}", CancellationToken.None);
            Execute($"DROP VIEW IF EXISTS {Dialect.Identifier(step)}", CancellationToken.None);
        }

        if (_steps.Remove(step, out var folders))
        {
            Execute($"DROP VIEW IF EXISTS {Dialect.Identifier(step)}", CancellationToken.None);
            folders.ForEach(_store.Delete);
        }
    }

    public IReadOnlyList<object?[]> Rows(string select, CancellationToken cancellation) =>
        Run("a query", select, s => RowsText.Parse(s.Rows(select)), cancellation);

    public IReadOnlyList<string> WriteParquet(string select, string folder, string prefix, ParquetFormat format, CancellationToken cancellation)
    {
        // Spark writes a folder with files named by itself; ours take their names once they are whole.
        var written = $"{folder}/_{prefix}";
        Write(prefix, select, written, $"compression {Dialect.Text(format.Compression)}", cancellation);
        var files = new List<string>();
        foreach (var entry in _store.List(written)!.Where(e => !e.IsFolder && e.Name.EndsWith(".parquet", StringComparison.Ordinal)))
        {
            files.Add(string.Create(CultureInfo.InvariantCulture, $"{folder}/{prefix}-{files.Count:D3}.parquet"));
            _store.Move($"{written}/{entry.Name}", files[^1]);
        }

        _store.Delete(written);
        return files;
    }

    public bool PrepareRepeatFilter(long keys) => false;

    public void DropRepeatFilter()
    {
    }

    public string ParquetRelation(IReadOnlyList<string> files)
    {
        var key = string.Join('\n', files);
        if (!_relations.TryGetValue(key, out var view))
        {
            _relations[key] = view = string.Create(CultureInfo.InvariantCulture, $"published_{_made++}");
            Run("a view of published files", files[0], s => s.ViewOfParquet(view, [.. files.Select(SparkPath.Pattern)]), CancellationToken.None);
        }

        return view;
    }

    public string LandedRelation(LandedScan scan)
    {
        var view = string.Create(CultureInfo.InvariantCulture, $"landed_{_made++}");
        Run("a view of landed files", view, s => _landed.Make(s, view, scan), CancellationToken.None);
        return view;
    }

    public string TypeName(ColumnType type) => type.Kind switch
    {
        TypeKind.Text or TypeKind.Uuid => "STRING",
        TypeKind.Int => "INT",
        TypeKind.BigInt => "BIGINT",
        TypeKind.Double => "DOUBLE",
        TypeKind.Boolean => "BOOLEAN",
        TypeKind.Date => "DATE",
        TypeKind.Timestamp => "TIMESTAMP_NTZ",
        TypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({type.Precision},{type.Scale})"),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public void Dispose()
    {
        try
        {
            foreach (var step in _steps.Keys.Concat(_kept).ToList())
            {
                Drop(step);
            }
        }
        catch (Exception e) when (e is BatchEtlException or OperationCanceledException)
        {
            // The driver is gone; whoever clears the scratch folder takes the steps with it.
        }
        finally
        {
            if (_ownsSession)
            {
                _session.Dispose();
            }
        }
    }

    private void Write(string step, string select, string folder, string options, CancellationToken cancellation)
    {
        var sql = $"INSERT OVERWRITE DIRECTORY {Dialect.Text(SparkPath.Uri(folder))} USING parquet OPTIONS ({options}) {select}";
        Run(step, sql, s => s.Execute(sql), cancellation);
    }

    private void Run(string step, string sql, Action<ISparkSession> run, CancellationToken cancellation) => Run(
        step,
        sql,
        s =>
        {
            run(s);
            return true;
        },
        cancellation);

    private T Run<T>(string step, string sql, Func<ISparkSession, T> run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var registration = cancellation.Register(_session.Cancel);
        try
        {
            return run(_session);
        }
        catch (SparkException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new BatchEtlException(
                ExitCode.Engine,
                $"spark: {step}: {e.Message}\nin: {(sql.Length > SqlShown ? sql[..SqlShown] + " … (the whole: plan --sql)" : sql)}\n"
                    + "nothing of the day was published; mend the cause and run it again (memory: spark.driver.memory, spark.executor.memory; disk: spark.local.dir)",
                e);
        }
    }
}
