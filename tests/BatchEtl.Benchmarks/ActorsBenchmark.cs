using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace BatchEtl.Benchmarks;

/// <summary>
/// What the snapshot of all actors ever seen costs a night (A1): a night of a million events on top of a snapshot of so many
/// made-up actors, active now and then in the last 63 days. Seconds of the steps that read it, and its size.
/// <c>actors --actors 10000000,100000000 --memory 4GB --dir DIR --program batch-etl.dll --pipeline pipeline.yaml</c>
/// </summary>
internal static partial class ActorsBenchmark
{
    private static readonly string[] _steps = ["actors", "cubes", "metrics", "retention", "checks", "count rows", "read back"];

    public static int Run(string[] args)
    {
        var memory = ProgramRuns.Option(args, "memory", "4GB");
        Console.WriteLine($"| actors | snapshot, MB | night, s | {string.Join(" | ", _steps)} |");
        Console.WriteLine($"|---|---|---|{string.Concat(_steps.Select(_ => "---|"))}");
        foreach (var size in ProgramRuns.Option(args, "actors", "10000000").Split(',').Select(s => long.Parse(s, CultureInfo.InvariantCulture)))
        {
            ProgramRuns.InFolder(args, root =>
            {
                ProgramRuns.Run(args, "generate", "--out", Path.Combine(root, "landing"), "--events", "2000000", "--days", "2", "--no-progress");
                Night(args, root, "2026-03-27", memory);
                AddActors(Path.Combine(root, "warehouse", "actors", "dt=2026-03-27"), size);
                var watch = Stopwatch.StartNew();
                var steps = Night(args, root, "2026-03-28", memory);
                var seconds = watch.Elapsed.TotalSeconds;
                var bytes = new DirectoryInfo(Path.Combine(root, "warehouse", "actors", "dt=2026-03-28")).EnumerateFiles().Sum(f => f.Length);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {size:N0} | {bytes / 1e6:N0} | {seconds:N0} | {string.Join(" | ", _steps.Select(s => steps.GetValueOrDefault(s, "0")))} |"));
            });
        }

        return 0;
    }

    private static void AddActors(string folder, long actors)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            COPY (
              SELECT CAST(uuid() AS VARCHAR) AS actor_id, DATE '2025-03-01' + CAST(i % 390 AS INTEGER) AS first_seen, DATE '2026-03-27' AS last_seen, CAST(NULL AS VARCHAR) AS user_id,
                CAST(hash(i) & 4611686018427387903 & hash(i + 1) & hash(i + 2) AS BIGINT) AS activity, ['ios', 'android', 'web'][1 + i % 3] AS last_platform, 'C' || i % 12 AS last_country
              FROM range({actors}) AS r(i))
            TO '{folder}/part-made-up.parquet' (FORMAT parquet, COMPRESSION zstd)
            """;
        command.ExecuteNonQuery();
    }

    private static Dictionary<string, string> Night(string[] args, string root, string day, string memory)
    {
        ProgramRuns.Run(args, "nightly", "--pipeline", Path.Combine(root, "pipeline.yaml"), "--date", day, "--set", $"engine.memory={memory}", "--set", "report=false", "--no-progress");
        var manifest = File.ReadAllText(Path.Combine(root, "warehouse", "_manifests", $"dt={day}.json"));
        var seconds = manifest[manifest.LastIndexOf("\"seconds\"", StringComparison.Ordinal)..];
        return Step().Matches(seconds).ToDictionary(m => m.Groups[1].Value, m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture).ToString("0.0", CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("\"([a-z_ ]+)\": ([0-9.]+)")]
    private static partial Regex Step();
}
