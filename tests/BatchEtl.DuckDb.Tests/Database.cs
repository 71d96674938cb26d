using DuckDB.NET.Data;

namespace BatchEtl.DuckDb.Tests;

/// <summary>A database of its own with the engine's functions.</summary>
internal sealed class Database : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public Database(int threads = 2)
    {
        _connection.Open();
        var native = _connection.NativeConnection.DangerousGetHandle();
        EventAggregates.Register(native);
        NumberSetAggregate.Register(native);
        ExactSumAggregate.Register(native);
        UuidFunction.Register(native);
        Execute($"SET threads = {threads}");
    }

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public List<object?[]> Rows(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    /// <summary>Asserts that two queries give the same rows, and that there are some.</summary>
    public void AssertSame(string found, string expected)
    {
        var count = Convert.ToInt64(Rows($"SELECT count(*) FROM ({expected})")[0][0], null);
        var missing = Rows($"SELECT * FROM (({expected}) EXCEPT ALL ({found})) LIMIT 3");
        var unexpected = Rows($"SELECT * FROM (({found}) EXCEPT ALL ({expected})) LIMIT 3");
        Assert.That(count, Is.GreaterThan(0));
        Assert.That(missing.Select(r => string.Join('|', r)), Is.Empty, "missing");
        Assert.That(unexpected.Select(r => string.Join('|', r)), Is.Empty, "unexpected");
    }

    public void Dispose() => _connection.Dispose();
}
