namespace BatchEtl.DuckDb.Tests;

/// <summary>Sets of numbers beside count(DISTINCT): few and many numbers, dense and far apart, united in any order.</summary>
[TestFixture]
public sealed class NumberSetTests
{
    [TestCase(100_000, 2_000, 50)]
    [TestCase(100_000, 2_000_000_000, 50)]
    [TestCase(200_000, 300_000, 20_000)]
    [TestCase(300_000, 5_000_000, 2)]
    [TestCase(1, 1, 1)]
    public void CountsWhatCountDistinctCounts(int rows, int range, int groups)
    {
        using var database = new Database();
        database.Execute($"CREATE TABLE v AS SELECT CAST(hash(i) % {groups} AS INTEGER) AS g, CAST(hash(i + 0.5) % {range} AS BIGINT) AS n FROM range({rows}) AS r(i)");
        database.AssertSame(
            "SELECT g, number_count(number_set(n)) FROM v GROUP BY g",
            "SELECT g, count(DISTINCT n) FROM v GROUP BY g");
        database.AssertSame(
            "SELECT k, number_count(number_union(s)) FROM (SELECT g, g % 3 AS k, number_set(n) AS s FROM v GROUP BY g) GROUP BY k",
            "SELECT g % 3 AS k, count(DISTINCT n) FROM v GROUP BY k");
    }

    [Test]
    public void FewAndManyUnite()
    {
        using var database = new Database();
        database.AssertSame(
            "SELECT number_count(number_union(s)) FROM (SELECT number_set(i * 2) AS s FROM range(100000) AS r(i) UNION ALL SELECT number_set(i * 1000003 % 2000000000) FROM range(10) AS r(i) UNION ALL SELECT number_set(1))",
            "SELECT count(DISTINCT n) FROM (SELECT i * 2 AS n FROM range(100000) AS r(i) UNION ALL SELECT i * 1000003 % 2000000000 FROM range(10) AS r(i) UNION ALL SELECT 1)");
    }
}
