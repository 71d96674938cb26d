using BatchEtl.DuckDb;

namespace BatchEtl.Spark.Tests;

/// <summary>The dialect has what jobs may ask for.</summary>
public sealed class SparkDialectTests
{
    /// <summary>What jobs ask only engines for that read landed files several times, or have aggregates of our own.</summary>
    private static readonly string[] _ofOtherStrategies =
    [
        "first_event", "text_uuid", "reject", "repeat_filter",
        "number_bucket", "number_position", "number_set", "number_union", "number_count", "furthest_attempts", "spread",
    ];

    [TestCase("3.5.7")]
    [TestCase("4.0.1")]
    public void HasEveryFunctionOfTheOtherEngine(string version) =>
        Assert.That(DuckDbDialect.Instance.FunctionNames.Except(_ofOtherStrategies), Is.SubsetOf(SparkDialect.Of(version).FunctionNames));

    [Test]
    public void QuotesBackslashes() => Assert.That(SparkDialect.Of("3.5.7").Text(@"it's a\b ${x}"), Is.EqualTo(@"'it\'s a\\b ${x}'"));

    [TestCase("3.5.7", "encode")]
    [TestCase("4.0.1", "is_valid_utf8")]
    public void AsksForUtf8AsTheVersionCan(string version, string function) =>
        Assert.That(SparkDialect.Of(version).Call("is_utf8", "x"), Does.Contain(function));
}
