using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.Tables;

/// <summary>A row of event_catalog(D) (A8); bit 0 of Activity is D.</summary>
internal sealed record CatalogEntry(
    string Name, DateOnly FirstSeen, DateOnly LastSeen, long Events, long Actors, int Hours, long Activity, string? State)
{
    /// <summary>event_catalog(D) = f(event_catalog(D−1), events(D)).</summary>
    public static List<CatalogEntry> Next(IEnumerable<CatalogEntry> before, ReferenceTable events, DateOnly day, Span span, bool isHistoryStart)
    {
        var name = events.IndexOf("event_name");
        var actor = events.IndexOf("actor_id");
        var time = events.IndexOf("occurred_at");
        var today = events.Rows.GroupBy(r => (string)r[name]!).ToDictionary(g => g.Key, g => g.ToList());
        var known = before.ToDictionary(e => e.Name);
        return [.. known.Keys.Union(today.Keys).Select(key =>
        {
            var old = known.GetValueOrDefault(key);
            var rows = today.GetValueOrDefault(key) ?? [];
            var past = ((old?.Activity ?? 0) << 1) & long.MaxValue;
            bool SeenOn(int daysBefore) => ((past >> daysBefore) & 1) == 1;
            var state = old is null ? (isHistoryStart ? null : "new")
                : rows.Count == 0 && Enumerable.Range(1, 7).All(SeenOn) ? "missing"
                : rows.Count > 0 && !Enumerable.Range(1, 28).Any(SeenOn) ? "returned"
                : null;
            return new CatalogEntry(
                key,
                old?.FirstSeen ?? day,
                rows.Count > 0 ? day : old!.LastSeen,
                rows.Count,
                rows.Select(r => r[actor]).Distinct().Count(),
                rows.Select(r => ((long)r[time]! - span.Start) / 3_600_000_000).Distinct().Count(),
                past | (rows.Count > 0 ? 1L : 0),
                state);
        })];
    }

    public static ReferenceTable Table(IEnumerable<CatalogEntry> entries)
    {
        var table = new TableBuilder()
            .Column("event_name", ColumnType.Text)
            .Column("first_seen", ColumnType.Date)
            .Column("last_seen", ColumnType.Date)
            .Column("events", ColumnType.BigInt)
            .Column("actors", ColumnType.BigInt)
            .Column("hours", ColumnType.Int)
            .Column("activity", ColumnType.BigInt)
            .Column("state", ColumnType.Text);
        foreach (var e in entries)
        {
            table.Row(e.Name, e.FirstSeen, e.LastSeen, e.Events, e.Actors, e.Hours, e.Activity, e.State);
        }

        return table.Build().SortedBy("event_name");
    }

    /// <summary>event_columns(D): for each event name and each mapped column the events and those where it is not null.</summary>
    public static ReferenceTable Columns(IReadOnlyList<ColumnPlan> plans, ReferenceTable events)
    {
        var table = new TableBuilder()
            .Column("event_name", ColumnType.Text)
            .Column("column_name", ColumnType.Text)
            .Column("events", ColumnType.BigInt)
            .Column("filled", ColumnType.BigInt);
        foreach (var group in events.Rows.GroupBy(r => (string)r[events.IndexOf("event_name")]!))
        {
            foreach (var plan in plans)
            {
                table.Row(group.Key, plan.Name, group.LongCount(), group.LongCount(r => r[events.IndexOf(plan.Name)] is not null));
            }
        }

        return table.Build().SortedBy("event_name", "column_name");
    }
}
