using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.EventCatalog;

/// <summary>Writes event_catalog(D) from event_catalog(D−1) and events(D) (A8).</summary>
public sealed class EventCatalogJob : IJob
{
    private const string Hours = "catalog_hours";

    /// <summary>So many names are bits of a number.</summary>
    private const int MostBits = 62;

    private static readonly SqlTemplate _hours = SqlTemplate.Beside<EventCatalogJob>("hours.sql");
    private static readonly SqlTemplate _actors = SqlTemplate.Beside<EventCatalogJob>("actors.sql");
    private static readonly SqlTemplate _catalog = SqlTemplate.Beside<EventCatalogJob>("event_catalog.sql");

    public string Name => "event_catalog";

    public bool IsChained => true;

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [new("event_catalog", 1)];

    public void Build(DayBuild build)
    {
        var dialect = build.Engine.Dialect;
        build.Engine.Materialize(
            Hours,
            _hours.Render(dialect, new Dictionary<string, string>
            {
                ["events"] = build.Relation("events", build.Day),
                ["start"] = Dialect.Long(build.Windows.Start),
                ["hour"] = Dialect.Long(DayWindows.HourMicros),
            }),
            build.Cancellation);
        build.Write(TableContracts.EventCatalog, _catalog.Render(dialect, new Dictionary<string, string>
        {
            ["hours"] = Hours,
            ["actors"] = Actors(build),
            ["before"] = build.DayBefore is { } before
                ? build.Relation("event_catalog", before)
                : NoRowsSql.Of(build.Engine, TableContracts.EventCatalog),
            ["day"] = dialect.Date(build.Day),
            ["week_before"] = Dialect.Long(DaysBefore(7)),
            ["four_weeks_before"] = Dialect.Long(DaysBefore(28)),
            ["unknown"] = build.DayBefore is null ? "NULL" : "'new'",
        }));
        build.Engine.Drop(Hours);

        static long DaysBefore(int n) => ((1L << n) - 1) << 1;
    }

    private static string Actors(DayBuild build)
    {
        var events = build.Relation("events", build.Day);
        var names = build.Engine.Rows($"SELECT DISTINCT event_name FROM {Hours} AS h ORDER BY event_name", build.Cancellation).Select(r => r[0] as string ?? string.Empty).ToList();
        if (names.Count is 0 or > MostBits)
        {
            return $"SELECT event_name, count(*) AS actors FROM (SELECT DISTINCT event_name, actor_id FROM {events} AS e) AS pairs GROUP BY event_name";
        }

        var bits = names.Select((n, i) => $"({build.Engine.Dialect.Text(n)}, CAST({Dialect.Long(1L << i)} AS BIGINT))");
        return _actors.Render(build.Engine.Dialect, new Dictionary<string, string>
        {
            ["events"] = events,
            ["names"] = $"(SELECT * FROM (VALUES {string.Join(", ", bits)}) AS listed(event_name, bit))",
        });
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var catalog = build.Relation("event_catalog", build.Day);
        yield return new TableCheck(
            "event_catalog", "events_add_up", CheckSeverity.Fail,
            $"SELECT abs(CAST(coalesce(sum(events), 0) AS BIGINT) - {Dialect.Long(build.Counts.Events)}) FROM {catalog} AS c", 0, "events by name are not the events of the day (A8)");
        if (build.DayBefore is { } before)
        {
            yield return new TableCheck(
                "event_catalog", "no_name_forgotten", CheckSeverity.Fail,
                $"SELECT (SELECT count(*) FROM {build.Relation("event_catalog", before)} AS b) - (SELECT count(*) FROM {catalog} AS c WHERE first_seen < last_seen OR (activity & 1) = 0)",
                0, "event names of the day before are missing (A8)");
        }
    }
}
