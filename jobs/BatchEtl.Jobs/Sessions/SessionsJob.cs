using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;
using BatchEtl.Jobs.Events;

namespace BatchEtl.Jobs.Sessions;

/// <summary>Writes sessions(D), part by part, from the events that the events job wrote.</summary>
public sealed class SessionsJob : IJob
{
    private const int SequenceLimit = 4096;
    private static readonly SqlTemplate _sessions = SqlTemplate.Beside<SessionsJob>("sessions.sql");

    public string Name => "sessions";

    public void Build(DayBuild build)
    {
        var contract = build.Contracts.Sessions;
        var parts = build.Parts[EventsJob.Parts];
        foreach (var (part, files) in parts)
        {
            var tail = build.Parts[EventsJob.TailParts].TryGetValue(part, out var more) ? more : [];
            build.Write(contract, Select(build, [.. files, .. tail]), string.Create(CultureInfo.InvariantCulture, $"part-{part:D3}"));
        }

        // A part without events of the day has no sessions of the day either.
        if (parts.Count == 0)
        {
            build.WriteEmpty(contract);
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

    private static string Select(DayBuild build, IReadOnlyList<string> files)
    {
        var dialect = build.Engine.Dialect;
        var aggregates = new List<string>();
        var attributes = new List<string>();
        void Add(string name, string aggregate)
        {
            aggregates.Add($"{aggregate} AS {dialect.Identifier(name)}");
            attributes.Add($"s.{dialect.Identifier(name)}");
        }

        foreach (var name in build.Pipeline.Events.Dimensions.Select(d => d.Name).Prepend("user_id"))
        {
            Add("first_" + name, dialect.Call("first_by", dialect.Identifier(name), "place"));
            Add("last_" + name, dialect.Call("last_by", dialect.Identifier(name), "place"));
        }

        foreach (var count in build.Pipeline.Sessions.Counts)
        {
            Add("count_" + count.Key, $"count(*) FILTER (WHERE {NameIn(dialect, count.Value)})");
        }

        foreach (var measure in build.Columns.Where(c => c.Role == ColumnRole.Measure))
        {
            Add("sum_" + measure.Name, SumSql.Of(build.Engine, dialect.Identifier(measure.Name), measure.PublishedType));
        }

        var engaged = Engaged(build, aggregates);
        return _sessions.Render(dialect, new Dictionary<string, string>
        {
            ["events"] = build.Engine.ParquetRelation(files),
            ["yesterday"] = SessionMapJob.Yesterday,
            ["continuations"] = $"(SELECT session_id FROM {SessionMapJob.SessionMap} WHERE is_continuation)",
            ["aggregates"] = string.Join(",\n    ", aggregates),
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
