using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Jobs.Metrics;

/// <summary>A metric row's ingredients in a family's wide relation.</summary>
/// <param name="Numerator">Column of the wide relation.</param>
/// <param name="Denominator">Column of the wide relation, or null for counts and sums.</param>
/// <param name="DaysRead">How many days up to D the value depends on (A6).</param>
internal sealed record MetricRow(string Metric, int PeriodDays, string Numerator, string? Denominator, int DaysRead);

/// <summary>
/// Metrics over one table: an aggregate per number, for the whole product and for each value of each dimension (tables.md).
/// </summary>
/// <param name="Name">Step name of the wide relation.</param>
/// <param name="Relation">FROM item of the table.</param>
/// <param name="Dimensions">Dimension → its text expression over the table.</param>
/// <param name="Numbers">Aggregates as <c>expression AS name</c>.</param>
internal sealed record MetricFamily(
    string Name,
    string Relation,
    IReadOnlyList<KeyValuePair<string, string>> Dimensions,
    IReadOnlyList<string> Numbers,
    IReadOnlyList<MetricRow> Rows)
{
    private static readonly int[] _periods = [1, 7, 28];

    /// <summary>One row for the whole and one per dimension and value.</summary>
    public string Wide(IEngine engine)
    {
        var text = engine.TypeName(ColumnType.Text);
        var numbers = string.Join(", ", Numbers);
        var selects = Dimensions
            .Select(d => $"SELECT {engine.Dialect.Text(d.Key)} AS dimension, coalesce({d.Value}, {TextSql.None}) AS dimension_value, {numbers} FROM {Relation} AS t GROUP BY coalesce({d.Value}, {TextSql.None})")
            .Prepend($"SELECT CAST(NULL AS {text}) AS dimension, CAST(NULL AS {text}) AS dimension_value, {numbers} FROM {Relation} AS t");
        return string.Join("\nUNION ALL\n", selects);
    }

    /// <summary>The rows of one metric from the wide relation.</summary>
    public string Unpivoted(MetricRow row, IEngine engine)
    {
        var number = engine.TypeName(ColumnType.Decimal(38, 6));
        var denominator = row.Denominator is null ? "NULL" : $"coalesce({row.Denominator}, 0)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {engine.Dialect.Text(row.Metric)} AS metric, CAST({row.PeriodDays} AS INTEGER) AS period_days, dimension, dimension_value, CAST(coalesce({row.Numerator}, 0) AS {number}) AS numerator, CAST({denominator} AS {number}) AS denominator, {row.DaysRead} AS days_read FROM {Name}");
    }

    /// <summary>DAU, WAU, MAU and growth accounting from the snapshot (A2, A3).</summary>
    public static MetricFamily Actors(DayBuild build)
    {
        var numbers = new List<string>();
        var rows = new List<MetricRow>();
        foreach (var n in _periods)
        {
            var mask = (1L << n) - 1;
            var now = string.Create(CultureInfo.InvariantCulture, $"(activity & {mask}) <> 0");
            var previous = string.Create(CultureInfo.InvariantCulture, $"(activity & {mask << n}) <> 0");
            var first = build.Windows.Calendar.AddDays(build.Day, 1 - n);
            var isNew = $"first_seen >= {build.Engine.Dialect.Call("date_literal", build.Engine.Dialect.Text(first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))}";
            numbers.Add($"count(*) FILTER (WHERE {now}) AS active_{n}");
            numbers.Add($"count(*) FILTER (WHERE {now} AND {isNew}) AS new_{n}");
            numbers.Add($"count(*) FILTER (WHERE {now} AND {previous}) AS retained_{n}");
            numbers.Add($"count(*) FILTER (WHERE {now} AND NOT ({previous}) AND NOT ({isNew})) AS resurrected_{n}");
            numbers.Add($"count(*) FILTER (WHERE {previous} AND NOT ({now})) AS churned_{n}");
            rows.Add(new MetricRow(n switch { 1 => "dau", 7 => "wau", _ => "mau" }, n, $"active_{n}", null, n));
            rows.Add(new MetricRow("new_actors", n, $"new_{n}", null, 2 * n));
            rows.Add(new MetricRow("retained_actors", n, $"retained_{n}", null, 2 * n));
            rows.Add(new MetricRow("resurrected_actors", n, $"resurrected_{n}", null, 2 * n));
            rows.Add(new MetricRow("churned_actors", n, $"churned_{n}", null, 2 * n));
            rows.Add(new MetricRow("quick_ratio", n, $"(new_{n} + resurrected_{n})", $"churned_{n}", 2 * n));
        }

        rows.Add(new MetricRow("stickiness", 28, "active_1", "active_28", 28));
        return new MetricFamily(
            "metric_actors",
            build.Relation("actors", build.Day),
            [.. build.Pipeline.Metrics.Dimensions.Select(d => KeyValuePair.Create(d, build.Engine.Dialect.Identifier("last_" + d)))],
            numbers,
            rows);
    }

    public static MetricFamily Events(DayBuild build) => WithDeclared(
        build,
        SourceTable.Events,
        new MetricFamily(
            "metric_events",
            build.Relation("events", build.Day),
            DimensionTexts(build, build.Contracts.Events, string.Empty),
            ["count(*) AS events", "count(DISTINCT actor_id) AS actors"],
            [new("events", 1, "events", null, 1), new("events_per_actor", 1, "events", "actors", 1)]));

    public static MetricFamily Sessions(DayBuild build) => WithDeclared(
        build,
        SourceTable.Sessions,
        new MetricFamily(
            "metric_sessions",
            build.Relation("sessions", build.Day),
            DimensionTexts(build, build.Contracts.Sessions, "first_"),
            [
                "count(*) AS sessions", "count(DISTINCT actor_id) AS actors", "sum(events) AS all_events", "sum(duration_ms) AS all_ms",
                "count(*) FILTER (WHERE is_bounce) AS bounces", "count(*) FILTER (WHERE is_engaged) AS engaged",
            ],
            [
                new("sessions", 1, "sessions", null, 1), new("sessions_per_actor", 1, "sessions", "actors", 1),
                new("events_per_session", 1, "all_events", "sessions", 1), new("session_duration_ms", 1, "all_ms", "sessions", 1),
                new("bounce_rate", 1, "bounces", "sessions", 1), new("engaged_rate", 1, "engaged", "sessions", 1),
            ]));

    private static IReadOnlyList<KeyValuePair<string, string>> DimensionTexts(DayBuild build, Core.Tables.TableContract table, string prefix) =>
    [
        .. build.Pipeline.Metrics.Dimensions.Select(d => KeyValuePair.Create(
            d,
            TextSql.Of(build.Engine, build.Engine.Dialect.Identifier(prefix + d), table.Columns.First(c => c.Name == prefix + d).Type))),
    ];

    private static MetricFamily WithDeclared(DayBuild build, SourceTable source, MetricFamily family)
    {
        var table = source == SourceTable.Events ? build.Contracts.Events : build.Contracts.Sessions;
        var numbers = family.Numbers.ToList();
        var rows = family.Rows.ToList();
        foreach (var (metric, i) in build.Pipeline.Metrics.Declared.OfType<AggregateMetric>().Where(m => m.Source == source).Select((m, i) => (m, i)))
        {
            var conditions = metric.Where.Select(c => ConditionSql.Of(c, table.Columns.First(t => t.Name == c.Column).Type, build.Engine)).ToList();
            var filter = conditions.Count == 0 ? string.Empty : $" FILTER (WHERE {string.Join(" AND ", conditions)})";
            var column = metric.Column is null ? "*" : build.Engine.Dialect.Identifier(metric.Column);
            var type = metric.Column is null ? ColumnType.BigInt : table.Columns.First(t => t.Name == metric.Column).Type;
            var value = metric.Kind switch
            {
                AggregateKind.Count => $"count({column}){filter}",
                AggregateKind.Distinct => $"count(DISTINCT {column}){filter}",
                _ when type.Kind == TypeKind.Boolean => $"sum(CASE WHEN {column} THEN 1 WHEN NOT {column} THEN 0 END){filter}",
                _ => $"sum({column}){filter}",
            };
            numbers.Add($"{value} AS declared_{i}");
            rows.Add(new MetricRow(metric.Name, 1, $"declared_{i}", null, 1));
        }

        return family with { Numbers = numbers, Rows = rows };
    }
}
