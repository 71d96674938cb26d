using System.Globalization;
using DuckDB.NET.Data;

namespace BatchEtl.Benchmarks;

/// <summary>
/// How often anomalies (A7) cry wolf: 60 days of generated events in which nothing is planted; rows of <c>anomalies</c> of all
/// values that could be compared with four weeks at least. A value whose periods reach back before history grows by itself.
/// <c>alarms --program batch-etl.dll --pipeline pipeline.yaml --events 6000000 --dir DIR</c>
/// </summary>
internal static class AlarmsBenchmark
{
    private const int Days = 60;
    private static readonly DateOnly _first = new(2026, 1, 5);

    public static int Run(string[] args)
    {
        ProgramRuns.InFolder(args, root =>
        {
            var last = Text(_first.AddDays(Days - 1));
            ProgramRuns.Run(args, "generate", "--out", Path.Combine(root, "landing"), "--events", ProgramRuns.Option(args, "events", "6000000"), "--days", $"{Days + 1}", "--first-day", Text(_first), "--no-progress");
            ProgramRuns.Run(args, "backfill", "--pipeline", Path.Combine(root, "pipeline.yaml"), "--from", Text(_first), "--to", last, "--set", "report=false", "--no-progress");
            Count(Path.Combine(root, "warehouse"));
        });
        return 0;
    }

    private static void Count(string warehouse)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            CREATE TABLE compared AS
            WITH m AS (SELECT * FROM read_parquet('{warehouse}/metrics/dt=*/*.parquet', hive_partitioning = true) WHERE value IS NOT NULL),
            compared AS (
              SELECT n.dt, n.metric, n.period_days, n.dimension, n.dimension_value, bool_and(p.history_complete) AS complete
              FROM m AS n JOIN m AS p ON p.metric = n.metric AND p.period_days = n.period_days AND p.dimension IS NOT DISTINCT FROM n.dimension
                AND p.dimension_value IS NOT DISTINCT FROM n.dimension_value AND n.dt - p.dt IN (7, 14, 21, 28, 35, 42, 49, 56)
              GROUP BY ALL HAVING count(*) >= 4)
            SELECT CASE WHEN NOT complete THEN 'reaches back before it' WHEN c.metric LIKE '%actors' OR c.metric = 'quick_ratio' THEN 'complete, growth accounting' ELSE 'complete, others' END AS history,
              c.metric, a.metric IS NOT NULL AS alarm
            FROM compared AS c LEFT JOIN read_parquet('{warehouse}/anomalies/dt=*/*.parquet', hive_partitioning = true) AS a
              ON a.dt = c.dt AND a.metric = c.metric AND a.period_days = c.period_days AND a.dimension IS NOT DISTINCT FROM c.dimension AND a.dimension_value IS NOT DISTINCT FROM c.dimension_value
            """;
        command.ExecuteNonQuery();
        command.CommandText = """
            SELECT history, count(*) AS compared, count(*) FILTER (WHERE alarm) AS alarms,
              coalesce((SELECT string_agg(metric || ' ' || n, ', ' ORDER BY n DESC, metric) FROM (SELECT metric, count(*) AS n FROM compared AS o WHERE alarm AND o.history = c.history GROUP BY metric ORDER BY n DESC, metric LIMIT 4)), '') AS most
            FROM compared AS c GROUP BY history ORDER BY history
            """;
        Console.WriteLine("| history | values compared | anomalies | in a thousand | most of them |");
        Console.WriteLine("|---|---|---|---|---|");
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rows.GetString(0)} | {rows.GetInt64(1):N0} | {rows.GetInt64(2):N0} | {1000.0 * rows.GetInt64(2) / rows.GetInt64(1):0.00} | {rows.GetString(3)} |"));
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
