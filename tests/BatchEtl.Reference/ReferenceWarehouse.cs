using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Mapping;
using BatchEtl.Reference.Tables;

namespace BatchEtl.Reference;

/// <summary>
/// The contract (semantics.md) in memory, written for reading: a warehouse to which days are published in order.
/// </summary>
public sealed class ReferenceWarehouse
{
    private readonly Dictionary<DateOnly, Published> _days = [];

    /// <summary>What later days need of a published one.</summary>
    private sealed record Published(
        ReferenceDay Result,
        IReadOnlyList<Session> Sessions,
        IReadOnlyList<Actor> Actors,
        IReadOnlyDictionary<MetricKey, MetricNumbers> Metrics,
        IReadOnlyList<CatalogEntry> Catalog,
        IReadOnlyDictionary<string, ColumnType> Types);

    /// <summary>T4: the earliest day of the first run.</summary>
    public DateOnly? HistoryStart { get; private set; }

    public IReadOnlyDictionary<DateOnly, ReferenceDay> Days => _days.ToDictionary(d => d.Key, d => d.Value.Result);

    /// <summary>Builds a day and publishes it, replacing an earlier build. What depends on it is not built again.</summary>
    /// <param name="asOfMicros">T3's as_of in microseconds since 1970.</param>
    /// <exception cref="MappingException">The mapping does not fit the landed schemas.</exception>
    public ReferenceDay Build(Pipeline pipeline, DateOnly day, long asOfMicros, bool provisional = false)
    {
        var run = new Run(pipeline, day, HistoryStart ?? day);
        var isProvisional = run.Span.End + run.CarryOver > asOfMicros;
        var yesterday = _days.GetValueOrDefault(run.Calendar.Before(day, 1));
        var refused = RefusedByDay(run, yesterday, isProvisional, provisional) ?? run.RefusedByFlags(provisional);
        if (refused is null)
        {
            var types = _days.Values.LastOrDefault()?.Types;
            run.Read(types);
            refused = run.RefusedByRejects() ?? RefusedByTypes(run, types);
        }

        if (refused is not null)
        {
            return new ReferenceDay(day, new Dictionary<string, ReferenceTable>(), null, refused, isProvisional, run.Warnings);
        }

        HistoryStart ??= day;
        var published = Publish(run, yesterday, isProvisional);
        _days[day] = published;
        return published.Result;
    }

    /// <summary>T1, T3, T4, A1 and S5.</summary>
    private static string? RefusedByDay(Run run, Published? yesterday, bool isProvisional, bool provisional)
    {
        if (!run.Calendar.IsDay(run.Day))
        {
            return "a date of no length is not a day";
        }

        if (isProvisional && !provisional)
        {
            return "the day is not over";
        }

        if (run.Day < run.HistoryStart)
        {
            return "earlier than history_start";
        }

        if (run.Day > run.HistoryStart && yesterday is null)
        {
            return "the day before is not published";
        }

        return yesterday is { Result.Provisional: true } && !provisional ? "the day before is provisional" : null;
    }

    /// <summary>E1: a run refuses to publish a column in another type than the warehouse has.</summary>
    private static string? RefusedByTypes(Run run, IReadOnlyDictionary<string, ColumnType>? published) => run.Plans
        .Where(p => published is not null && published.TryGetValue(p.Name, out var type) && type != p.Type)
        .Select(p => $"{p.Name} would be {p.Type}, not {published![p.Name]}")
        .FirstOrDefault();

    private Published Publish(Run run, Published? yesterday, bool isProvisional)
    {
        var pipeline = run.Pipeline;
        var dimensions = pipeline.Metrics.Dimensions;
        var sessions = SessionChains.Of(run.Span, run.Gap, run.CarryOver, run.Events);
        var events = EventTables.Events(run.Plans, WithSessions(run, [.. sessions, .. yesterday?.Sessions ?? []]));
        var sessionTable = EventTables.Sessions(pipeline.Sessions, run.Plans, sessions);
        var actors = Actor.Next(yesterday?.Actors ?? [], events, run.Day, dimensions);
        var headline = run.Headline(events, sessionTable);
        var metrics = new MetricTable(pipeline.Metrics, run.Day, n => run.Calendar.Before(run.Day, n), events, sessionTable, actors).Rows();
        var catalog = CatalogEntry.Next(yesterday?.Catalog ?? [], events, run.Day, run.Span, run.Day == run.HistoryStart);

        var tables = new Dictionary<string, ReferenceTable>
        {
            ["events"] = events,
            ["rejects"] = EventTables.Rejects(run.RejectsOfDay),
            ["sessions"] = sessionTable,
            ["actors"] = Actor.Table(actors, dimensions),
            ["metrics"] = Metrics(run, metrics, headline),
            ["retention"] = RetentionTable.Of(pipeline, run.Calendar, run.Day, actors),
            ["funnels"] = FunnelTable.Of(pipeline.Funnels, run.Calendar, run.Day, EventsByDay(run.Day, events)),
            ["anomalies"] = AnomalyTable.Of(pipeline.Anomalies, metrics, MetricsBefore(run), key => Completeness(run, key, headline)),
            ["event_catalog"] = CatalogEntry.Table(catalog),
            ["event_columns"] = CatalogEntry.Columns(run.Plans, events),
        };
        foreach (var cube in pipeline.Cubes)
        {
            tables["cube_" + cube.Name] = CubeTables.Of(cube, cube.Source == SourceTable.Events ? events : sessionTable);
        }

        return new Published(
            new ReferenceDay(run.Day, tables, headline, null, isProvisional, run.Warnings),
            sessions,
            actors,
            metrics,
            catalog,
            run.Plans.ToDictionary(p => p.Name, p => p.Type));
    }

    /// <summary>S5: morning events that continue yesterday's session carry its id.</summary>
    private static IEnumerable<(MappedRecord Record, long SessionId)> WithSessions(Run run, IReadOnlyList<Session> sessions)
    {
        var byActor = sessions.ToLookup(s => s.ActorId);
        return run.Events.Where(e => run.Span.Contains(e.OccurredAt)).Select(e =>
            (e, byActor[e.ActorId].Single(s => s.Events.Any(o => o.EventId == e.EventId && o.OccurredAt == e.OccurredAt)).Id));
    }

    /// <summary>A6: with the values published before, completeness and history.</summary>
    private ReferenceTable Metrics(Run run, Dictionary<MetricKey, MetricNumbers> rows, Headline headline)
    {
        var table = new TableBuilder()
            .Column("metric", ColumnType.Text)
            .Column("period_days", ColumnType.Int)
            .Column("dimension", ColumnType.Text)
            .Column("dimension_value", ColumnType.Text)
            .Column("value", ColumnType.Double)
            .Column("numerator", ColumnType.Decimal(38, 6))
            .Column("denominator", ColumnType.Decimal(38, 6))
            .Column("value_1d_before", ColumnType.Double)
            .Column("value_7d_before", ColumnType.Double)
            .Column("value_28d_before", ColumnType.Double)
            .Column("completeness", ColumnType.Double)
            .Column("history_complete", ColumnType.Boolean);
        foreach (var (key, numbers) in rows)
        {
            double? Published(int daysBefore) =>
                _days.TryGetValue(run.Past[daysBefore], out var then) ? then.Metrics.GetValueOrDefault(key)?.Value : null;

            table.Row(
                key.Metric, key.Period, key.Dimension, key.Value, numbers.Value, numbers.Numerator, numbers.Denominator,
                Published(1), Published(7), Published(28),
                Completeness(run, key, headline), run.Past.Take(DaysRead(key)).All(d => d >= run.HistoryStart));
        }

        return table.Build().SortedBy("metric", "period_days", "dimension", "dimension_value");
    }

    /// <summary>A6: one period, for A3 two.</summary>
    private static int DaysRead(MetricKey key) => key.Period * (MetricTable.ReadsTwoPeriods(key.Metric) ? 2 : 1);

    /// <summary>A6: the minimum over the days that the period reads, days before history_start left out.</summary>
    private double Completeness(Run run, MetricKey key, Headline headline) => run.Past
        .Take(DaysRead(key))
        .Where(d => d >= run.HistoryStart)
        .Min(d => d == run.Day ? headline.Completeness : _days[d].Result.Headline!.Completeness);

    /// <summary>A7: D−7, D−14, … D−56 as published.</summary>
    private List<IReadOnlyDictionary<MetricKey, MetricNumbers>> MetricsBefore(Run run) =>
        [.. Enumerable.Range(1, 8).Select(i => _days.GetValueOrDefault(run.Past[7 * i])?.Metrics).OfType<IReadOnlyDictionary<MetricKey, MetricNumbers>>()];

    private Dictionary<DateOnly, ReferenceTable> EventsByDay(DateOnly day, ReferenceTable events)
    {
        var byDay = _days.Where(d => d.Key < day).ToDictionary(d => d.Key, d => d.Value.Result.Tables["events"]);
        byDay[day] = events;
        return byDay;
    }
}
