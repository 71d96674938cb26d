using BatchEtl.Spark;

namespace BatchEtl.MicrosoftSpark.Tests;

/// <summary>On a real Spark both implementations of the session give the same.</summary>
public sealed class RealSparkTests
{
    private RealSpark _spark = null!;
    private string _folder = "";

    [OneTimeSetUp]
    public void Start()
    {
        _spark = new RealSpark();
        _folder = Directory.CreateTempSubdirectory("batch-etl-").FullName;
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _spark?.Dispose();
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void TheVersionIsTheSame() => Assert.That(_spark.Package.Version, Is.EqualTo(_spark.Gateway.Version));

    [TestCase("SELECT 1Y AS b, 2S AS s, 3 AS i, 9223372036854775807L AS l, 0.1F AS f, 0.1D AS d, true AS t, 'a\"\\\\b\\n,ą😀' AS x")]
    [TestCase("SELECT CAST(12.30 AS DECIMAL(38,2)) AS m, DATE '2026-03-29' AS day, TIMESTAMP '2026-03-29 01:02:03.123456' AS at, TIMESTAMP_NTZ '2026-03-29 01:02:03.123456' AS ntz")]
    [TestCase("SELECT CAST('NaN' AS DOUBLE) AS n, CAST('-Infinity' AS DOUBLE) AS i, X'00ff' AS bytes, array(1, null) AS a, map('k', 1) AS m, named_struct('f', null) AS s")]
    [TestCase("SELECT CAST(null AS INT) AS i, CAST(null AS STRING) AS s, CAST(null AS DECIMAL(18,2)) AS m, null AS nothing, CAST(null AS TIMESTAMP_NTZ) AS ntz")]
    [TestCase("SELECT 1 AS x, 'b' AS x, 2.5 AS X")]
    [TestCase("SELECT 1, 'b', count(*), max(id) + 1, 1 FROM range(3)")]
    [TestCase("SELECT 1 AS `a.b`, 2 AS `c``d`, 3 AS `it's \"x\"`")]
    [TestCase("SELECT id, CAST(id AS STRING) AS t FROM range(10) WHERE id > 100")]
    [TestCase("SELECT id % 7 AS k, id FROM range(0, 200, 1, 5) ORDER BY k DESC, id LIMIT 100")]
    [TestCase("WITH a AS (SELECT 1 AS x UNION ALL SELECT null) SELECT x FROM a ORDER BY x NULLS LAST")]
    [TestCase("SELECT /*+ COALESCE(1) */ * FROM (VALUES (1, 'a'), (2, null)) AS t(x, y) ORDER BY x")]
    public void RowsAreTheSame(string sql)
    {
        var (expected, found) = (_spark.Gateway.Rows(sql), _spark.Package.Rows(sql));
        Assert.That(found.Rows, Is.EqualTo(expected.Rows));
        Assert.That(RowsText.Parse(found), Is.EqualTo(RowsText.Parse(expected)));
        Assert.That(RowsText.Parse(found).Select(r => string.Join(' ', r.Select(v => v?.GetType().Name))), Is.EqualTo(RowsText.Parse(expected).Select(r => string.Join(' ', r.Select(v => v?.GetType().Name)))));
    }

    [Test]
    public void ViewsReadTheFilesGiven()
    {
        foreach (var (format, file) in new[] { ("avro", "a"), ("avro", "b"), ("parquet", "c") })
        {
            _spark.Package.Execute($"INSERT OVERWRITE DIRECTORY 'file://{_folder}/{file}' USING {format} SELECT /*+ COALESCE(1) */ id, '{file}' AS t FROM range(3)");
        }

        const string Schema = """{"type":"record","name":"r","fields":[{"name":"id","type":["long","null"]},{"name":"t","type":["string","null"]}]}""";
        _spark.Package.ViewOfAvro("landed", [$"file://{_folder}/a", $"file://{_folder}/b"], Schema, ["id + 1 AS n", "t", "_metadata.file_path LIKE '%.avro' AS p"]);
        _spark.Package.ViewOfParquet("made", [$"file://{_folder}/c"]);
        Assert.That(_spark.Package.Rows("SELECT sum(n) AS n, min(t) AS f, max(t) AS l, every(p) AS p FROM landed").Rows, Is.EqualTo(new[] { """{"n":12,"f":"a","l":"b","p":true}""" }));
        Assert.That(_spark.Package.Rows("SELECT sum(id) AS n FROM made").Rows, Is.EqualTo(new[] { """{"n":3}""" }));
    }

    [Test]
    public void AFailureNamesItsCause() => Assert.That(
        () => _spark.Package.Rows("SELECT * FROM no_such_table"),
        Throws.TypeOf<SparkException>().With.Message.Contains("TABLE_OR_VIEW_NOT_FOUND"));
}

/// <summary>Cancelling ends the application, so it has one of its own.</summary>
public sealed class RealSparkCancelTests
{
    [Test]
    public void WhatRunsIsCancelledAndSoIsWhatFollows()
    {
        using var spark = new RealSpark();
        using var timer = new Timer(_ => spark.Package.Cancel(), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        var cancelled = Assert.Throws<OperationCanceledException>(() => spark.Package.Rows("SELECT sum(sqrt(id)) AS x FROM range(0, 1000000000000, 1, 1)"));
        Assert.That(cancelled!.ToString(), Does.Match("SparkContext was shut down|stopped SparkContext"));
        Assert.That(() => spark.Package.Execute("SELECT 1"), Throws.TypeOf<OperationCanceledException>());
    }
}
