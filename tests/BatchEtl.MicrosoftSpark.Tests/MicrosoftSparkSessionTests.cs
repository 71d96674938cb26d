using BatchEtl.Spark;
using Microsoft.Spark;

namespace BatchEtl.MicrosoftSpark.Tests;

/// <summary>What the session asks the package for, and what it makes of the answers.</summary>
public sealed class MicrosoftSparkSessionTests
{
    private FakeJvm _jvm = null!;
    private MicrosoftSparkSession _session = null!;

    [SetUp]
    public void Start()
    {
        _jvm = new FakeJvm(call => call.Contains("version()", StringComparison.Ordinal) ? ["3.5.7 ed00d046951a7ecda6429accd3b9c5b2dc792b65"]
            : call.Contains("DESCRIBE", StringComparison.Ordinal) ? ["""{"name":"x","type":"long"}"""]
            : ["""{"x":1}""", """{"x":null}"""]);
        _session = new MicrosoftSparkSession("night", new Dictionary<string, string> { ["spark.a"] = "b" });
    }

    [TearDown]
    public void End() => _session.Dispose();

    [Test]
    public void TheSessionIsNamedAndSet()
    {
        Assert.That(_session.Version, Is.EqualTo("3.5.7"));
        Assert.That(_jvm.Calls.Take(4), Is.EqualTo(new[]
        {
            "org.apache.spark.sql.SparkSession.builder()",
            "org.apache.spark.sql.SparkSession.builder().config(spark.app.name, night)",
            "org.apache.spark.sql.SparkSession.builder().config(spark.a, b)",
            "session",
        }));
    }

    [Test]
    public void RowsComeWithTheirTypes()
    {
        var rows = _session.Rows("SELECT x FROM t");
        Assert.That(rows.SchemaJson, Is.EqualTo("""{"type":"struct","fields":[{"name":"x","type":"long"}]}"""));
        Assert.That(rows.Rows, Is.EqualTo(new[] { """{"x":1}""", """{"x":null}""" }));
    }

    [Test]
    public void ViewsAreMadeOfTheFilesGiven()
    {
        _jvm.Calls.Clear();
        _session.ViewOfAvro("v", ["file:///a", "file:///b"], "{}", ["x + 1 AS x", "_metadata.file_path AS p"]);
        _session.ViewOfParquet("w", ["file:///c"]);
        Assert.That(_jvm.Calls.Where(c => c.Contains("View", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "session.read().load([file:///a, file:///b]).selectExpr([x + 1 AS x, _metadata.file_path AS p]).createOrReplaceTempView(v)",
            "session.read().load([file:///c]).createOrReplaceTempView(w)",
        }));
        Assert.That(_jvm.Calls, Is.SupersetOf(new[] { "session.read().format(avro)", "session.read().option(avroSchema, {})", "session.read().format(parquet)" }));
    }

    [Test]
    public void SettingsAndStatementsArePassedOn()
    {
        _jvm.Calls.Clear();
        _session.Configure("spark.sql.ansi.enabled", "true");
        _session.Execute("DROP VIEW v");
        Assert.That(_jvm.Calls, Is.EqualTo(new[] { "session.conf()", "session.conf().set(spark.sql.ansi.enabled, true)", "session.sql(DROP VIEW v)" }));
    }

    [Test]
    public void CancellingEndsTheApplication()
    {
        _jvm.Calls.Clear();
        _session.Cancel();
        Assert.That(_jvm.Calls, Is.EqualTo(new[] { "session.stop()" }));
    }

    /// <summary>Rows are fetched late; a failure among them is one of the session's all the same.</summary>
    [Test]
    public void AStackTraceBecomesItsCause()
    {
        _jvm.Failure = """
            org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times
            	at org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2898)
            	at java.base/java.lang.Thread.run(Thread.java:840)
            Caused by: java.io.FileNotFoundException: /x
            	... 43 more
            """;
        Assert.That(
            () => _session.Rows("SELECT 1"),
            Throws.TypeOf<SparkException>().With.Message.EqualTo("org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times\nCaused by: java.io.FileNotFoundException: /x"));
    }

    [Test]
    public void NoDriverIsSaid()
    {
        ReferenceJvm.Answer = (_, _, _) => throw new IOException("Connection refused");
        Assert.That(() => _session.Execute("SELECT 1"), Throws.TypeOf<SparkException>().With.Message.Contains("Connection refused").And.Message.Contains("spark-submit"));
        Assert.That(_session.Cancel, Throws.Nothing);
    }
}
