using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Actors;

/// <summary>Writes actors(D) from actors(D−1), events(D) and sessions(D) (A1).</summary>
public sealed class ActorsJob : IJob
{
    private static readonly SqlTemplate _actors = SqlTemplate.Beside<ActorsJob>("actors.sql");

    public string Name => "actors";

    public bool IsChained => true;

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [new("actors", 1), new("sessions", 1)];

    public void Build(DayBuild build)
    {
        var dialect = build.Engine.Dialect;
        var events = build.Contracts.Events;
        var day = dialect.Date(build.Day);
        var lasts = build.Pipeline.Metrics.Dimensions
            .Select(d => (Column: d, Name: "last_" + d))
            .Prepend((Column: "user_id", Name: "user_id"))
            .Select(l => (
                Name: dialect.Identifier(l.Name),
                Column: dialect.Identifier(l.Column),
                Session: dialect.Identifier("last_" + l.Column),
                Value: TextSql.Of(build.Engine, dialect.Identifier(l.Column), events.Columns.First(c => c.Name == l.Column).Type)))
            .ToList();
        var ends = new EndsSql(dialect, [.. lasts.Select(l => l.Value)], "actor_id", "happened_at", "id");
        build.Write(build.Contracts.Actors, _actors.Render(dialect, new Dictionary<string, string>
        {
            ["events"] = build.Relation("events", build.Day),
            ["sessions"] = build.Relation("sessions", build.Day),
            ["sessions_before"] = build.DayBefore is { } sessionsBefore
                ? build.Relation("sessions", sessionsBefore)
                : $"(SELECT CAST(NULL AS BIGINT) AS session_id, CAST(NULL AS {build.Engine.TypeName(ColumnType.Timestamp)}) AS ended_at WHERE false)",
            ["start"] = Dialect.Long(build.Windows.Start),
            ["end"] = Dialect.Long(build.Windows.End),
            ["before"] = build.DayBefore is { } before ? build.Relation("actors", before) : NoRowsSql.Of(build.Engine, build.Contracts.Actors),
            ["day"] = day,
            ["session_columns"] = string.Join(", ", lasts.Select(l => $"{l.Session} AS {l.Column}")),
            ["event_columns"] = string.Join(", ", lasts.Select(l => l.Column)),
            ["names"] = string.Join(", ", lasts.Select(l => l.Column)),
            ["piece"] = ends.InOrder("piece"),
            ["ends"] = ends.Aggregates,
            ["last_names"] = string.Join(", ", lasts.Select(l => l.Name)),
            ["last_values"] = string.Join(", ", lasts.Select((l, i) => $"coalesce({ends.Last("t", i)}, b.{l.Name}) AS {l.Name}")),
        }));
        build.Counts.Actors = build.Count(build.Relation("actors", build.Day), "(activity & 1) = 1");
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var actors = build.Relation("actors", build.Day);
        yield return new TableCheck(
            "actors", "actor_id_unique", CheckSeverity.Fail,
            $"SELECT count(*) - count(DISTINCT actor_id) FROM {actors} AS a", 0, "actors occur more than once (A1)");
        if (build.DayBefore is { } before)
        {
            yield return new TableCheck(
                "actors", "nobody_forgotten", CheckSeverity.Fail,
                $"SELECT (SELECT count(*) FROM {build.Relation("actors", before)} AS b) - (SELECT count(*) FROM {actors} AS a WHERE first_seen < last_seen OR (activity & 1) = 0)",
                0, "actors of the day before are missing (A1)");
        }
    }
}
