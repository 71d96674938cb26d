using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;
using BatchEtl.Jobs.Sessions;

namespace BatchEtl.Jobs.Events;

/// <summary>Writes events(D) slice by slice, and the events behind D that sessions(D) run on to.</summary>
public sealed class EventsJob : IJob
{
    /// <summary>Slices of events(D).</summary>
    public const string Slices = "events";

    /// <summary>Slices of the events in [end(D), end(D) + carry_over) that belong to sessions(D); nobody publishes them.</summary>
    public const string TailSlices = "events_tail";

    private static readonly SqlTemplate _events = SqlTemplate.Beside<EventsJob>("events.sql");

    public string Name => "events";

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [new("sessions", 1)];

    public void Build(DayBuild build)
    {
        var windows = build.Windows;
        var contract = build.Contracts.Events;
        if (build.Engine.KeepsLandedRecords)
        {
            var mine = string.Join(", ", Columns(build, "e.session_id"));
            build.Engine.WriteParquet(
                $"SELECT {mine} FROM {SessionedStep.Name} AS e WHERE occurred_at < {Dialect.Long(windows.End)}",
                build.Tables.Stage(contract.Name), "part-000", build.Format, build.Cancellation);
            Count(build);
            return;
        }

        build.SliceFiles[Slices] = Write(build, windows.Window, build.Tables.Stage(contract.Name), "true");
        build.SliceFiles[TailSlices] = windows.CarryOver == 0
            ? new Dictionary<int, IReadOnlyList<string>>()
            : Write(
                build,
                new Window(windows.End, windows.End + windows.CarryOver),
                build.Tables.Scratch(TailSlices),
                $"m.started_at >= {Dialect.Long(windows.Start)} AND m.started_at < {Dialect.Long(windows.End)}");
        if (build.SliceFiles[Slices].Count == 0)
        {
            build.WriteEmpty(contract);
        }

        Count(build);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var events = build.Relation("events", build.Day);
        yield return new TableCheck(
            "events", "records_balance", CheckSeverity.Fail,
            $"SELECT abs(count(*) + {Dialect.Long(build.Counts.Duplicates)} - {Dialect.Long(build.Counts.ValidRecords)}) FROM {events}", 0,
            "valid records of the day are not events + duplicates (E4)");
        yield return new TableCheck(
            "events", "sessions_known", CheckSeverity.Fail,
            $"SELECT count(*) FROM {events} WHERE session_id IS NULL", 0,
            "events continue a session that the published sessions of the day before do not cover: late data changed that day; run it first (backfill --from the day before)");
        yield return new TableCheck(
            "events", "inside_day", CheckSeverity.Fail,
            $"SELECT count(*) FROM (SELECT {build.Engine.Dialect.Call("micros", "occurred_at")} AS t FROM {events}) AS e WHERE t < {Dialect.Long(build.Windows.Start)} OR t >= {Dialect.Long(build.Windows.End)}", 0,
            "events lie outside their day (E5)");
    }

    private static Dictionary<int, IReadOnlyList<string>> Write(DayBuild build, Window window, string folder, string wanted)
    {
        var engine = build.Engine;
        var windows = build.Windows;
        var files = new Dictionary<int, IReadOnlyList<string>>();
        foreach (var (slice, kept) in KeptEvents.Of(build, window))
        {
            var select = _events.Render(engine.Dialect, new Dictionary<string, string>
            {
                ["columns"] = string.Join(", ", Columns(build, "m.session_id")),
                ["events"] = $"({kept})",
                ["session_map"] = SessionMapJob.SessionMap,
                ["gap"] = Dialect.Long(windows.Gap),
                ["cut"] = Dialect.Long(windows.Start + windows.CarryOver),
                ["wanted"] = wanted,
            });
            files[slice] = engine.WriteParquet(
                select, folder, string.Create(CultureInfo.InvariantCulture, $"part-{slice:D3}"), build.Format, build.Cancellation);
        }

        return files;
    }

    private static IEnumerable<string> Columns(DayBuild build, string sessionId)
    {
        var dialect = build.Engine.Dialect;
        foreach (var column in build.Contracts.Events.Columns)
        {
            var name = dialect.Identifier(column.Name);
            var mapped = build.Columns.FirstOrDefault(c => c.Name == column.Name);
            var value = column.Name switch
            {
                "occurred_at" => dialect.Call("timestamp", "e.occurred_at"),
                "session_id" => sessionId,
                "user_id" when mapped is null => $"CAST(NULL AS {build.Engine.TypeName(ColumnType.Text)})",
                _ when mapped!.Type.Kind == TypeKind.Uuid => dialect.Call("uuid_text", $"e.{name}"),
                _ => $"e.{name}",
            };
            yield return $"{value} AS {name}";
        }
    }

    private static void Count(DayBuild build)
    {
        var measures = build.Pipeline.Events.Measures.Select(m => build.Columns.First(c => c.Name == m.Name)).ToList();
        var sums = measures.Select(m => $", CAST({SumSql.Of(build.Engine, build.Engine.Dialect.Identifier(m.Name), m.PublishedType)} AS {build.Engine.TypeName(ColumnType.Text)})");
        var row = build.Engine.Rows(
            $"SELECT count(*){string.Concat(sums)} FROM {build.Relation("events", build.Day)} AS e",
            build.Cancellation)[0];
        build.Counts.Events = Convert.ToInt64(row[0], CultureInfo.InvariantCulture);
        for (var i = 0; i < measures.Count; i++)
        {
            build.Counts.Sums[measures[i].Name] = (string?)row[i + 1] ?? "0";
        }
    }
}
