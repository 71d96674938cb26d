using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.Tables;

/// <summary>events, rejects and sessions.</summary>
internal static class EventTables
{
    public static ReferenceTable Events(IReadOnlyList<ColumnPlan> plans, IEnumerable<(MappedRecord Record, long SessionId)> events)
    {
        var table = new TableBuilder()
            .Column("event_id", ColumnType.Text)
            .Column("event_name", ColumnType.Text)
            .Column("occurred_at", ColumnType.Timestamp)
            .Column("actor_id", ColumnType.Text)
            .Column("user_id", ColumnType.Text)
            .Column("session_id", ColumnType.BigInt);
        var own = Own(plans);
        own.ForEach(i => table.Column(plans[i].Name, plans[i].Type));
        foreach (var (record, sessionId) in events)
        {
            table.Row([
                record.EventId, record.EventName, record.OccurredAt, record.ActorId, UserId(plans, record), sessionId,
                .. own.Select(i => record.Values[i]),
            ]);
        }

        return table.Build().SortedBy("actor_id", "occurred_at", "event_id");
    }

    public static ReferenceTable Rejects(IEnumerable<Reject> rejects)
    {
        var table = new TableBuilder()
            .Column("reason", ColumnType.Text)
            .Column("column_name", ColumnType.Text)
            .Column("raw_value", ColumnType.Text)
            .Column("file", ColumnType.Text)
            .Column("record_number", ColumnType.BigInt);
        foreach (var r in rejects)
        {
            table.Row(r.Reason, r.Column, r.Raw, r.File, r.RecordNumber);
        }

        return table.Build().SortedBy("file", "record_number");
    }

    /// <summary>S6.</summary>
    public static ReferenceTable Sessions(SessionOptions options, IReadOnlyList<ColumnPlan> plans, IEnumerable<Session> sessions)
    {
        var table = new TableBuilder()
            .Column("session_id", ColumnType.BigInt)
            .Column("actor_id", ColumnType.Text)
            .Column("started_at", ColumnType.Timestamp)
            .Column("ended_at", ColumnType.Timestamp)
            .Column("duration_ms", ColumnType.BigInt)
            .Column("events", ColumnType.BigInt)
            .Column("is_bounce", ColumnType.Boolean)
            .Column("is_engaged", ColumnType.Boolean)
            .Column("is_continuation", ColumnType.Boolean)
            .Column("sequence", ColumnType.Text)
            .Column("sequence_cut", ColumnType.Boolean)
            .Column("first_user_id", ColumnType.Text)
            .Column("last_user_id", ColumnType.Text);
        foreach (var (name, _) in options.Counts)
        {
            table.Column("count_" + name, ColumnType.BigInt);
        }

        var dimensions = Own(plans).Where(i => plans[i].Role == ColumnRole.Dimension).ToList();
        var measures = Own(plans).Where(i => plans[i].Role == ColumnRole.Measure).ToList();
        dimensions.ForEach(i => table.Column("first_" + plans[i].Name, plans[i].Type).Column("last_" + plans[i].Name, plans[i].Type));
        measures.ForEach(i => table.Column("sum_" + plans[i].Name, Sums.TypeOf(plans[i].Type)));

        foreach (var session in sessions)
        {
            var events = session.Events;
            var users = events.Select(e => UserId(plans, e)).Where(u => u is not null).ToList();
            table.Row([
                session.Id, session.ActorId, session.Start, session.End, (session.End - session.Start) / 1000, (long)events.Count,
                events.Count == 1, IsEngaged(options.Engaged, session), session.IsContinuation,
                Sequence(options, events), events.Count > 4096, users.FirstOrDefault(), users.LastOrDefault(),
                .. options.Counts.Select(c => (object?)(long)events.Count(e => c.Value.Contains(e.EventName))),
                .. dimensions.SelectMany(i => new[]
                {
                    events.Select(e => e.Values[i]).FirstOrDefault(v => v is not null),
                    events.Select(e => e.Values[i]).LastOrDefault(v => v is not null),
                }),
                .. measures.Select(i => Sums.Of(events.Select(e => e.Values[i]), plans[i].Type)),
            ]);
        }

        return table.Build().SortedBy("actor_id", "started_at");
    }

    /// <summary>At least so long, or so many views, or a conversion; zero or nothing switches a limb off.</summary>
    private static bool IsEngaged(EngagedOptions options, Session session)
    {
        var minimum = RecordMapping.Micros(options.MinDuration);
        return (minimum > 0 && session.End - session.Start >= minimum)
            || (options.MinViews > 0 && session.Events.Count(e => options.Views.Contains(e.EventName)) >= options.MinViews)
            || session.Events.Any(e => options.Conversions.Contains(e.EventName));
    }

    private static string Sequence(SessionOptions options, IReadOnlyList<MappedRecord> events)
    {
        var codes = options.EventCodes.ToDictionary(c => c.Key, c => c.Value);
        return string.Concat(events.Take(4096).Select(e => codes.GetValueOrDefault(e.EventName, '.')));
    }

    private static string? UserId(IReadOnlyList<ColumnPlan> plans, MappedRecord record)
    {
        var index = plans.ToList().FindIndex(p => p.Role == ColumnRole.UserId);
        return index < 0 ? null : (string?)record.Values[index];
    }

    private static List<int> Own(IReadOnlyList<ColumnPlan> plans) =>
        [.. Enumerable.Range(0, plans.Count).Where(i => plans[i].Role is ColumnRole.Dimension or ColumnRole.Measure)];
}
