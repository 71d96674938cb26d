using BatchEtl.DuckDb;

namespace BatchEtl.Spark.Tests;

/// <summary>The dialect has what jobs may ask for.</summary>
public sealed class SparkDialectTests
{
    [TestCase("3.5.7")]
    [TestCase("4.0.1")]
    public void HasEveryFunctionOfTheOtherEngine(string version) =>
        Assert.That(DuckDbDialect.Instance.FunctionNames, Is.SubsetOf(SparkDialect.Of(version).FunctionNames));

    [Test]
    public void QuotesBackslashes() => Assert.That(SparkDialect.Of("3.5.7").Text(@"it's a\b ${x}"), Is.EqualTo(@"'it\'s a\\b ${x}'"));

    [TestCase("3.5.7", "encode")]
    [TestCase("4.0.1", "is_valid_utf8")]
    public void AsksForUtf8AsTheVersionCan(string version, string function) =>
        Assert.That(SparkDialect.Of(version).Call("is_utf8", "x"), Does.Contain(function));
}
