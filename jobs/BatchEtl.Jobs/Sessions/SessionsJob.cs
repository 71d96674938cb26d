using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;
using BatchEtl.Jobs.Events;

namespace BatchEtl.Jobs.Sessions;

/// <summary>Writes sessions(D), slice by slice, from the events that the events job wrote.</summary>
public sealed class SessionsJob : IJob
{
    private const int SequenceLimit = 4096;
    private const string Open = "open_sessions";
    private static readonly SqlTemplate _sessions = SqlTemplate.Beside<SessionsJob>("sessions.sql");

    public string Name => "sessions";

    public void Build(DayBuild build)
    {
        if (build.Engine.KeepsLandedRecords)
        {
            WriteOnce(build);
        }
        else
        {
            WriteSlices(build);
        }

        build.Counts.Sessions = build.Count(build.Relation("sessions", build.Day));
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var sessions = build.Relation("sessions", build.Day);
        yield return new TableCheck(
            "sessions", "session_id_unique", CheckSeverity.Fail,
            $"SELECT count(*) - count(DISTINCT session_id) FROM {sessions} AS s", 0,
            "session ids occur more than once (S4)");
        yield return new TableCheck(
            "sessions", "no_overlap", CheckSeverity.Fail,
            $"SELECT count(*) FROM (SELECT started_at, max(ended_at) OVER (PARTITION BY actor_id ORDER BY started_at, ended_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_at FROM {sessions} AS s) AS o WHERE started_at <= before_at",
            0, "sessions of one actor overlap (S1)");
        yield return new TableCheck(
            "sessions", "begun_in_day", CheckSeverity.Fail,
            $"SELECT count(*) FROM (SELECT {build.Engine.Dialect.Call("micros", "started_at")} AS t FROM {sessions} AS s) AS b WHERE t < {Dialect.Long(build.Windows.Start)} OR t >= {Dialect.Long(build.Windows.End)}",
            0, "sessions begin outside their day (S2)");
        foreach (var measure in build.Contracts.Sessions.Columns.Where(c => c.Name.StartsWith("sum_", StringComparison.Ordinal)))
        {
            yield return new TableCheck(
                "sessions", $"{measure.Name}_fits", CheckSeverity.Fail,
                $"SELECT count(*) FROM {sessions} AS s WHERE {SumSql.Overflows(build.Engine.Dialect.Identifier(measure.Name), measure.Type)}",
                0, "sums have more than 38 digits (C2)");
        }
    }

    private static void WriteOnce(DayBuild build)
    {
        var events = new SessionEvents(
            SessionedStep.Name, SessionedStep.BegunToday(build), "occurred_at", "event_id", SessionedStep.Key, "any_value(session_id)", "s._is_continuation", IsInOrder: true);
        build.Write(build.Contracts.Sessions, Select(build, events));
        build.Engine.Drop(SessionedStep.Name);
    }

    private static void WriteSlices(DayBuild build)
    {
        var contract = build.Contracts.Sessions;
        var slices = build.SliceFiles[EventsJob.Slices];
        var tails = build.SliceFiles[EventsJob.TailSlices];
        var begunToday = $"session_id NOT IN (SELECT session_id FROM {SessionMapJob.Yesterday})";
        var open = OpenSessions(build);
        foreach (var (slice, files) in slices)
        {
            var tail = tails.TryGetValue(slice, out var more) ? more : [];
            var whole = open == 0 ? begunToday : $"{begunToday} AND session_id NOT IN (SELECT session_id FROM {Open})";
            build.Write(contract, Select(build, OfFiles(build, [.. files, .. tail], whole)), string.Create(CultureInfo.InvariantCulture, $"part-{slice:D3}"));
        }

        // Sessions with events in several slices: of the whole day at once, in as many passes as memory wants.
        IReadOnlyList<string> all = [.. slices.Values.Concat(tails.Values).SelectMany(f => f)];
        var passes = open == 0
            ? 0
            : 1 + build.Count(build.Engine.ParquetRelation(all), $"session_id IN (SELECT session_id FROM {Open})") / build.Engine.RecordsPerSlice;
        for (var pass = 0; pass < passes; pass++)
        {
            var wanted = string.Create(CultureInfo.InvariantCulture, $"session_id IN (SELECT session_id FROM {Open} WHERE abs(session_id % {passes}) = {pass})");
            build.Write(
                contract,
                Select(build, OfFiles(build, all, wanted)),
                string.Create(CultureInfo.InvariantCulture, $"open-{pass:D3}"));
        }

        build.Engine.Drop(Open);

        // Without events of the day there are no sessions of the day either.
        if (slices.Count == 0)
        {
            build.WriteEmpty(contract);
        }
    }

    private static decimal OpenSessions(DayBuild build)
    {
        if (build.SliceFiles[EventsJob.Slices].Count + build.SliceFiles[EventsJob.TailSlices].Count < 2)
        {
            return 0;
        }

        build.Engine.Materialize(Open, $"SELECT DISTINCT session_id FROM {SessionMapJob.SessionMap} WHERE is_open", build.Cancellation);
        return build.Count(Open);
    }

    /// <summary>Where a session's events are, and how they are told apart.</summary>
    /// <param name="Micros">occurred_at as microseconds.</param>
    /// <param name="Id">event_id in the engine's own type.</param>
    /// <param name="Key">Columns that a session's events share.</param>
    /// <param name="SessionId">The id, of a group of events.</param>
    /// <param name="IsContinuation">Whether S2's cut began it, of the group's summary.</param>
    /// <param name="IsInOrder">Whether events have their place in the session already.</param>
    private sealed record SessionEvents(
        string Relation, string Wanted, string Micros, string Id, string Key, string SessionId, string IsContinuation, bool IsInOrder);

    private static SessionEvents OfFiles(DayBuild build, IReadOnlyList<string> files, string wanted)
    {
        var dialect = build.Engine.Dialect;
        var isUuid = build.Columns.First(c => c.Role == ColumnRole.EventId).Type.Kind == TypeKind.Uuid;
        return new SessionEvents(
            build.Engine.ParquetRelation(files), wanted, dialect.Call("micros", "occurred_at"), isUuid ? dialect.Call("text_uuid", "event_id") : "event_id", "session_id", "session_id",
            $"s.session_id IN (SELECT session_id FROM {SessionMapJob.SessionMap} WHERE is_continuation)", IsInOrder: false);
    }

    private static string Select(DayBuild build, SessionEvents events)
    {
        var engine = build.Engine;
        var dialect = engine.Dialect;
        var aggregates = new List<string>();
        var attributes = new List<string>();
        void Add(string name, string aggregate)
        {
            aggregates.Add($"{aggregate} AS {dialect.Identifier(name)}");
            attributes.Add($"s.{dialect.Identifier(name)}");
        }

        var kept = build.Pipeline.Events.Dimensions.Select(d => d.Name).Prepend("user_id")
            .Select(name => build.Contracts.Events.Columns.First(c => c.Name == name)).ToList();
        var text = engine.TypeName(ColumnType.Text);
        var ends = new EndsSql(dialect, [.. kept.Select(c => $"CAST({dialect.Identifier(c.Name)} AS {text})")], events.Key, "t", "id");
        for (var i = 0; i < kept.Count; i++)
        {
            var type = engine.TypeName(kept[i].Type);
            attributes.Add($"CAST({ends.First("s", i)} AS {type}) AS {dialect.Identifier("first_" + kept[i].Name)}");
            attributes.Add($"CAST({ends.Last("s", i)} AS {type}) AS {dialect.Identifier("last_" + kept[i].Name)}");
        }

        foreach (var count in build.Pipeline.Sessions.Counts)
        {
            Add("count_" + count.Key, $"count(*) FILTER (WHERE {NameIn(dialect, count.Value)})");
        }

        foreach (var measure in build.Columns.Where(c => c.Role == ColumnRole.Measure))
        {
            Add("sum_" + measure.Name, SumSql.Of(build.Engine, dialect.Identifier(measure.Name), measure.PublishedType));
        }

        if (events.IsInOrder)
        {
            aggregates.Add("any_value(_is_continuation) AS _is_continuation");
        }

        var engaged = Engaged(build, aggregates);
        return _sessions.Render(dialect, new Dictionary<string, string>
        {
            ["events"] = events.Relation,
            ["wanted"] = events.Wanted,
            ["micros"] = events.Micros,
            ["id"] = events.Id,
            ["key"] = events.Key,
            ["session_id"] = events.SessionId,
            ["is_continuation"] = events.IsContinuation,
            ["event"] = events.IsInOrder ? "event" : ends.InOrder("event"),
            ["ends"] = ends.Aggregates,
            ["aggregates"] = string.Concat(aggregates.Select(a => $",\n    {a}")),
            ["attributes"] = string.Join(", ", attributes),
            ["engaged"] = engaged,
            ["codes"] = Codes(build, dialect),
            ["sequence_limit"] = SequenceLimit.ToString(CultureInfo.InvariantCulture),
        });
    }

    private static string Codes(DayBuild build, Dialect dialect)
    {
        var codes = build.Pipeline.Sessions.EventCodes;
        return codes.Count == 0
            ? CodePoint('.')
            : $"CASE event_name {string.Join(' ', codes.Select(c => $"WHEN {dialect.Text(c.Key)} THEN {CodePoint(c.Value)}"))} ELSE {CodePoint('.')} END";

        static string CodePoint(char c) => ((int)c).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>S6's is_engaged; limbs that are zero or empty are off.</summary>
    private static string Engaged(DayBuild build, List<string> aggregates)
    {
        var options = build.Pipeline.Sessions.Engaged;
        var limbs = new List<string>();
        if (options.MinDuration > TimeSpan.Zero)
        {
            limbs.Add($"s.last_t - s.first_t >= {Dialect.Long(DayWindows.Micros(options.MinDuration))}");
        }

        if (options.MinViews > 0 && options.Views.Count > 0)
        {
            aggregates.Add($"count(*) FILTER (WHERE {NameIn(build.Engine.Dialect, options.Views)}) AS _views");
            limbs.Add($"s._views >= {options.MinViews.ToString(CultureInfo.InvariantCulture)}");
        }

        if (options.Conversions.Count > 0)
        {
            aggregates.Add($"count(*) FILTER (WHERE {NameIn(build.Engine.Dialect, options.Conversions)}) AS _conversions");
            limbs.Add("s._conversions > 0");
        }

        return limbs.Count == 0 ? "false" : $"({string.Join(" OR ", limbs)})";
    }

    private static string NameIn(Dialect dialect, IReadOnlyList<string> names) =>
        names.Count == 0 ? "false" : $"event_name IN ({string.Join(", ", names.Select(dialect.Text))})";
}
