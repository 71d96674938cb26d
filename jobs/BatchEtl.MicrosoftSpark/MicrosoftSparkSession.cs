using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Spark;
using BatchEtl.Spark.Gateway;
using JvmException = Microsoft.Spark.JvmException;
using SparkSession = Microsoft.Spark.Sql.SparkSession;

namespace BatchEtl.MicrosoftSpark;

/// <summary>A Spark session through .NET for Apache Spark, in the spark-submit that started us. A member used here belongs into tests/BatchEtl.MicrosoftSpark.Reference too.</summary>
public sealed class MicrosoftSparkSession : ISparkSession
{
    /// <summary>A described column as in Spark's JSON of a schema, where four types have other names than in SQL.</summary>
    private const string Field =
        "to_json(named_struct('name', col_name, 'type', CASE data_type WHEN 'tinyint' THEN 'byte' WHEN 'smallint' THEN 'short'"
        + " WHEN 'int' THEN 'integer' WHEN 'bigint' THEN 'long' ELSE data_type END))";

    private const string Cancelled = "the Spark application was ended";

    private readonly SparkSession _session;
    private volatile bool _cancelled;

    /// <param name="conf">Spark settings; they win over those given to spark-submit.</param>
    /// <exception cref="SparkException">The session can't be had.</exception>
    public MicrosoftSparkSession(string application, IReadOnlyDictionary<string, string> conf)
    {
        _session = Ask(() =>
        {
            var builder = SparkSession.Builder().AppName(application);
            foreach (var (key, value) in conf)
            {
                builder.Config(key, value);
            }

            return builder.GetOrCreate();
        });

        // Version and commit.
        Version = Ask(() => Collect("SELECT version()", "*")[0]).Split(' ')[0];
        Master = Ask(() => Collect("SET spark.master", "value")[0]);
    }

    public string Version { get; }

    public string Master { get; }

    /// <summary>The session for a pipeline; its master is the spark-submit's.</summary>
    /// <exception cref="BatchEtlException">It can't be had (Engine).</exception>
    /// <exception cref="OperationCanceledException">It was not wanted any more before it was there.</exception>
    public static ISparkSession Open(EngineOptions options, string application, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return new MicrosoftSparkSession(application, options.Conf);
        }
        catch (SparkException e)
        {
            throw new BatchEtlException(ExitCode.Engine, $"spark: {e.Message}", e);
        }
    }

    public void Configure(string key, string value) => Ask(() => _session.Conf().Set(key, value));

    public void Execute(string sql) => Ask(() => _session.Sql(sql));

    public SparkRows Rows(string sql) => Ask(() =>
    {
        // Spark describes the columns: the package's own Schema() fails on types that it does not know, such as TIMESTAMP_NTZ.
        var fields = Collect($"DESCRIBE QUERY {sql}", Field);
        return new SparkRows($$"""{"type":"struct","fields":[{{string.Join(',', fields)}}]}""", Collect(sql, "to_json(struct(*))"));
    });

    public void ViewOfAvro(string view, IReadOnlyList<string> paths, string readerSchema, IReadOnlyList<string> columns) => Ask(() =>
        _session.Read().Format("avro").Option("avroSchema", readerSchema).Load([.. paths]).SelectExpr([.. columns]).CreateOrReplaceTempView(view));

    public void ViewOfParquet(string view, IReadOnlyList<string> paths) => Ask(() =>
        _session.Read().Format("parquet").Load([.. paths]).CreateOrReplaceTempView(view));

    /// <summary>Not known: the package has no status tracker.</summary>
    public (int Done, int All)? Tasks() => null;

    /// <summary>Ends the Spark application, for the package can't cancel a job: what runs fails, and so does all that is asked later.</summary>
    public void Cancel()
    {
        _cancelled = true;
        Dispose();
    }

    public void Dispose()
    {
        try
        {
            _session.Stop();
        }
#pragma warning disable CA1031 // Whatever the package throws then.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The driver is gone, which is what was wanted.
        }
    }

    private List<string> Collect(string sql, string expression) =>
        [.. _session.Sql(sql).SelectExpr(expression).Collect().Select(row => row.GetAs<string>(0))];

    private void Ask(Action question) => Ask(() =>
    {
        question();
        return true;
    });

    private T Ask<T>(Func<T> question)
    {
        if (_cancelled)
        {
            throw new OperationCanceledException(Cancelled);
        }

        try
        {
            return question();
        }
        catch (Exception e) when (_cancelled)
        {
            throw new OperationCanceledException(Cancelled, e);
        }
        catch (Exception e) when (e.InnerException is JvmException)
        {
            // The package wraps the JVM's whole stack trace and names the call, arguments and all.
            throw new SparkException(SparkFailure.Text([e.InnerException.Message]), e);
        }
        catch (Exception e)
        {
            throw new SparkException($"Spark can't be reached: {e.Message} (this program is started by spark-submit --class org.apache.spark.deploy.dotnet.DotnetRunner)", e);
        }
    }
}
