using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Spark.Gateway;

namespace BatchEtl.Spark;

/// <summary>The two ways to a Spark session: that of the spark-submit that started this program, or of one that it starts.</summary>
public static class SparkSessions
{
    /// <summary>Settings of a driver that we start, where the pipeline file says nothing else: nothing listens beyond this machine.</summary>
    private static readonly IReadOnlyDictionary<string, string> _defaults = new Dictionary<string, string>
    {
        ["spark.ui.enabled"] = "false",
        ["spark.sql.catalogImplementation"] = "in-memory",
    };

    /// <param name="variable">The environment.</param>
    /// <exception cref="BatchEtlException">There is no Spark, or it does not start (Engine).</exception>
    public static ISparkSession Open(EngineOptions options, string application, Func<string, string?> variable, CancellationToken cancellation)
    {
        try
        {
            if (GatewayAddress.OfEnvironment(variable) is { } given)
            {
                return new GatewaySession(given, null, application);
            }

            if (variable("SPARK_HOME") is not { Length: > 0 } home)
            {
                throw new SparkException("expected SPARK_HOME to name an Apache Spark 3.5 or later, found it not set; set it, start this program by spark-submit, or use --engine duckdb");
            }

            var conf = new Dictionary<string, string>(_defaults, StringComparer.Ordinal);
            if (options.Master is null || options.Master.StartsWith("local", StringComparison.Ordinal))
            {
                conf["spark.driver.host"] = "127.0.0.1";
                conf["spark.driver.bindAddress"] = "127.0.0.1";
            }

            foreach (var (key, value) in options.Conf)
            {
                conf[key] = value;
            }

            var submit = SparkSubmit.Start(home, options.Master, conf, cancellation);
            try
            {
                return new GatewaySession(submit.Address, submit, application);
            }
            catch (SparkException e)
            {
                var lines = submit.LastLines(20);
                submit.Dispose();
                throw new SparkException($"{e.Message}\n{lines}", e);
            }
        }
        catch (SparkException e)
        {
            throw new BatchEtlException(ExitCode.Engine, $"spark: {e.Message}", e);
        }
    }
}
