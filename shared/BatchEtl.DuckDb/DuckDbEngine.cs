using System.Globalization;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;
using BatchEtl.Landing;
using DuckDB.NET.Data;

namespace BatchEtl.DuckDb;

/// <summary>The embedded engine: DuckDB inside this process, one connection, steps as temporary tables.</summary>
public sealed class DuckDbEngine : IEngine
{
    /// <summary>What a landed record may take in memory while its slice is worked on, sessions' aggregates above all.</summary>
    private const int BytesPerRecord = 256;

    private readonly DuckDBConnection _connection;
    private readonly LandedInput _files;
    private readonly List<long> _reads = [];
    private readonly HashSet<string> _steps = [];
    private readonly GCHandle _self;

    /// <param name="options">Memory limit, threads.</param>
    /// <param name="temp">Existing folder for what does not fit into memory.</param>
    /// <param name="files">The landed files that scans may name.</param>
    /// <exception cref="BatchEtlException">DuckDB can't be started with these options (Engine).</exception>
    public DuckDbEngine(EngineOptions options, string temp, LandedInput files)
    {
        PageFaults.Prepare();
        _connection = new DuckDBConnection("DataSource=:memory:");
        _files = files;
        _self = GCHandle.Alloc(this);
        _connection.Open();
        RecordsPerSlice = options.MemoryBytes / BytesPerRecord;
        Execute(string.Create(CultureInfo.InvariantCulture, $"SET memory_limit = '{options.MemoryBytes / 1_000_000}MB'"), CancellationToken.None);
        if (options.Threads is { } threads)
        {
            Execute(string.Create(CultureInfo.InvariantCulture, $"SET threads = {threads}"), CancellationToken.None);
        }

        Execute($"SET temp_directory = {Dialect.Text(temp)}", CancellationToken.None);
        Execute("SET preserve_insertion_order = false", CancellationToken.None);
        Execute("SET TimeZone = 'UTC'", CancellationToken.None);

        // The right side of a join is kept in memory, as the jobs write them. DuckDB's own guess counts filters as if they
        // kept one row in five and takes the day's events for the smaller side.
        Execute("SET disabled_optimizers = 'build_side_probe_side'", CancellationToken.None);
        var native = _connection.NativeConnection.DangerousGetHandle();
        AvroScanFunction.Register(native);
        SeenFunction.Register(native, _self);
        UuidFunction.Register(native);
        EventAggregates.Register(native);
        NumberSetAggregate.Register(native);
        ExactSumAggregate.Register(native);
    }

    public string Name => "duckdb";

    public string Version => _connection.ServerVersion;

    public Dialect Dialect => DuckDbDialect.Instance;

    public long RecordsPerSlice { get; init; }

    /// <summary>Reading Avro again costs less than writing and reading steps.</summary>
    public bool KeepsLandedRecords => false;

    public bool CombinesQueries => false;

    public bool HasOwnAggregates => true;

    /// <summary>Landed records read by all engines of this process so far.</summary>
    public static long AllLandedRecordsRead => LandedReads.Rows;

    internal SeenFilter? Seen { get; private set; }

    public bool PrepareRepeatFilter(long keys)
    {
        Seen?.Dispose();
        Seen = new SeenFilter(keys);
        return true;
    }

    public void DropRepeatFilter()
    {
        Seen?.Dispose();
        Seen = null;
    }

    public void Execute(string sql, CancellationToken cancellation) => Run(sql, command => command.ExecuteNonQuery(), cancellation);

    public void Materialize(string step, string select, CancellationToken cancellation)
    {
        _steps.Add(step);
        Execute($"CREATE OR REPLACE TEMP TABLE {Dialect.Identifier(step)} AS {select}", cancellation);
    }

    public void Append(string step, string select, CancellationToken cancellation)
    {
        if (_steps.Contains(step))
        {
            Execute($"INSERT INTO {Dialect.Identifier(step)} {select}", cancellation);
        }
        else
        {
            Materialize(step, select, cancellation);
        }
    }

    public void Keep(string step, string select, CancellationToken cancellation) => Materialize(step, select, cancellation);

    public void Drop(string step)
    {
        if (_steps.Remove(step))
        {
            Execute($"DROP TABLE IF EXISTS {Dialect.Identifier(step)}", CancellationToken.None);
        }
    }

    public IReadOnlyList<object?[]> Rows(string select, CancellationToken cancellation) => Run(select, command =>
    {
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }, cancellation);

    public IReadOnlyList<string> WriteParquet(string select, string folder, string prefix, ParquetFormat format, CancellationToken cancellation)
    {
        var file = $"{folder}/{prefix}.parquet";
        Execute($"COPY ({select}) TO {Dialect.Text(file)} ({Options(format)})", cancellation);
        return [file];
    }

    public string ParquetRelation(IReadOnlyList<string> files) =>
        $"read_parquet([{string.Join(", ", files.Select(Dialect.Text))}], hive_partitioning = false)";

    public string LandedRelation(LandedScan scan)
    {
        var id = LandedReads.Add(new LandedRead(scan, _files));
        _reads.Add(id);
        return string.Create(CultureInfo.InvariantCulture, $"avro_scan({id})");
    }

    public string TypeName(ColumnType type) => type.Kind switch
    {
        TypeKind.Text => "VARCHAR",
        TypeKind.Uuid => "UUID",
        TypeKind.Int => "INTEGER",
        TypeKind.BigInt => "BIGINT",
        TypeKind.Double => "DOUBLE",
        TypeKind.Boolean => "BOOLEAN",
        TypeKind.Date => "DATE",
        TypeKind.Timestamp => "TIMESTAMP",
        TypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({type.Precision},{type.Scale})"),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public void Dispose()
    {
        _connection.Dispose();
        Seen?.Dispose();
        _reads.ForEach(LandedReads.Remove);
        _self.Free();
    }

    private static string Options(ParquetFormat format) =>
        $"FORMAT parquet, COMPRESSION {format.Compression}{(format.Compression == "zstd" ? ", COMPRESSION_LEVEL 1" : string.Empty)}, DICTIONARY_SIZE_LIMIT 4096, WRITE_BLOOM_FILTER false";

    private T Run<T>(string sql, Func<DuckDBCommand, T> run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.UseStreamingMode = false;
        using var registration = cancellation.Register(command.Cancel);
        var taken = Slab.Taken;
        try
        {
            return run(command);
        }
        catch (DuckDBException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Translated(e, sql);
        }
        finally
        {
            // The next slice's statement wants the same memory again, another job's statement does not.
            if (Slab.Taken == taken)
            {
                Slab.Trim();
            }
        }
    }

    private static BatchEtlException Translated(DuckDBException e, string sql)
    {
        switch (LandedReads.Recall(e.Message))
        {
            case AvroFormatException format:
                return new BatchEtlException(ExitCode.Input, format.Message + "; repair or remove the file, name it in landing.skip_files, or set landing.on_corrupt: skip", format);
            case IOException io:
                return new BatchEtlException(ExitCode.Input, io.Message, io);
            case { } fault:
                return new BatchEtlException(ExitCode.Fault, fault.ToString(), fault);
        }

        var hint = e.Message.Contains("Out of Memory", StringComparison.OrdinalIgnoreCase)
            ? "; give the engine more memory (engine.memory) or a temporary folder with more room (engine.temp)"
            : e.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
                ? "; free space on that disk, the published state is untouched"
                : string.Empty;
        return new BatchEtlException(ExitCode.Engine, $"DuckDB: {e.Message}{hint}{Environment.NewLine}in: {(sql.Length > 2000 ? sql[..2000] + " …" : sql)}", e);
    }
}
