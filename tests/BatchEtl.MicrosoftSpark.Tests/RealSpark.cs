using BatchEtl.Spark;
using BatchEtl.Spark.Gateway;
using Microsoft.Spark;

namespace BatchEtl.MicrosoftSpark.Tests;

/// <summary>A Spark on this machine, to the session in place of the package's JVM: what it asks for is run for real.</summary>
internal sealed class RealSpark : IDisposable
{
    private readonly GatewayConnection _connection;

    /// <summary>Starts it; ignores the running test where there is no Spark.</summary>
    public RealSpark()
    {
        var home = Environment.GetEnvironmentVariable("SPARK_HOME");
        if (string.IsNullOrEmpty(home))
        {
            Assert.Ignore("no Spark: set SPARK_HOME to an Apache Spark 3.5 or later with spark-avro among its jars");
        }

        var conf = new Dictionary<string, string>
        {
            ["spark.ui.enabled"] = "false",
            ["spark.driver.host"] = "127.0.0.1",
            ["spark.driver.bindAddress"] = "127.0.0.1",
            ["spark.sql.catalogImplementation"] = "in-memory",
            ["spark.sql.shuffle.partitions"] = "2",
        };
        var submit = SparkSubmit.Start(home!, "local[1]", conf, CancellationToken.None);
        Gateway = new GatewaySession(submit.Address, submit, "batch-etl tests");
        _connection = new GatewayConnection(submit.Address);
        ReferenceJvm.Answer = (target, method, arguments) =>
        {
            // The package has several connections: a second thread may stop what the first waits for.
            using var other = method == "stop" ? new GatewayConnection(submit.Address) : null;
            return Answer(other ?? _connection, target, method, arguments);
        };
        Package = new MicrosoftSparkSession("batch-etl tests", new Dictionary<string, string>());
        Package.Configure("spark.sql.jsonGenerator.ignoreNullFields", "false");
        Package.Configure("spark.sql.session.timeZone", "UTC");
    }

    /// <summary>The first implementation, to compare with. Both are one session to Spark.</summary>
    public GatewaySession Gateway { get; }

    public MicrosoftSparkSession Package { get; }

    public void Dispose()
    {
        Package.Dispose();
        _connection.Dispose();
        Gateway.Dispose();
    }

    private static object Answer(GatewayConnection connection, object target, string method, object[] arguments)
    {
        try
        {
            if (method == "collect")
            {
                var rows = connection.Get((JavaObject)target, "collectAsList");
                return Enumerable.Range(0, (int)connection.Call(rows, "size")!)
                    .Select(i => new object[] { (string)connection.Call(connection.Get(rows, "get", i), "getString", 0)! })
                    .ToList();
            }

            var given = arguments.Select(a => a is string[] texts ? connection.ArrayOf("java.lang.String", texts) : a).ToArray();
            return (target is string type ? connection.CallStatic(type, method, given) : connection.Call((JavaObject)target, method, given))!;
        }
        catch (SparkException e)
        {
            throw new JvmException(e.Message);
        }
    }
}
