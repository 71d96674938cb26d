using BatchEtl.Core.Configuration;
using BatchEtl.Core.Tables;
using DuckDB.NET.Data;

namespace BatchEtl.Parquet.Tests;

/// <summary>Files as DuckDB writes them, in a folder of the fixture's own.</summary>
internal sealed class WrittenFiles : IDisposable
{
    /// <summary>A column of every published type.</summary>
    public const string AllTypes = """
        SELECT 't' || i AS txt, uuid_text AS id, i::INTEGER AS small, i::BIGINT AS big, i / 7::DOUBLE AS ratio, i % 2 = 0 AS flag,
            DATE '2026-01-31' + (i % 3)::INTEGER AS day, TIMESTAMP '0001-01-01 00:00:00' + to_microseconds(i) AS at,
            CASE WHEN i % 3 > 0 THEN (i || '.25')::DECIMAL(19, 2) END AS price,
            CASE WHEN i = 1 THEN 99999999999999999999999999999999.999999::DECIMAL(38, 6) ELSE -i END::DECIMAL(38, 6) AS total
        FROM (SELECT i, lpad(i::VARCHAR, 36, '0') AS uuid_text FROM range(ROWS) r(i))
        """;

    public static readonly TableContract AllTypesContract = new(
        "all_types",
        [
            new("txt", ColumnType.Text), new("id", ColumnType.Uuid), new("small", ColumnType.Int), new("big", ColumnType.BigInt),
            new("ratio", ColumnType.Double), new("flag", ColumnType.Boolean), new("day", ColumnType.Date), new("at", ColumnType.Timestamp),
            new("price", ColumnType.Decimal(19, 2), true), new("total", ColumnType.Decimal(38, 6)),
        ],
        []);

    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public WrittenFiles() => _connection.Open();

    public string Folder { get; } = Directory.CreateTempSubdirectory("batch-etl-").FullName;

    public static TableContract Contract(params TableColumn[] columns) => new("table", columns, []);

    /// <summary>Writes a query's rows.</summary>
    /// <returns>The file.</returns>
    public string Write(string select, string options = "COMPRESSION zstd", string name = "part-000.parquet")
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"COPY ({select}) TO '{Folder}/{name}' (FORMAT parquet, {options})";
        command.ExecuteNonQuery();
        return $"{Folder}/{name}";
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
