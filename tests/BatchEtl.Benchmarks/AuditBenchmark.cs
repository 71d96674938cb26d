using System.Diagnostics;
using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Tables;
using BatchEtl.Parquet;
using DuckDB.NET.Data;

namespace BatchEtl.Benchmarks;

/// <summary>How long reading back takes: rows like events(D), written by DuckDB as zstd.</summary>
internal static class AuditBenchmark
{
    private static readonly TableContract _events = new(
        "events",
        [
            new("event_id", ColumnType.Text), new("event_name", ColumnType.Text), new("occurred_at", ColumnType.Timestamp),
            new("actor_id", ColumnType.Text), new("user_id", ColumnType.Text, true), new("session_id", ColumnType.BigInt),
            new("country", ColumnType.Text, true), new("platform", ColumnType.Text, true), new("page", ColumnType.Text, true),
            new("price", ColumnType.Decimal(19, 2), true),
        ],
        []);

    public static int Run(string[] arguments)
    {
        var (rows, files) = (Number(arguments, "--rows", 10_000_000), Number(arguments, "--files", 4));
        var folder = Directory.CreateTempSubdirectory("batch-etl-").FullName;
        try
        {
            var written = Enumerable.Range(0, (int)files).Select(i => Write($"{folder}/part-{i}.parquet", rows / files)).ToList();
            var bytes = written.Sum(f => new FileInfo(f).Length);
            foreach (var (name, deep) in new[] { ("default", false), ("default", false), ("deep", true) })
            {
                var watch = Stopwatch.StartNew();
                var audited = new ParquetAudit().Inspect(written, _events, deep);
                var seconds = watch.Elapsed.TotalSeconds;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {audited.Sum(f => f.Rows)} rows, {bytes / 1e6:F0} MB in {files} files: {seconds:F2} s, {bytes / 1e9 / seconds:F2} GB/s"));
            }

            var hashing = Stopwatch.StartNew();
            using var stream = File.OpenRead(written[0]);
            var read = FileChecksum.Of(stream).Bytes;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"checksum alone, one thread: {read / 1e9 / hashing.Elapsed.TotalSeconds:F2} GB/s"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Write(string path, long rows)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT uuid()::VARCHAR AS event_id, 'event_' || i % 20 AS event_name, TIMESTAMP '2026-01-01' + to_microseconds(i * 7919) AS occurred_at,
                md5((i // 30)::VARCHAR) AS actor_id, CASE WHEN i // 30 % 3 > 0 THEN (i // 30)::VARCHAR END AS user_id, (hash(i // 10) % 4611686018427387904)::BIGINT AS session_id,
                'c' || i // 30 % 40 AS country, 'p' || i % 4 AS platform, '/item/' || hash(i) % 1000000 AS page,
                CASE WHEN i % 4 = 0 THEN (hash(i) % 100000)::DECIMAL(19, 2) END AS price
                FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
            """);
        command.ExecuteNonQuery();
        return path;
    }

    private static long Number(string[] arguments, string name, long otherwise) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? long.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
