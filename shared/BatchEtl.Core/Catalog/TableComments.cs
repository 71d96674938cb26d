using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Catalog;

/// <summary>What tables and columns mean, for analysts who see them in a catalog (semantics.md, tables.md).</summary>
internal sealed class TableComments(Pipeline pipeline)
{
    private static readonly Dictionary<string, string> _tables = new(StringComparer.Ordinal)
    {
        ["events"] = "Events of the day, cleaned and without duplicates, dt is the day of occurred_at (E5).",
        ["rejects"] = "Records that are no events, of the landing folders that start in the day, with the reason (E3).",
        ["sessions"] = "Sessions that began on the day, they may run on over midnight (S2).",
        ["actors"] = "Snapshot of every actor ever seen up to the day, ask one dt only (A1).",
        ["metrics"] = "How the product did on the day, for the whole (dimension is null) and per value of each dimension (A2, A3, A6).",
        ["retention"] = "Cohorts by first day, week and month, and how many were active in the period that holds the day (A4). Use retention_triangle.",
        ["funnels"] = "Steps that actors reach, for every entry day whose window was open on the day (A5). Use funnels_final.",
        ["anomalies"] = "Metrics of the day that are far from those of the same weekday in the eight weeks before (A7).",
        ["event_catalog"] = "Snapshot of every event name ever seen up to the day, ask one dt only (A8).",
        ["event_columns"] = "How often each mapped column is filled, by event name (A8).",
        ["restatements"] = "What the run of the day restated of earlier days: headline numbers before and after (P2).",
    };

    private static readonly Dictionary<string, string> _columns = new(StringComparer.Ordinal)
    {
        ["events.event_id"] = "Id of the event, unique within the duplicates' horizon (E4).",
        ["events.event_name"] = "What happened.",
        ["events.occurred_at"] = "When it happened, UTC.",
        ["events.actor_id"] = "Whose activity it is (E2).",
        ["events.user_id"] = "The user, where known.",
        ["events.session_id"] = "The session it belongs to, in the morning perhaps one that began the day before (S5).",
        ["rejects.reason"] = "no_id, no_name, no_time, bad_time, no_actor, bad_value, too_late or future (E3).",
        ["rejects.column_name"] = "The mapped column that the reason is about.",
        ["rejects.raw_value"] = "What landed there, as text.",
        ["rejects.file"] = "The landed file, relative to the landing root.",
        ["rejects.record_number"] = "The record's number in the file, from 0, null where the engine does not know it.",
        ["sessions.session_id"] = "Id of the session, the same on every re-run (S4).",
        ["sessions.actor_id"] = "Whose session it is.",
        ["sessions.started_at"] = "Time of its first event, UTC.",
        ["sessions.ended_at"] = "Time of its last event, UTC.",
        ["sessions.duration_ms"] = "Milliseconds from the first to the last event.",
        ["sessions.events"] = "How many events it has.",
        ["sessions.is_bounce"] = "It has one event.",
        ["sessions.is_engaged"] = "It lasted long enough, or has enough views, or a conversion (S6).",
        ["sessions.is_continuation"] = "The cut after midnight began it, not a pause (S2).",
        ["sessions.sequence"] = "One character per event in order, as sessions.event_codes says, a dot for other events (S6).",
        ["sessions.sequence_cut"] = "It has more events than the sequence shows.",
        ["sessions.first_user_id"] = "The first user id that is not null.",
        ["sessions.last_user_id"] = "The last user id that is not null.",
        ["actors.actor_id"] = "The actor.",
        ["actors.first_seen"] = "The first day with an event of the actor.",
        ["actors.last_seen"] = "The last day with an event of the actor.",
        ["actors.user_id"] = "The last user id that is not null.",
        ["actors.activity"] = "Days of activity as bits: bit 0 is dt, bit n is n days before, 63 days in all (A1).",
        ["metrics.metric"] = "Name of the metric.",
        ["metrics.period_days"] = "1, 7 or 28 days that end on dt.",
        ["metrics.dimension"] = "Name of the dimension, null for the whole product. Rows of different dimensions are not to be added.",
        ["metrics.dimension_value"] = "Value of the dimension, (none) where it is missing.",
        ["metrics.value"] = "Numerator, or numerator by denominator, null where that is 0.",
        ["metrics.numerator"] = "The count or sum.",
        ["metrics.denominator"] = "What it is divided by, null for counts and sums.",
        ["metrics.value_1d_before"] = "The value as published for the day before.",
        ["metrics.value_7d_before"] = "The value as published for 7 days before.",
        ["metrics.value_28d_before"] = "The value as published for 28 days before.",
        ["metrics.completeness"] = "The least share of hours with records of the days that the value reads, 0 to 1 (A6).",
        ["metrics.history_complete"] = "All days that the value reads lie in history (A6).",
        ["retention.period"] = "day, week or month.",
        ["retention.cohort"] = "First day of the period in which the actors were first seen.",
        ["retention.n"] = "How many periods after the cohort's own.",
        ["retention.cohort_size"] = "Actors first seen in the cohort's period.",
        ["retention.active"] = "Those of them active in the n-th period after it.",
        ["retention.rate"] = "active by cohort_size, 0 to 1.",
        ["retention.provisional"] = "The n-th period is not over on dt, a later dt has the cell again.",
        ["funnels.funnel"] = "Name of the funnel.",
        ["funnels.entry_day"] = "Day of the first step. Rows of different entry days and dt are not to be added.",
        ["funnels.step"] = "Number of the step, from 1.",
        ["funnels.step_name"] = "Its event.",
        ["funnels.actors"] = "Actors whose best attempt of the day reaches it within the window.",
        ["funnels.conversion_from_previous"] = "By the actors of the step before, 0 to 1, null at the first.",
        ["funnels.conversion_from_first"] = "By the actors of the first step, 0 to 1.",
        ["funnels.median_ms"] = "Half of them take at most so many milliseconds from entry (nearest rank).",
        ["funnels.p90_ms"] = "Nine of ten take at most so many milliseconds from entry (nearest rank).",
        ["funnels.provisional"] = "The window behind the entry day is still open on dt, a later dt has the row again.",
        ["anomalies.metric"] = "Name of the metric, as in metrics.",
        ["anomalies.period_days"] = "As in metrics.",
        ["anomalies.dimension"] = "As in metrics, null for the whole product.",
        ["anomalies.dimension_value"] = "As in metrics.",
        ["anomalies.value"] = "The value on dt, 0 where a count has no row.",
        ["anomalies.expected"] = "Median of the same weekday in the eight weeks before.",
        ["anomalies.low"] = "Lowest value that counts as usual.",
        ["anomalies.high"] = "Highest value that counts as usual.",
        ["anomalies.days"] = "How many of the eight days have a value.",
        ["anomalies.completeness"] = "As in metrics.",
        ["event_catalog.event_name"] = "The name.",
        ["event_catalog.first_seen"] = "The first day with such an event.",
        ["event_catalog.last_seen"] = "The last day with such an event.",
        ["event_catalog.events"] = "Events of the day.",
        ["event_catalog.actors"] = "Actors with such an event on the day.",
        ["event_catalog.hours"] = "Hours of the day that hold one.",
        ["event_catalog.activity"] = "Days with such an event as bits: bit 0 is dt, bit n is n days before, 63 days in all.",
        ["event_catalog.state"] = "new, missing (seen on each of the 7 days before, not on dt), returned (after more than 28 days), else null.",
        ["event_columns.event_name"] = "Name of the event.",
        ["event_columns.column_name"] = "Mapped column.",
        ["event_columns.events"] = "Events of the day.",
        ["event_columns.filled"] = "Those of them where the column is not null.",
        ["restatements.restated_day"] = "The day that was published again.",
        ["restatements.run_id"] = "The run that did it.",
        ["restatements.reason"] = "Why.",
        ["restatements.metric"] = "Headline number: records, rejects, duplicates, events, sessions, actors, or sum_ and a measure.",
        ["restatements.old_value"] = "The number as published before.",
        ["restatements.new_value"] = "The number as published now.",
    };

    public string Of(string table) => _tables.TryGetValue(table, out var text) ? text : OfCube(table);

    public string Of(string table, string column)
    {
        if (_columns.TryGetValue($"{table}.{column}", out var text))
        {
            return text;
        }

        if (pipeline.Cubes.FirstOrDefault(c => "cube_" + c.Name == table) is { } cube)
        {
            return OfCubeColumn(cube, column);
        }

        var (kind, name) = column.IndexOf('_', StringComparison.Ordinal) is var at && at > 0 && column[..at] is "first" or "last" or "sum" or "count"
            ? (column[..at], column[(at + 1)..])
            : (string.Empty, column);
        return (table, kind) switch
        {
            ("sessions", "count") => $"How many events are {string.Join(" or ", pipeline.Sessions.Counts.First(c => c.Key == name).Value)}.",
            ("sessions", "sum") => $"Sum of {name} over its events, null where none has one.",
            ("sessions", "first") => $"The first {name} that is not null.",
            ("sessions" or "actors", "last") => $"The last {name} that is not null.",
            _ => Mapped(column),
        };
    }

    private string OfCube(string table)
    {
        var cube = pipeline.Cubes.First(c => "cube_" + c.Name == table);
        return $"{(cube.Source == SourceTable.Events ? "Events" : "Sessions")} of the day by {string.Join(", ", cube.AllDimensions.DefaultIfEmpty("nothing"))}. WHERE grouping_id = 0 is the finest grain (C3).";
    }

    private static string OfCubeColumn(CubeDefinition cube, string column)
    {
        if (column == "grouping_id")
        {
            return $"Which dimensions are rolled up, as bits{(cube.AllDimensions.Count > 0 ? $", {cube.AllDimensions[0]} the highest" : "")}, 0 = none. Rows of different grouping_id are not to be added (C3).";
        }

        var measure = cube.Measures.FirstOrDefault(m => m.Name == column);
        return measure is null
            ? cube.Levels is { } levels && levels.Names.Contains(column) ? $"Part of {levels.Of}, (none) where it has none, null where rolled up (C4)." : $"Dimension {column}, (none) where it is missing, null where rolled up (C3)."
            : $"{measure.Kind.ToString().ToLowerInvariant()}{(measure.Column is null ? "" : $"({measure.Column})")}.";
    }

    /// <summary>Where a dimension or measure comes from.</summary>
    private string Mapped(string column)
    {
        var mapped = pipeline.Events.Dimensions.Concat(pipeline.Events.Measures).First(c => c.Name == column);
        return $"From {string.Join(", else ", mapped.Alternatives.Select(Text))} of what landed.";
    }

    private static string Text(Alternative alternative) => alternative switch
    {
        PathAlternative path => path.Path.Text,
        JoinedAlternative joined => string.Join($" {joined.Separator} ", joined.Paths.Select(p => p.Text)),
        ConstantAlternative constant => $"the constant {constant.Text}",
        _ => string.Empty,
    };
}
