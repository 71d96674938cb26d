using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.DuckDb;
using BatchEtl.Landing;
using BatchEtl.Spark;
using BatchEtl.Spark.Gateway;
using BatchEtl.Storage;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>The engines that the suite runs on.</summary>
public enum TestedEngine
{
    DuckDb,
    Spark,
}

internal static class TestedEngines
{
    /// <param name="recordsPerSlice">How many landed records the engine takes at once, when it is not to decide that.</param>
    public static IEngine Start(this TestedEngine engine, Pipeline pipeline, string temp, LandedInput input, long? recordsPerSlice) => engine switch
    {
        TestedEngine.Spark => new SparkEngine(SparkDriver.Session, new LocalStore(), temp, input, ownsSession: false),
        _ => recordsPerSlice is { } records
            ? new DuckDbEngine(pipeline.Engine, temp, input) { RecordsPerSlice = records }
            : new DuckDbEngine(pipeline.Engine, temp, input),
    };
}

/// <summary>One Spark for all cases; it takes seconds to start.</summary>
[SetUpFixture]
public sealed class SparkDriver
{
    private static GatewaySession? _session;

    /// <summary>The session; ignores the running test where there is no Spark.</summary>
    public static ISparkSession Session => _session ??= Start();

    [OneTimeTearDown]
    public void Stop() => _session?.Dispose();

    private static GatewaySession Start()
    {
        var home = Environment.GetEnvironmentVariable("SPARK_HOME");
        if (string.IsNullOrEmpty(home))
        {
            Assert.Ignore("no Spark: set SPARK_HOME to an Apache Spark 3.5 or later with spark-avro among its jars");
        }

        var submit = SparkSubmit.Start(home!, "local[2]", LocalSpark.Conf, CancellationToken.None);
        return new GatewaySession(submit.Address, submit, "batch-etl tests");
    }
}

/// <summary>Settings of a small Spark on this machine.</summary>
internal static class LocalSpark
{
    public static readonly IReadOnlyDictionary<string, string> Conf = new Dictionary<string, string>
    {
        ["spark.ui.enabled"] = "false",
        ["spark.driver.host"] = "127.0.0.1",
        ["spark.driver.bindAddress"] = "127.0.0.1",
        ["spark.driver.memory"] = "2g",
        ["spark.sql.catalogImplementation"] = "in-memory",
        ["spark.sql.shuffle.partitions"] = "2",

        // Cases are small: what pays for large data only costs here.
        ["spark.sql.adaptive.enabled"] = "false",
        ["spark.sql.codegen.wholeStage"] = "false",
        ["spark.driver.extraJavaOptions"] = "-XX:TieredStopAtLevel=1",
        ["spark.sql.sources.parallelPartitionDiscovery.threshold"] = "10000",
    };
}
