using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;
using BatchEtl.DuckDb;
using BatchEtl.Landing;
using BatchEtl.Report.Data;
using BatchEtl.Report.Page;
using BatchEtl.Report.Words;
using BatchEtl.Storage;

namespace BatchEtl.Report.Tests;

/// <summary>What a synthetic history looks like.</summary>
/// <param name="Days">Days of history.</param>
/// <param name="Names">Event names of the last day.</param>
internal sealed record Shape(int Days, IReadOnlyList<string> Names)
{
    public static readonly DateOnly LastDay = new(2026, 3, 27);

    /// <summary>Actors a day; 0 = a day on which nothing happened.</summary>
    public int Actors { get; init; } = 12_345;

    /// <summary>A dimension value with anomalies.</summary>
    public string Platform { get; init; } = "ios";

    public bool Provisional { get; init; }
}

/// <summary>A warehouse of made-up tables, small and in any shape, whose last day is reported.</summary>
internal sealed class SyntheticWarehouse : IDisposable
{
    private const string File =
        """
        name: shop
        landing: { root: landed, layout: "{yyyy}-{MM}-{dd}" }
        warehouse: { root: warehouse }
        events:
          event_id: id
          event_name: name
          occurred_at: { path: at, unit: ms }
          actor_id: actor
          dimensions: { platform: platform }
          measures: { price: { path: price, type: "decimal(18,2)" } }
        metrics:
          dimensions: [platform]
          declare:
            orders: { source: events, measure: count, where: { event_name: purchase } }
            gmv: { source: events, measure: sum(price), where: { event_name: purchase } }
            aov: { ratio: [gmv, orders] }
        funnels:
          buy: { window: 1h, steps: [view, cart, purchase] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("batch-etl-report-").FullName;
    private readonly DuckDbEngine _engine;
    private readonly Warehouse _warehouse;
    private readonly Manifest _manifest;
    private readonly IReadOnlyList<DateOnly> _recent;
    private readonly DateOnly[] _compared = [Shape.LastDay, Shape.LastDay.AddDays(-1), Shape.LastDay.AddDays(-7)];

    public SyntheticWarehouse(Shape shape)
    {
        var file = Path.Combine(_folder, "pipeline.yaml");
        System.IO.File.WriteAllText(file, File);
        Pipeline = PipelineFile.Load(file, [], _folder);
        _engine = new DuckDbEngine(Pipeline.Engine, _folder, new LandedInput(Pipeline, Avro.Container.AvroSource.OpenFile, endsOnly: false));
        _warehouse = new Warehouse(new LocalStore(), Path.Combine(_folder, "warehouse"));
        var first = Shape.LastDay.AddDays(1 - shape.Days);
        var calendar = new Core.Time.DayCalendar("UTC");
        _recent = ReportDays.RecentTo(Shape.LastDay, first, calendar);
        foreach (var day in _recent.Union(ReportDays.WeeklyTo(Shape.LastDay, first, calendar)))
        {
            Fill(day, first, shape);
        }

        _manifest = new Manifest
        {
            Day = Shape.LastDay,
            RunId = "20260328T030000000Z-1",
            AsOf = new DateTimeOffset(2026, 3, 28, 3, 0, 0, TimeSpan.Zero),
            Provisional = shape.Provisional,
            Engine = "duckdb v1",
            ProgramVersion = "1.0.0",
            HistoryStart = first,
            Counts = new ManifestCounts { Records = shape.Actors * 10L, Rejects = new Dictionary<string, long> { ["bad_time"] = shape.Actors / 50 }, Events = shape.Actors * 9L },
            Hours = 24,
            HoursSeen = [.. Enumerable.Range(0, shape.Actors == 0 ? 0 : 23)],
            Completeness = shape.Actors == 0 ? 0 : 23 / 24.0,
            Checks = [new ManifestCheck("events", "records_balance", Core.Tables.CheckSeverity.Fail, true, 0), new ManifestCheck("events", "rows_drop", Core.Tables.CheckSeverity.Warn, false, 0.6m)],
            Warnings = ["a file has 0 bytes"],
            Unprocessed = ["2026-01-01/part <1>.avro"],
        };
    }

    public Pipeline Pipeline { get; }

    public ReportData Data => new(Pipeline, _warehouse, _manifest, _engine, CancellationToken.None);

    public string Page => new ReportPage(Data, new Attention(Pipeline, _manifest.Day, _manifest.HistoryStart)).Render();

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Fill(DateOnly day, DateOnly first, Shape shape)
    {
        var n = day.DayNumber - first.DayNumber;
        var actors = shape.Actors == 0 ? 0 : shape.Actors + 100 * (n % 7);
        string[] amounts = ["dau", "wau", "mau", "new_actors", "retained_actors", "resurrected_actors", "churned_actors", "events", "sessions", "orders", "gmv"];
        string[] ratios = ["stickiness", "quick_ratio", "events_per_actor", "sessions_per_actor", "events_per_session", "session_duration_ms", "bounce_rate", "engaged_rate", "aov"];
        var rows = amounts.Select((m, i) => Metric(m, $"{actors / (i + 1)}"))
            .Concat(ratios.Select((m, i) => Metric(m, actors == 0 ? "NULL" : m == "session_duration_ms" ? "754321.5" : $"0.{i + 1}")));
        Write("metrics", day, string.Join(" UNION ALL ", rows));
        if (!_recent.Contains(day))
        {
            return;
        }

        Write("retention", day, Cells(day, first, actors));
        Write("funnels", day, string.Join(" UNION ALL ", new[] { "view", "cart", "purchase" }.Select((s, i) => Invariant(
            $"SELECT 'buy' AS funnel, {Date(day)} AS entry_day, {i + 1} AS step, '{s}' AS step_name, {actors / (i + 1)}::BIGINT AS actors, {(i == 0 || actors == 0 ? "NULL" : "0.5")}::DOUBLE AS conversion_from_previous, {(actors == 0 ? "NULL" : $"{1.0 / (i + 1)}")}::DOUBLE AS conversion_from_first, {(actors == 0 ? "NULL" : $"{i * 61_000}")}::BIGINT AS median_ms, {(actors == 0 ? "NULL" : $"{i * 600_000}")}::BIGINT AS p90_ms, true AS provisional"))));
        if (!_compared.Contains(day))
        {
            return;
        }

        Write("anomalies", day, day == Shape.LastDay && shape.Days > 28
            ? $"SELECT 'orders' AS metric, 1 AS period_days, 'platform' AS dimension, {Text(shape.Platform)} AS dimension_value, 59.0::DOUBLE AS value, 100.0::DOUBLE AS expected, 90.0::DOUBLE AS low, 110.0::DOUBLE AS high, 8 AS days, 1.0::DOUBLE AS completeness"
            : "SELECT NULL::VARCHAR AS metric, NULL::INTEGER AS period_days, NULL::VARCHAR AS dimension, NULL::VARCHAR AS dimension_value, NULL::DOUBLE AS value, NULL::DOUBLE AS expected, NULL::DOUBLE AS low, NULL::DOUBLE AS high, NULL::INTEGER AS days, NULL::DOUBLE AS completeness WHERE false");
        Write("event_catalog", day, $"SELECT event_name, {Date(first)} AS first_seen, {Date(day)} AS last_seen, (1000 - i % 900)::BIGINT AS events, 7::BIGINT AS actors, 24 AS hours, 1::BIGINT AS activity, CASE WHEN i = 0 AND {n} > 0 THEN 'new' END AS state FROM ({Names(shape)})");
        Write("event_columns", day, $"SELECT event_name, c AS column_name, 1000::BIGINT AS events, CASE WHEN c = 'price' AND {Date(day)} = {Date(Shape.LastDay)} AND i = 0 THEN 0 ELSE 900 END::BIGINT AS filled FROM ({Names(shape)}), (VALUES ('actor_id'), ('platform'), ('price')) AS v(c)");
        Write("restatements", day, $"SELECT {Date(day)} AS restated_day, 'r' AS run_id, 'late & <late>' AS reason, 'events' AS metric, 1.0::DECIMAL(38,6) AS old_value, 2.0::DECIMAL(38,6) AS new_value");
    }

    private static string Metric(string metric, string value)
    {
        int[] periods = metric is "wau" ? [7] : metric is "mau" or "stickiness" ? [28] : metric.EndsWith("_actors", StringComparison.Ordinal) || metric == "quick_ratio" ? [1, 7, 28] : [1];
        return string.Join(" UNION ALL ", periods.Select(p => $"SELECT '{metric}' AS metric, {p} AS period_days, NULL::VARCHAR AS dimension, ({value})::DOUBLE AS value, 1.0::DOUBLE AS value_1d_before, NULL::DOUBLE AS value_7d_before, NULL::DOUBLE AS value_28d_before"));
    }

    private static string Cells(DateOnly day, DateOnly first, int actors)
    {
        var cells = Enumerable.Range(0, Math.Min(30, day.DayNumber - first.DayNumber) + 1).Select(n => ("day", day.AddDays(-n), n))
            .Concat(Enumerable.Range(0, Math.Min(26, (day.DayNumber - first.DayNumber) / 7) + 1).Select(n => ("week", day.AddDays(-(((int)day.DayOfWeek + 6) % 7) - 7 * n), n)));
        return string.Join(" UNION ALL ", cells.Select(c => Invariant(
            $"SELECT '{c.Item1}' AS period, {Date(c.Item2)} AS cohort, {c.n} AS n, {Math.Max(1, actors)}::BIGINT AS cohort_size, {actors / (c.n + 1)}::BIGINT AS active, {1.0 / (c.n + 1)}::DOUBLE AS rate, {(c.Item1 == "week" && day.DayOfWeek != DayOfWeek.Sunday ? "true" : "false")} AS provisional")));
    }

    private static string Names(Shape shape) => shape.Names.Count == 0
        ? "SELECT NULL::VARCHAR AS event_name, 0 AS i WHERE false"
        : $"SELECT * FROM (VALUES {string.Join(", ", shape.Names.Select((name, i) => Invariant($"({Text(name)}, {i})")))}) AS listed(event_name, i)";

    private void Write(string table, DateOnly day, string select)
    {
        var folder = Directory.CreateDirectory(_warehouse.Partition(table, day)).FullName;
        _engine.WriteParquet(select, folder, "part-000", new ParquetFormat("snappy"), CancellationToken.None);
    }

    private static string Date(DateOnly day) => $"DATE '{day:yyyy-MM-dd}'";

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
