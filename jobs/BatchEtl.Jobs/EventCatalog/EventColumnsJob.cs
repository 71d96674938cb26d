using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.EventCatalog;

/// <summary>Writes event_columns(D) from events(D) (A8).</summary>
public sealed class EventColumnsJob : IJob
{
    private static readonly SqlTemplate _columns = SqlTemplate.Beside<EventColumnsJob>("event_columns.sql");

    public string Name => "event_columns";

    public bool IsChained => true;

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [new("events", 0)];

    public void Build(DayBuild build)
    {
        var dialect = build.Engine.Dialect;

        // Ids, names and times of events are never null (E3): the widest columns need not be read.
        var counts = build.Columns.Select((c, i) => (
            c.Name,
            Sql: c.Role is ColumnRole.EventId or ColumnRole.EventName or ColumnRole.OccurredAt or ColumnRole.ActorId ? "count(*)" : $"count({dialect.Identifier(c.Name)})",
            Count: string.Create(CultureInfo.InvariantCulture, $"filled_{i}"))).ToList();
        build.Write(TableContracts.EventColumns, _columns.Render(dialect, new Dictionary<string, string>
        {
            ["events"] = build.Relation("events", build.Day),
            ["counts"] = string.Join(", ", counts.Select(c => $"{c.Sql} AS {c.Count}")),
            ["columns"] = dialect.Call("list", string.Join(", ", counts.Select(c => StructSql.Of(dialect, [("column_name", dialect.Text(c.Name)), ("filled", c.Count)])))),
        }));
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        yield return new TableCheck(
            "event_columns", "ids_are_filled", CheckSeverity.Fail,
            $"SELECT abs(CAST(coalesce(sum(filled), 0) AS BIGINT) - {Dialect.Long(build.Counts.Events)}) FROM {build.Relation("event_columns", build.Day)} AS c WHERE column_name = 'event_id'",
            0, "filled event ids are not the events of the day (A8)");
    }
}
