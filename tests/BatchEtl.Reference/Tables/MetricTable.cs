using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.Tables;

/// <summary>The key of a row of metrics (A6).</summary>
internal sealed record MetricKey(string Metric, int Period, string? Dimension, string? Value);

/// <summary>Numerator and denominator (null for a count), the latter in the table's six digits.</summary>
internal sealed record MetricNumbers(ExactDecimal Numerator, ExactDecimal? Denominator)
{
    /// <summary>Numerator ÷ denominator; over 0 null.</summary>
    public double? Value => Denominator is not { } d ? Numerator.ToDouble()
        : d == ExactDecimal.Zero ? null
        : Numerator.ToDouble() / d.ToDouble();
}

/// <summary>A2, A3, A6 and "The rows of metrics" in tables.md.</summary>
internal sealed class MetricTable(
    MetricOptions options, DateOnly day, Func<int, DateOnly> daysBefore, ReferenceTable events, ReferenceTable sessions, IReadOnlyList<Actor> actors)
{
    private static readonly int[] Periods = [1, 7, 28];

    /// <summary>The rows of a metric over two periods (A3).</summary>
    public static bool ReadsTwoPeriods(string metric) =>
        metric is "new_actors" or "retained_actors" or "resurrected_actors" or "churned_actors" or "quick_ratio";

    public Dictionary<MetricKey, MetricNumbers> Rows()
    {
        var rows = new Dictionary<MetricKey, MetricNumbers>();
        Add(rows, null, null, actors, events, sessions);
        for (var i = 0; i < options.Dimensions.Count; i++)
        {
            var at = i;
            var dimension = options.Dimensions[i];
            var eventColumn = events.IndexOf(dimension);
            var sessionColumn = sessions.IndexOf("first_" + dimension);
            var byActor = actors.GroupBy(a => a.LastDimensions[at] ?? DimensionText.None).ToDictionary(g => g.Key, g => g.ToList());
            var byEvent = events.Rows.GroupBy(r => DimensionText.Of(r[eventColumn]) ?? DimensionText.None).ToDictionary(g => g.Key, g => g.ToList());
            var bySession = sessions.Rows.GroupBy(r => DimensionText.Of(r[sessionColumn]) ?? DimensionText.None).ToDictionary(g => g.Key, g => g.ToList());
            foreach (var value in byActor.Keys.Union(byEvent.Keys).Union(bySession.Keys))
            {
                Add(
                    rows,
                    dimension,
                    value,
                    byActor.GetValueOrDefault(value),
                    byEvent.TryGetValue(value, out var e) ? events with { Rows = e } : null,
                    bySession.TryGetValue(value, out var s) ? sessions with { Rows = s } : null);
            }
        }

        return rows;
    }

    /// <summary>All metrics of one dimension value (or of the whole); null = it has no rows of that kind.</summary>
    private void Add(
        Dictionary<MetricKey, MetricNumbers> rows,
        string? dimension,
        string? value,
        IReadOnlyList<Actor>? ofActors,
        ReferenceTable? ofEvents,
        ReferenceTable? ofSessions)
    {
        void Put(string metric, int period, ExactDecimal numerator, ExactDecimal? denominator = null) =>
            rows.Add(new MetricKey(metric, period, dimension, value), new MetricNumbers(numerator.Round(6), denominator?.Round(6)));

        if (ofActors is not null)
        {
            PutActors(Put, ofActors);
        }

        if (ofEvents is not null)
        {
            var count = ofEvents.Rows.Count;
            Put("events", 1, count);
            // A0: whoever has an event in events(D) is active on D, so for the whole these actors are the DAU.
            Put("events_per_actor", 1, count, Distinct(ofEvents, "actor_id"));
        }

        if (ofSessions is not null)
        {
            var count = ofSessions.Rows.Count;
            Put("sessions", 1, count);
            Put("sessions_per_actor", 1, count, Distinct(ofSessions, "actor_id"));
            Put("events_per_session", 1, Total(ofSessions, "events"), count);
            Put("session_duration_ms", 1, Total(ofSessions, "duration_ms"), count);
            Put("bounce_rate", 1, Total(ofSessions, "is_bounce"), count);
            Put("engaged_rate", 1, Total(ofSessions, "is_engaged"), count);
        }

        foreach (var declared in options.Declared)
        {
            if (declared is AggregateMetric aggregate)
            {
                if ((aggregate.Source == SourceTable.Events ? ofEvents : ofSessions) is { } source)
                {
                    Put(aggregate.Name, 1, Aggregate(aggregate, source));
                }
            }
            else if (declared is RatioMetric ratio)
            {
                // Of a ratio when it has rows of either side, the other counting as 0.
                var numerator = rows.GetValueOrDefault(new MetricKey(ratio.Numerator, 1, dimension, value));
                var denominator = rows.GetValueOrDefault(new MetricKey(ratio.Denominator, 1, dimension, value));
                if (numerator is not null || denominator is not null)
                {
                    Put(ratio.Name, 1, numerator?.Numerator ?? 0, denominator?.Numerator ?? 0);
                }
            }
        }
    }

    private void PutActors(Action<string, int, ExactDecimal, ExactDecimal?> put, IReadOnlyList<Actor> ofActors)
    {
        ExactDecimal Count(Func<Actor, bool> condition) => ofActors.Count(condition);

        // A2
        put("dau", 1, Count(a => a.ActiveIn(1)), null);
        put("wau", 7, Count(a => a.ActiveIn(7)), null);
        put("mau", 28, Count(a => a.ActiveIn(28)), null);
        put("stickiness", 28, Count(a => a.ActiveIn(1)), Count(a => a.ActiveIn(28)));

        // A3
        foreach (var n in Periods)
        {
            var firstDay = daysBefore(n - 1);
            bool Now(Actor a) => a.ActiveIn(n);
            bool Before(Actor a) => a.ActiveIn(n, n);
            bool New(Actor a) => a.FirstSeen >= firstDay && a.FirstSeen <= day;
            var fresh = Count(New);
            var resurrected = Count(a => Now(a) && !Before(a) && !New(a));
            var churned = Count(a => Before(a) && !Now(a));
            put("new_actors", n, fresh, null);
            put("retained_actors", n, Count(a => Now(a) && Before(a)), null);
            put("resurrected_actors", n, resurrected, null);
            put("churned_actors", n, churned, null);
            put("quick_ratio", n, fresh + resurrected, churned);
        }
    }

    private static ExactDecimal Aggregate(AggregateMetric metric, ReferenceTable source)
    {
        var rows = source.Rows.Where(r => Conditions.Hold(metric.Where, c => (r[source.IndexOf(c)], source.TypeOf(c)))).ToList();
        var values = metric.Column is null ? rows.Cast<object?>().ToList()
            : [.. rows.Select(r => r[source.IndexOf(metric.Column)]).Where(v => v is not null)];
        return metric.Kind switch
        {
            AggregateKind.Count => values.Count,
            AggregateKind.Distinct => values.Distinct().Count(),
            // A sum of nothing is 0 here.
            AggregateKind.Sum => (ExactDecimal?)Sums.Of(values, source.TypeOf(metric.Column!)) ?? ExactDecimal.Zero,
            _ => throw new NotSupportedException(metric.Kind.ToString()),
        };
    }

    private static ExactDecimal Distinct(ReferenceTable table, string column) =>
        table.Rows.Select(r => r[table.IndexOf(column)]).Distinct().Count();

    private static ExactDecimal Total(ReferenceTable table, string column) =>
        (ExactDecimal?)Sums.Of(table.Rows.Select(r => r[table.IndexOf(column)]), table.TypeOf(column)) ?? ExactDecimal.Zero;
}
