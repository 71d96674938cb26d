using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace BatchEtl.Benchmarks;

/// <summary>
/// A night on top of a snapshot of so many made-up actors, active now and then in the last 63 days (A1): its seconds, those of the
/// steps that read the snapshot, and what the tables behind it (metrics, retention, funnels, anomalies, the event catalogue) add to the rest.
/// <c>--before</c> is how many events the day before has.
/// <c>actors --actors 10000000,100000000 --events 1000000 --before 200000 --memory 4GB --dir DIR --program batch-etl.dll --pipeline pipeline.yaml</c>
/// </summary>
internal static partial class ActorsBenchmark
{
    private static readonly string[] _added = ["metrics", "retention", "funnels", "anomalies", "event_catalog", "event_columns"];
    private static readonly string[] _steps = ["actors", .. _added];

    public static int Run(string[] args)
    {
        var memory = ProgramRuns.Option(args, "memory", "4GB");
        var events = ProgramRuns.Option(args, "events", "1000000");
        var before = ProgramRuns.Option(args, "before", "200000");
        Console.WriteLine($"| actors before | events | snapshot, MB | night, s | {string.Join(" | ", _steps)} | the last six on top of the rest |");
        Console.WriteLine($"|---|---|---|---|{string.Concat(_steps.Select(_ => "---|"))}---|");
        foreach (var size in ProgramRuns.Option(args, "actors", "10000000").Split(',').Select(s => long.Parse(s, CultureInfo.InvariantCulture)))
        {
            ProgramRuns.InFolder(args, root =>
            {
                var landing = Path.Combine(root, "landing");
                Generate(args, landing, before, "2026-03-27");
                Generate(args, Path.Combine(root, "second"), events, "2026-03-28");
                Move(Path.Combine(root, "second"), landing);
                Night(args, root, "2026-03-27", memory);
                AddActors(Path.Combine(root, "warehouse", "actors", "dt=2026-03-27"), size);
                var watch = Stopwatch.StartNew();
                var steps = Night(args, root, "2026-03-28", memory);
                var seconds = watch.Elapsed.TotalSeconds;
                var bytes = new DirectoryInfo(Path.Combine(root, "warehouse", "actors", "dt=2026-03-28")).EnumerateFiles().Sum(f => f.Length);
                var added = _added.Sum(s => steps.GetValueOrDefault(s));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {size:N0} | {long.Parse(events, CultureInfo.InvariantCulture):N0} | {bytes / 1e6:N0} | {seconds:N0} | {string.Join(" | ", _steps.Select(s => steps.GetValueOrDefault(s).ToString("0.0", CultureInfo.InvariantCulture)))} | {added / (seconds - added):P0} |"));
            });
        }

        return 0;
    }

    private static void Generate(string[] args, string folder, string events, string day) =>
        ProgramRuns.Run(args, "generate", "--out", folder, "--events", events, "--days", "1", "--first-day", day, "--no-progress");

    /// <summary>Moves landed files to those of another set.</summary>
    private static void Move(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*.avro", SearchOption.AllDirectories))
        {
            var folder = Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, Path.GetDirectoryName(file)!))).FullName;
            File.Move(file, Path.Combine(folder, $"second-{Path.GetFileName(file)}"));
        }
    }

    /// <summary>Adds actors to a published file, as the manifest says which files there are; none was active on that day, whose metrics stay.</summary>
    private static void AddActors(string folder, long actors)
    {
        var file = Directory.GetFiles(folder, "*.parquet").Order(StringComparer.Ordinal).First();
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            COPY (
              FROM read_parquet('{file}')
              UNION ALL BY NAME
              SELECT CAST(uuid() AS VARCHAR) AS actor_id, DATE '2026-03-27' - age AS first_seen,
                CASE WHEN activity = 0 THEN DATE '2026-03-27' - age ELSE DATE '2026-03-27' - CAST(log2(activity & -activity) AS INTEGER) END AS last_seen,
                CAST(NULL AS VARCHAR) AS user_id, activity, ['ios', 'android', 'web'][1 + i % 3] AS last_platform, 'C' || i % 12 AS last_country
              FROM (
                SELECT i, age, CASE WHEN age > 62 THEN days ELSE (days & ((1::BIGINT << age) - 1)) | (1::BIGINT << age) END AS activity
                FROM (SELECT i, CAST(1 + i % 390 AS INTEGER) AS age, CAST(hash(i) & hash(i + 1) & hash(i + 2) & 9223372036854775806 AS BIGINT) AS days FROM range({actors}) AS r(i))))
            TO '{file}.more' (FORMAT parquet, COMPRESSION zstd)
            """;
        command.ExecuteNonQuery();
        File.Move($"{file}.more", file, overwrite: true);
    }

    private static Dictionary<string, double> Night(string[] args, string root, string day, string memory)
    {
        ProgramRuns.Run(args, "nightly", "--pipeline", Path.Combine(root, "pipeline.yaml"), "--date", day, "--set", $"engine.memory={memory}", "--set", "report=false", "--no-progress");
        var manifest = File.ReadAllText(Path.Combine(root, "warehouse", "_manifests", $"dt={day}.json"));
        var seconds = manifest[manifest.LastIndexOf("\"seconds\"", StringComparison.Ordinal)..];
        return Step().Matches(seconds).ToDictionary(m => m.Groups[1].Value, m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("\"([a-z_ ]+)\": ([0-9.]+)")]
    private static partial Regex Step();
}
