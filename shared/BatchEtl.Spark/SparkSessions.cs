using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Spark.Gateway;

namespace BatchEtl.Spark;

/// <summary>The two ways to a Spark session: that of the spark-submit that started this program, or of one that it starts.</summary>
public static class SparkSessions
{
    /// <summary>Settings of an application, where the pipeline file says nothing else: all that we read and write are folders.</summary>
    private static readonly IReadOnlyDictionary<string, string> _defaults = new Dictionary<string, string>
    {
        ["spark.sql.catalogImplementation"] = "in-memory",

        // Kept rows lie on disk.
        ["spark.rdd.compress"] = "true",
    };

    /// <summary>The program's own arguments: spark-submit hands over the name of its script first.</summary>
    /// <param name="arguments">Those of the process.</param>
    /// <param name="variable">The environment.</param>
    public static string[] Arguments(string[] arguments, Func<string, string?> variable) =>
        variable(GatewayAddress.PortVariable) is not null && arguments is [var script, .. var own] && script.EndsWith(".py", StringComparison.Ordinal)
            ? own
            : arguments;

    /// <summary>Opens the session that a run works with.</summary>
    /// <param name="variable">The environment.</param>
    /// <exception cref="BatchEtlException">There is no Spark, or it does not start (Engine).</exception>
    /// <exception cref="OperationCanceledException">It was not wanted any more before it was there.</exception>
    public static ISparkSession Open(EngineOptions options, string application, Func<string, string?> variable, CancellationToken cancellation)
    {
        var conf = new Dictionary<string, string>(_defaults, StringComparer.Ordinal);
        foreach (var (key, value) in options.Conf)
        {
            conf[key] = value;
        }

        try
        {
            return GatewayAddress.OfEnvironment(variable) is { } given
                ? new GatewaySession(given, null, application, conf, cancellation)
                : Started(options, application, variable("SPARK_HOME"), conf, cancellation);
        }
        catch (SparkException e)
        {
            throw new BatchEtlException(ExitCode.Engine, $"spark: start: {e.Message}", e);
        }
    }

    private static GatewaySession Started(EngineOptions options, string application, string? home, Dictionary<string, string> conf, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(home))
        {
            throw new SparkException("expected SPARK_HOME to name an Apache Spark 3.5 or later, found it not set; set it, start this program by scripts/submit, or use --engine duckdb");
        }

        conf.TryAdd("spark.ui.enabled", "false");
        if (options.Master?.StartsWith("local", StringComparison.Ordinal) == true)
        {
            // Nothing listens beyond this machine.
            conf.TryAdd("spark.driver.host", "127.0.0.1");
            conf.TryAdd("spark.driver.bindAddress", "127.0.0.1");

            // A batch wants throughput, not short pauses. On a cluster its administrators decide.
            conf.TryAdd("spark.driver.defaultJavaOptions", "-XX:+UseParallelGC");
        }

        var submit = SparkSubmit.Start(home, options.Master, conf, cancellation, options.Temp);
        try
        {
            return new GatewaySession(submit.Address, submit, application, conf: null, cancellation);
        }
        catch (SparkException e)
        {
            submit.Kill();
            throw new SparkException($"no session on {options.Master ?? "Spark's own master"}: {e.Message}\n{submit.Reasons()}", e);
        }
        catch (OperationCanceledException)
        {
            submit.Kill();
            throw;
        }
    }
}
