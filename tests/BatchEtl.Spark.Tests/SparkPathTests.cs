namespace BatchEtl.Spark.Tests;

/// <summary>Paths as Spark takes and shows them.</summary>
public sealed class SparkPathTests
{
    [TestCase("/a/b", "file:///a/b")]
    [TestCase("hdfs://nn:8020/a", "hdfs://nn:8020/a")]
    public void PathsHaveASchemeOfTheirOwn(string path, string uri) => Assert.That(SparkPath.Uri(path), Is.EqualTo(uri));

    [TestCase("/a b/c%d", "file:///a%20b/c%25d")]
    [TestCase("/[x]{y}#?\"", "file:///%5Bx%5D%7By%7D%23%3F%22")]
    [TestCase("/ąž/日", "file:///ąž/日")]
    [TestCase("/it's,(a)&b=c+d@e;f:g!*$~", "file:///it's,(a)&b=c+d@e;f:g!*$~")]
    [TestCase("hdfs://nn:8020/a b", "hdfs://nn:8020/a%20b")]
    public void MetadataShowsThemAsAUri(string path, string shown) => Assert.That(SparkPath.Shown(path), Does.Contain(shown));
}
