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
/// of each actor's stretch) and <c>yesterday</c> (sessions of the day before that run on into D, S5); on engines that keep
/// rows in order <see cref="SessionedStep"/> instead of the first.
/// </summary>
public sealed class SessionMapJob : IJob
{
    internal const string SessionMap = "session_map";
    internal const string Yesterday = "yesterday";
    private const string Buckets = "buckets";
    private const string Slice = "buckets_slice";
    private static readonly SqlTemplate _buckets = SqlTemplate.Beside<SessionMapJob>("buckets.sql");
    private static readonly SqlTemplate _map = SqlTemplate.Beside<SessionMapJob>("session_map.sql");

    public string Name => "session map";

    public IReadOnlyList<string> Tables(Pipeline pipeline) => [];

    public void Build(DayBuild build)
    {
        var engine = build.Engine;
        var windows = build.Windows;
        var actor = build.Columns.First(c => c.Role == ColumnRole.ActorId);
        engine.Materialize(Yesterday, YesterdaySelect(build, engine.TypeName(actor.Type)), build.Cancellation);
        if (engine.KeepsLandedRecords)
        {
            SessionedStep.Make(build);
            return;
        }

        if (!FillBuckets(build))
        {
            return;
        }

        engine.Materialize(
            SessionMap,
            _map.Render(engine.Dialect, new Dictionary<string, string>
            {
                ["buckets"] = Buckets,
                ["yesterday"] = Yesterday,
                ["gap"] = Dialect.Long(windows.Gap),
                ["start"] = Dialect.Long(windows.Start),
                ["text"] = engine.TypeName(ColumnType.Text),
                ["actor_text"] = AsText(build, ColumnRole.ActorId, "actor_id"),
                ["first_event_text"] = AsText(build, ColumnRole.EventId, "first_event_id"),
            }),
            build.Cancellation);
        engine.Drop(Buckets);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build) => [];

    /// <summary>One scan of the landed files gives the stretches and the records of repeated ids; those are settled and follow.</summary>
    private static bool FillBuckets(DayBuild build)
    {
        var engine = build.Engine;
        var window = build.InHistory(build.Windows.SessionEvents);
        var any = false;
        engine.Drop(Buckets);
        foreach (var (slice, marked) in KeptEvents.Marked(build, window))
        {
            var repeated = $",\n  {engine.Dialect.Call("collect", KeptEvents.Record(build))} FILTER (WHERE is_repeated) AS repeated";
            engine.Materialize(Slice, BucketsOf(build, slice, marked, repeated), build.Cancellation);
            engine.Append(Buckets, Counted(Slice), build.Cancellation);
            KeptEvents.TakeRepeated(build, Slice, "repeated");
            engine.Drop(Slice);
            any = true;
        }

        if (any)
        {
            engine.Append(Buckets, Counted($"({BucketsOf(build, 0, KeptEvents.Settle(build, window), string.Empty)}) AS settled"), build.Cancellation);
        }

        return any;

        static string Counted(string buckets) =>
            $"SELECT slice, actor_id, bucket, segment, first_at, last_at, first_event_id FROM {buckets} WHERE first_at IS NOT NULL";
    }

    private static string BucketsOf(DayBuild build, int slice, string events, string repeated)
    {
        var dialect = build.Engine.Dialect;
        return _buckets.Render(dialect, new Dictionary<string, string>
        {
            ["events"] = $"({events}) AS marked",
            ["slice"] = Dialect.Long(slice),
            ["repeated"] = repeated,
            ["gap"] = Dialect.Long(build.Windows.Gap),
            ["start"] = Dialect.Long(build.Windows.Start),
            ["cut"] = Dialect.Long(build.Windows.Start + build.Windows.CarryOver),
        });
    }

    /// <summary>An id's text, of whatever type the engine has it.</summary>
    internal static string AsText(DayBuild build, ColumnRole role, string name) =>
        build.Columns.First(c => c.Role == role).Type.Kind == TypeKind.Uuid ? build.Engine.Dialect.Call("uuid_text", name) : name;

    private static string YesterdaySelect(DayBuild build, string actorType)
    {
        var columns = $"CAST(actor_id AS {actorType}) AS actor_id, session_id, "
            + $"{build.Engine.Dialect.Call("micros", "started_at")} AS started_at, {build.Engine.Dialect.Call("micros", "ended_at")} AS ended_at";
        return build.DayBefore is { } before
            ? $"SELECT * FROM (SELECT {columns} FROM {build.Relation("sessions", before)} AS s) AS t WHERE ended_at >= {Dialect.Long(build.Windows.Start)}"
            : $"SELECT CAST(NULL AS {actorType}) AS actor_id, CAST(NULL AS BIGINT) AS session_id, CAST(NULL AS BIGINT) AS started_at, CAST(NULL AS BIGINT) AS ended_at WHERE false";
    }
}
