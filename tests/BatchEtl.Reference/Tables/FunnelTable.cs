using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.Tables;

/// <summary>A5: funnels(D) holds the rows of every entry day F with end(F) + window &gt; end(D−1).</summary>
internal static class FunnelTable
{
    /// <param name="events">events(X) as published, by day, D's included.</param>
    public static ReferenceTable Of(
        IReadOnlyList<FunnelDefinition> funnels, ZoneDays calendar, DateOnly day, IReadOnlyDictionary<DateOnly, ReferenceTable> events)
    {
        var table = new TableBuilder()
            .Column("funnel", ColumnType.Text)
            .Column("entry_day", ColumnType.Date)
            .Column("step", ColumnType.Int)
            .Column("step_name", ColumnType.Text)
            .Column("actors", ColumnType.BigInt)
            .Column("conversion_from_previous", ColumnType.Double)
            .Column("conversion_from_first", ColumnType.Double)
            .Column("median_ms", ColumnType.BigInt)
            .Column("p90_ms", ColumnType.BigInt)
            .Column("provisional", ColumnType.Boolean);
        foreach (var funnel in funnels)
        {
            var window = RecordMapping.Micros(funnel.Window);
            foreach (var entry in events.Keys.Where(f => f <= day && calendar.Day(f).End + window > calendar.Day(calendar.Before(day, 1)).End))
            {
                var read = events.Where(e => e.Key >= entry && e.Key <= day).Select(e => e.Value).ToList();
                var reached = Attempts(funnel, window, calendar.Day(entry), read);
                long Actors(int step) => reached.Count(times => times.Count > step);
                for (var step = 0; step < funnel.Steps.Count; step++)
                {
                    var at = step;
                    var took = reached.Where(times => times.Count > at).Select(times => (times[at] - times[0]) / 1000).Order().ToList();
                    table.Row(
                        funnel.Name, entry, step + 1, funnel.Steps[step].Event, Actors(step),
                        step == 0 ? null : Ratio(Actors(step), Actors(step - 1)), Ratio(Actors(step), Actors(0)),
                        Rank(took, 5), Rank(took, 9), calendar.Day(day).End < calendar.Day(entry).End + window);
                }
            }
        }

        return table.Build().SortedBy("funnel", "entry_day", "step");
    }

    /// <summary>For each actor with an attempt the times at which the furthest (of equals the earliest) attempt reached its steps.</summary>
    private static List<List<long>> Attempts(FunnelDefinition funnel, long window, Span entry, List<ReferenceTable> events)
    {
        var fitting = events.SelectMany(t => t.Rows.Select(r => (
                Actor: (string)r[t.IndexOf("actor_id")]!,
                Time: (long)r[t.IndexOf("occurred_at")]!,
                Id: (string)r[t.IndexOf("event_id")]!,
                Steps: funnel.Steps.Select(s => (string)r[t.IndexOf("event_name")]! == s.Event
                    && Conditions.Hold(s.Where, c => (r[t.IndexOf(c)], t.TypeOf(c)))).ToList())))
            .Where(e => e.Steps.Contains(true));
        var furthest = new List<List<long>>();
        foreach (var actor in fitting.GroupBy(e => e.Actor))
        {
            var chain = actor
                .OrderBy(e => e.Time)
                .ThenBy(e => e.Steps.IndexOf(true))
                .ThenBy(e => e.Id, Comparer<string>.Create(ValueOrder.CompareText))
                .ToList();
            var attempts = Enumerable.Range(0, chain.Count).Where(i => chain[i].Steps[0] && entry.Contains(chain[i].Time)).Select(i =>
            {
                var times = new List<long> { chain[i].Time };
                foreach (var later in chain.Skip(i + 1).TakeWhile(e => e.Time <= chain[i].Time + window))
                {
                    if (times.Count < funnel.Steps.Count && later.Steps[times.Count])
                    {
                        times.Add(later.Time);
                    }
                }

                return times;
            }).ToList();
            if (attempts.Count > 0)
            {
                furthest.Add(attempts.MaxBy(times => times.Count)!);
            }
        }

        return furthest;
    }

    private static double? Ratio(long a, long b) => b == 0 ? null : (double)a / b;

    /// <summary>Nearest rank: the ⌈p·n⌉-th smallest.</summary>
    private static long? Rank(List<long> sorted, int tenths) => sorted.Count == 0 ? null : sorted[(((tenths * sorted.Count) + 9) / 10) - 1];
}
