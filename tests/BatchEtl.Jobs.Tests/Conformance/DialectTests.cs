using BatchEtl.DuckDb;
using DuckDB.NET.Data;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>Single functions of the dialect where engines' own answers are not the contract's (E1).</summary>
[TestFixture]
public sealed class DialectTests
{
    [TestCase("2024-01-01+05:30", "1704047400000000")]
    [TestCase("2024-01-01-05:30", "1704087000000000")]
    [TestCase("2024-01-01Z", "1704067200000000")]
    [TestCase("2024-01-01 01:02", "1704070920000000")]
    [TestCase("2024-01-01T01:02:03,5+0130", "1704065523500000")]
    public void IsoTextsBecomeInstants(string text, string micros)
    {
        var dialect = DuckDbDialect.Instance;
        var literal = dialect.Text(text);
        Assert.That(
            Value($"SELECT CAST({dialect.Call("iso_local", literal)} - coalesce({dialect.Call("iso_offset", literal)}, 0) AS VARCHAR) WHERE {dialect.Call("is_iso", literal)}"),
            Is.EqualTo(micros));
    }

    [TestCase("0.3", 18, "0.300000000000000000")]
    [TestCase("1.1", 18, "1.100000000000000000")]
    [TestCase("123.456", 18, "123.456000000000000000")]
    [TestCase("4.35", 12, "4.350000000000")]
    [TestCase("1.005", 2, "1.01")]
    [TestCase("-1.005", 2, "-1.01")]
    [TestCase("99999999.995", 2, "100000000.00")]
    [TestCase("1e-7", 2, "0.00")]
    public void DoublesRoundOnTheirShortestText(string number, int scale, string text) => Assert.That(
        Value($"SELECT CAST({DuckDbDialect.Instance.Call("double_decimal", "x", $"DECIMAL(38,{scale})", $"{scale}")} AS VARCHAR) FROM (SELECT CAST('{number}' AS DOUBLE) AS x) AS t"),
        Is.EqualTo(text));

    private static object? Value(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
