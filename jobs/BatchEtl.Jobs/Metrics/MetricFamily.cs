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

/// <summary>A number of a family: its aggregate over the table, and over the table's rows grouped by actor and dimensions.</summary>
/// <param name="Fine">Aggregate of the table's rows; null where the actors themselves are counted.</param>
/// <param name="Rolled">Aggregate of the grouped rows, with <c>{0}</c> for what <paramref name="Fine"/> gave.</param>
internal sealed record MetricNumber(string Name, string? Fine, string Rolled);

/// <summary>
/// Metrics over one table: an aggregate per number, for the whole product and for each value of each dimension (tables.md).
/// Where actors are counted, the table is first grouped by actor and all dimensions: far fewer rows tell actors apart then.
/// </summary>
/// <param name="Name">Step name of the wide relation.</param>
/// <param name="Relation">FROM item of the table.</param>
/// <param name="ByActor">Whether the table is grouped by actor first.</param>
/// <param name="Dimensions">Dimension → its text expression over the table.</param>
internal sealed record MetricFamily(
    string Name,
    string Relation,
    bool ByActor,
    IReadOnlyList<KeyValuePair<string, string>> Dimensions,
    IReadOnlyList<MetricNumber> Numbers,
    IReadOnlyList<MetricRow> Rows)
{
    private static readonly int[] _periods = [1, 7, 28];

    private string Grouped => Name + "_by_actor";

    /// <summary>Makes the wide relation: one row for the whole and one per dimension and value.</summary>
    public void Build(IEngine engine, CancellationToken cancellation)
    {
        if (ByActor)
        {
            var keys = Dimensions.Select((d, i) => $"coalesce({d.Value}, {TextSql.None}) AS {Key(i)}").Prepend("actor_id");
            var fine = Numbers.Select((n, i) => (n, i)).Where(x => x.n.Fine is not null).Select(x => $"{x.n.Fine} AS {Fine(x.i)}");
            engine.Materialize(
                Grouped,
                $"SELECT {string.Join(", ", keys.Concat(fine))} FROM {Relation} AS t GROUP BY {string.Join(", ", Enumerable.Range(1, Dimensions.Count + 1))}",
                cancellation);
        }

        engine.Materialize(Name, Wide(engine), cancellation);
        engine.Drop(Grouped);
    }

    private string Wide(IEngine engine)
    {
        var text = engine.TypeName(ColumnType.Text);
        var from = ByActor ? Grouped : $"{Relation} AS t";
        var numbers = string.Join(", ", Numbers.Select((n, i) => $"{(ByActor ? n.Rolled.Replace("{0}", Fine(i), StringComparison.Ordinal) : n.Fine)} AS {n.Name}"));
        var selects = Dimensions
            .Select((d, i) => (d.Key, Value: ByActor ? Key(i) : $"coalesce({d.Value}, {TextSql.None})"))
            .Select(d => $"SELECT {engine.Dialect.Text(d.Key)} AS dimension, {d.Value} AS dimension_value, {numbers} FROM {from} GROUP BY {d.Value}")
            .Prepend($"SELECT CAST(NULL AS {text}) AS dimension, CAST(NULL AS {text}) AS dimension_value, {numbers} FROM {from}");
        return string.Join("\nUNION ALL\n", selects);
    }

    private static string Key(int dimension) => string.Create(CultureInfo.InvariantCulture, $"k{dimension}");

    private static string Fine(int number) => string.Create(CultureInfo.InvariantCulture, $"f{number}");

    /// <summary>The rows of all metrics from the wide relation.</summary>
    public string Unpivoted(IEngine engine)
    {
        var number = engine.TypeName(ColumnType.Decimal(38, 6));
        var rows = Rows.Select(row => StructSql.Of(engine.Dialect,
        [
            ("metric", engine.Dialect.Text(row.Metric)),
            ("period_days", string.Create(CultureInfo.InvariantCulture, $"CAST({row.PeriodDays} AS INTEGER)")),
            ("numerator", $"CAST(coalesce({row.Numerator}, 0) AS {number})"),
            ("denominator", $"CAST({(row.Denominator is null ? "NULL" : $"coalesce({row.Denominator}, 0)")} AS {number})"),
            ("days_read", row.DaysRead.ToString(CultureInfo.InvariantCulture)),
        ]));
        return "SELECT m.metric, m.period_days, dimension, dimension_value, m.numerator, m.denominator, m.days_read "
            + $"FROM (SELECT dimension, dimension_value, {engine.Dialect.Call("flatten", engine.Dialect.Call("list", string.Join(", ", rows)))} AS m FROM {Name}) AS wide";
    }

    /// <summary>DAU, WAU, MAU and growth accounting from the snapshot (A2, A3).</summary>
    public static MetricFamily Actors(DayBuild build)
    {
        var numbers = new List<MetricNumber>();
        var rows = new List<MetricRow>();
        foreach (var n in _periods)
        {
            var mask = (1L << n) - 1;
            var now = string.Create(CultureInfo.InvariantCulture, $"(activity & {mask}) <> 0");
            var previous = string.Create(CultureInfo.InvariantCulture, $"(activity & {mask << n}) <> 0");
            var first = build.Windows.Calendar.AddDays(build.Day, 1 - n);
            var isNew = $"first_seen >= {build.Engine.Dialect.Date(first)}";
            numbers.Add(new($"active_{n}", $"count(*) FILTER (WHERE {now})", string.Empty));
            numbers.Add(new($"new_{n}", $"count(*) FILTER (WHERE {now} AND {isNew})", string.Empty));
            numbers.Add(new($"retained_{n}", $"count(*) FILTER (WHERE {now} AND {previous})", string.Empty));
            numbers.Add(new($"resurrected_{n}", $"count(*) FILTER (WHERE {now} AND NOT ({previous}) AND NOT ({isNew}))", string.Empty));
            numbers.Add(new($"churned_{n}", $"count(*) FILTER (WHERE {previous} AND NOT ({now}))", string.Empty));
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
            ByActor: false,
            [.. build.Pipeline.Metrics.Dimensions.Select(d => KeyValuePair.Create(d, build.Engine.Dialect.Identifier("last_" + d)))],
            numbers,
            rows);
    }

    /// <summary>The families of a table: what is counted by actor, and distinct values of other columns where some are declared.</summary>
    public static IEnumerable<MetricFamily> Events(DayBuild build) => WithDeclared(
        build,
        SourceTable.Events,
        new MetricFamily(
            "metric_events",
            build.Relation("events", build.Day),
            ByActor: true,
            DimensionTexts(build, build.Contracts.Events, string.Empty),
            [Summed("events", "count(*)"), _actors],
            [new("events", 1, "events", null, 1), new("events_per_actor", 1, "events", "actors", 1)]));

    public static IEnumerable<MetricFamily> Sessions(DayBuild build) => WithDeclared(
        build,
        SourceTable.Sessions,
        new MetricFamily(
            "metric_sessions",
            build.Relation("sessions", build.Day),
            ByActor: true,
            DimensionTexts(build, build.Contracts.Sessions, "first_"),
            [
                Summed("sessions", "count(*)"), _actors, Summed("all_events", "sum(events)"), Summed("all_ms", "sum(duration_ms)"),
                Summed("bounces", "count(*) FILTER (WHERE is_bounce)"), Summed("engaged", "count(*) FILTER (WHERE is_engaged)"),
            ],
            [
                new("sessions", 1, "sessions", null, 1), new("sessions_per_actor", 1, "sessions", "actors", 1),
                new("events_per_session", 1, "all_events", "sessions", 1), new("session_duration_ms", 1, "all_ms", "sessions", 1),
                new("bounce_rate", 1, "bounces", "sessions", 1), new("engaged_rate", 1, "engaged", "sessions", 1),
            ]));

    private static readonly MetricNumber _actors = new("actors", null, "count(DISTINCT actor_id)");

    private static MetricNumber Summed(string name, string fine) => new(name, fine, "sum({0})");

    private static IReadOnlyList<KeyValuePair<string, string>> DimensionTexts(DayBuild build, Core.Tables.TableContract table, string prefix) =>
    [
        .. build.Pipeline.Metrics.Dimensions.Select(d => KeyValuePair.Create(
            d,
            TextSql.Of(build.Engine, build.Engine.Dialect.Identifier(prefix + d), table.Columns.First(c => c.Name == prefix + d).Type))),
    ];

    private static IEnumerable<MetricFamily> WithDeclared(DayBuild build, SourceTable source, MetricFamily family)
    {
        var table = source == SourceTable.Events ? build.Contracts.Events : build.Contracts.Sessions;
        var numbers = family.Numbers.ToList();
        var rows = family.Rows.ToList();
        var values = new List<MetricNumber>();
        var valueRows = new List<MetricRow>();
        foreach (var (metric, i) in build.Pipeline.Metrics.Declared.OfType<AggregateMetric>().Where(m => m.Source == source).Select((m, i) => (m, i)))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"declared_{i}");
            var conditions = metric.Where.Select(c => ConditionSql.Of(c, table.Columns.First(t => t.Name == c.Column).Type, build.Engine)).ToList();
            var condition = conditions.Count == 0 ? "true" : string.Join(" AND ", conditions);
            var filter = conditions.Count == 0 ? string.Empty : $" FILTER (WHERE {condition})";
            var column = metric.Column is null ? "*" : build.Engine.Dialect.Identifier(metric.Column);
            var type = metric.Column is null ? ColumnType.BigInt : table.Columns.First(t => t.Name == metric.Column).Type;
            var isOfValues = metric.Kind == AggregateKind.Distinct && metric.Column != "actor_id";
            (isOfValues ? values : numbers).Add(metric.Kind switch
            {
                AggregateKind.Count => Summed(name, $"count({column}){filter}"),
                AggregateKind.Distinct when isOfValues => new MetricNumber(name, $"count(DISTINCT {column}){filter}", string.Empty),
                AggregateKind.Distinct => new MetricNumber(name, $"max(CASE WHEN {condition} THEN 1 ELSE 0 END)", "count(DISTINCT CASE WHEN {0} = 1 THEN actor_id END)"),
                _ when type.Kind == TypeKind.Boolean => Summed(name, $"sum(CASE WHEN {column} THEN 1 WHEN NOT {column} THEN 0 END){filter}"),
                _ => Summed(name, $"sum({column}){filter}"),
            });
            (isOfValues ? valueRows : rows).Add(new MetricRow(metric.Name, 1, name, null, 1));
        }

        yield return family with { Numbers = numbers, Rows = rows };
        if (values.Count > 0)
        {
            yield return family with { Name = family.Name + "_values", ByActor = false, Numbers = values, Rows = valueRows };
        }
    }
}
