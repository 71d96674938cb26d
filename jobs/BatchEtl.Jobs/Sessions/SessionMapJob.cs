using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;
using BatchEtl.Jobs.Events;

namespace BatchEtl.Jobs.Sessions;

/// <summary>
/// Decides sessions from stretches of time instead of from events (S1–S4). Makes the steps <c>session_map</c> (the session
/// of each actor's stretch) and <c>yesterday</c> (sessions of the day before that run on into D, S5).
/// </summary>
public sealed class SessionMapJob : IJob
{
    internal const string SessionMap = "session_map";
    internal const string Yesterday = "yesterday";
    private const string Buckets = "buckets";
    private static readonly SqlTemplate _buckets = SqlTemplate.Beside<SessionMapJob>("buckets.sql");
    private static readonly SqlTemplate _map = SqlTemplate.Beside<SessionMapJob>("session_map.sql");

    public string Name => "session map";

    public void Build(DayBuild build)
    {
        var engine = build.Engine;
        var windows = build.Windows;
        var actor = build.Columns.First(c => c.Role == ColumnRole.ActorId);
        var any = false;
        engine.Materialize(Yesterday, YesterdaySelect(build, engine.TypeName(actor.Type)), build.Cancellation);
        engine.Drop(Buckets);
        foreach (var (slice, kept) in KeptEvents.Of(build, windows.SessionEvents))
        {
            engine.Append(
                Buckets,
                _buckets.Render(engine.Dialect, new Dictionary<string, string>
                {
                    ["events"] = $"({kept}) AS kept",
                    ["slice"] = Dialect.Long(slice),
                    ["gap"] = Dialect.Long(windows.Gap),
                    ["start"] = Dialect.Long(windows.Start),
                    ["cut"] = Dialect.Long(windows.Start + windows.CarryOver),
                }),
                build.Cancellation);
            any = true;
        }

        if (!any)
        {
            return;
        }

        var id = build.Columns.First(c => c.Role == ColumnRole.EventId);
        engine.Materialize(
            SessionMap,
            _map.Render(engine.Dialect, new Dictionary<string, string>
            {
                ["buckets"] = Buckets,
                ["yesterday"] = Yesterday,
                ["gap"] = Dialect.Long(windows.Gap),
                ["start"] = Dialect.Long(windows.Start),
                ["text"] = engine.TypeName(ColumnType.Text),
                ["actor_text"] = AsText(build, actor, "actor_id"),
                ["first_event_text"] = AsText(build, id, "first_event_id"),
            }),
            build.Cancellation);
        engine.Drop(Buckets);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build) => [];

    private static string AsText(DayBuild build, TypedColumn column, string name) =>
        column.Type.Kind == TypeKind.Uuid ? build.Engine.Dialect.Call("uuid_text", name) : name;

    private static string YesterdaySelect(DayBuild build, string actorType)
    {
        var columns = $"CAST(actor_id AS {actorType}) AS actor_id, session_id, "
            + $"{build.Engine.Dialect.Call("micros", "started_at")} AS started_at, {build.Engine.Dialect.Call("micros", "ended_at")} AS ended_at";
        return build.DayBefore is { } before
            ? $"SELECT * FROM (SELECT {columns} FROM {build.Relation("sessions", before)} AS s) AS t WHERE ended_at >= {Dialect.Long(build.Windows.Start)}"
            : $"SELECT CAST(NULL AS {actorType}) AS actor_id, CAST(NULL AS BIGINT) AS session_id, CAST(NULL AS BIGINT) AS started_at, CAST(NULL AS BIGINT) AS ended_at WHERE false";
    }
}
