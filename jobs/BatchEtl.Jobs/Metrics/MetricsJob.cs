using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Metrics;

/// <summary>Writes metrics(D): standard and declared ones, for the whole product and per dimension value (A2, A3, A6).</summary>
public sealed class MetricsJob : IJob
{
    private const string Numbers = "numbers";
    private static readonly int[] _daysRead = [1, 2, 7, 14, 28, 56];
    private static readonly SqlTemplate _metrics = SqlTemplate.Beside<MetricsJob>("metrics.sql");

    public string Name => "metrics";

    public bool IsChained => true;

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [new("metrics", 1), new("metrics", 7), new("metrics", 28)];

    public void Build(DayBuild build)
    {
        var engine = build.Engine;
        IReadOnlyList<MetricFamily> families = [MetricFamily.Actors(build), .. MetricFamily.Events(build), .. MetricFamily.Sessions(build)];
        foreach (var family in families)
        {
            family.Build(engine, build.Cancellation);
        }

        engine.Materialize(Numbers, string.Join("\nUNION ALL\n", families.Select(f => f.Unpivoted(engine))), build.Cancellation);
        var number = engine.TypeName(ColumnType.Decimal(38, 6));
        foreach (var ratios in Rounds(build.Pipeline.Metrics.Declared.OfType<RatioMetric>()))
        {
            engine.Append(Numbers, string.Join("\nUNION ALL\n", ratios.Select(r => Ratio(r, engine.Dialect, number))), build.Cancellation);
        }

        build.Write(TableContracts.Metrics, _metrics.Render(engine.Dialect, new Dictionary<string, string>
        {
            ["numbers"] = Numbers,
            ["previous_1"] = Previous(build, 1),
            ["previous_7"] = Previous(build, 7),
            ["previous_28"] = Previous(build, 28),
            ["completeness"] = ByDaysRead(days => Completeness(build, days)),
            ["history_complete"] = ByDaysRead(days => First(build, days) >= build.HistoryStart ? "true" : "false"),
        }));
        foreach (var family in families)
        {
            engine.Drop(family.Name);
        }

        engine.Drop(Numbers);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var metrics = build.Relation("metrics", build.Day);
        yield return new TableCheck(
            "metrics", "growth_balances", CheckSeverity.Fail,
            $"""
            SELECT count(*) FROM (
              SELECT period_days,
                sum(CASE WHEN metric IN ('new_actors', 'retained_actors', 'resurrected_actors') THEN numerator WHEN metric IN ('dau', 'wau', 'mau') THEN -numerator ELSE 0 END) AS excess
              FROM {metrics} AS m WHERE dimension IS NULL GROUP BY period_days) AS g WHERE excess <> 0
            """,
            0, "new + retained + resurrected actors are not the active ones (A3)");
        yield return new TableCheck(
            "metrics", "dau_is_active_actors", CheckSeverity.Fail,
            $"SELECT count(*) FROM {metrics} AS m WHERE metric = 'dau' AND dimension IS NULL AND numerator <> {Dialect.Long(build.Counts.Actors)}",
            0, "DAU is not the number of actors active on the day (A2)");
        if (build.Earlier("metrics", 1) is { } before)
        {
            yield return new TableCheck(
                "metrics", "churn_balances", CheckSeverity.Fail,
                $"""
                SELECT count(*) FROM (
                  SELECT
                    (SELECT sum(numerator) FROM {metrics} AS m WHERE metric IN ('churned_actors', 'retained_actors') AND period_days = 1 AND dimension IS NULL)
                    - (SELECT sum(numerator) FROM {before} AS b WHERE metric = 'dau' AND dimension IS NULL) AS excess) AS g WHERE excess <> 0
                """,
                0, "churned + retained actors are not those active the day before (A3)");
        }

        yield return new TableCheck(
            "metrics", "events_are_counted", CheckSeverity.Fail,
            $"SELECT count(*) FROM {metrics} AS m WHERE dimension IS NULL AND ((metric = 'events' AND numerator <> {Dialect.Long(build.Counts.Events)}) OR (metric = 'sessions' AND numerator <> {Dialect.Long(build.Counts.Sessions)}))",
            0, "events or sessions differ from the tables' rows (A6)");
    }

    /// <summary>Ratios in their order, those together that need no other of the same round.</summary>
    private static IEnumerable<IReadOnlyList<RatioMetric>> Rounds(IEnumerable<RatioMetric> ratios)
    {
        var round = new List<RatioMetric>();
        foreach (var ratio in ratios)
        {
            if (round.Any(r => r.Name == ratio.Numerator || r.Name == ratio.Denominator))
            {
                yield return round;
                round = [];
            }

            round.Add(ratio);
        }

        if (round.Count > 0)
        {
            yield return round;
        }
    }

    /// <summary>Numerator and denominator are the two metrics' numerators; a value that one lacks counts as 0 there.</summary>
    private static string Ratio(RatioMetric ratio, Dialect dialect, string number) =>
        $"""
        SELECT {dialect.Text(ratio.Name)} AS metric, CAST(1 AS INTEGER) AS period_days,
          coalesce(a.dimension, b.dimension) AS dimension, coalesce(a.dimension_value, b.dimension_value) AS dimension_value,
          CAST(coalesce(a.numerator, 0) AS {number}) AS numerator, CAST(coalesce(b.numerator, 0) AS {number}) AS denominator,
          greatest(coalesce(a.days_read, 1), coalesce(b.days_read, 1)) AS days_read
        FROM (SELECT * FROM {Numbers} WHERE period_days = 1 AND metric = {dialect.Text(ratio.Numerator)}) AS a
        FULL OUTER JOIN (SELECT * FROM {Numbers} WHERE period_days = 1 AND metric = {dialect.Text(ratio.Denominator)}) AS b
          ON coalesce(a.dimension, '') = coalesce(b.dimension, '') AND coalesce(a.dimension_value, '') = coalesce(b.dimension_value, '')
        """;

    private static string Previous(DayBuild build, int daysBefore) => build.Earlier("metrics", daysBefore)
        ?? NoRowsSql.Of(build.Engine, TableContracts.Metrics);

    private static string ByDaysRead(Func<int, string> literal) =>
        $"CASE days_read {string.Join(' ', _daysRead.Select(d => string.Create(CultureInfo.InvariantCulture, $"WHEN {d} THEN {literal(d)}")))} END";

    private static DateOnly First(DayBuild build, int days) => build.Windows.Calendar.AddDays(build.Day, 1 - days);

    /// <summary>The least complete of the days read that lie in history (A6).</summary>
    private static string Completeness(DayBuild build, int days)
    {
        var least = build.Counts.Completeness;
        for (var n = 1; n < days; n++)
        {
            var day = build.Windows.Calendar.AddDays(build.Day, -n);
            if (day >= build.HistoryStart && build.Tables.Completeness(day) is { } completeness)
            {
                least = Math.Min(least, completeness);
            }
        }

        return $"CAST('{least.ToString("R", CultureInfo.InvariantCulture)}' AS DOUBLE)";
    }
}
