using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;

namespace BatchEtl.Core.Tables;

/// <summary>The contracts of tables.md for a pipeline whose column types are known.</summary>
public sealed class TableContracts
{
    private static readonly string[] _derived = ["first_", "last_", "sum_"];
    private readonly Pipeline _pipeline;
    private readonly IReadOnlyDictionary<string, ColumnType> _types;

    public TableContracts(Pipeline pipeline, IReadOnlyList<TypedColumn> columns)
    {
        _pipeline = pipeline;
        _types = columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
    }

    public static readonly TableContract Rejects = new(
        "rejects",
        [
            new("reason", ColumnType.Text), new("column_name", ColumnType.Text), new("raw_value", ColumnType.Text, true),
            new("file", ColumnType.Text), new("record_number", ColumnType.BigInt, true),
        ],
        []);

    public static readonly TableContract Metrics = new(
        "metrics",
        [
            new("metric", ColumnType.Text), new("period_days", ColumnType.Int), new("dimension", ColumnType.Text, true),
            new("dimension_value", ColumnType.Text, true), new("value", ColumnType.Double, true),
            new("numerator", ColumnType.Decimal(38, 6), true), new("denominator", ColumnType.Decimal(38, 6), true),
            new("value_1d_before", ColumnType.Double, true), new("value_7d_before", ColumnType.Double, true),
            new("value_28d_before", ColumnType.Double, true), new("completeness", ColumnType.Double),
            new("history_complete", ColumnType.Boolean),
        ],
        ["metric", "period_days", "dimension", "dimension_value"]);

    public static readonly TableContract Retention = new(
        "retention",
        [
            new("period", ColumnType.Text), new("cohort", ColumnType.Date), new("n", ColumnType.Int), new("cohort_size", ColumnType.BigInt),
            new("active", ColumnType.BigInt), new("rate", ColumnType.Double), new("provisional", ColumnType.Boolean),
        ],
        ["period", "cohort", "n"]);

    public static readonly TableContract Funnels = new(
        "funnels",
        [
            new("funnel", ColumnType.Text), new("entry_day", ColumnType.Date), new("step", ColumnType.Int), new("step_name", ColumnType.Text),
            new("actors", ColumnType.BigInt), new("conversion_from_previous", ColumnType.Double, true), new("conversion_from_first", ColumnType.Double, true),
            new("median_ms", ColumnType.BigInt, true), new("p90_ms", ColumnType.BigInt, true), new("provisional", ColumnType.Boolean),
        ],
        ["funnel", "entry_day", "step"]);

    public static readonly TableContract Anomalies = new(
        "anomalies",
        [
            new("metric", ColumnType.Text), new("period_days", ColumnType.Int), new("dimension", ColumnType.Text, true),
            new("dimension_value", ColumnType.Text, true), new("value", ColumnType.Double, true), new("expected", ColumnType.Double),
            new("low", ColumnType.Double), new("high", ColumnType.Double), new("days", ColumnType.Int), new("completeness", ColumnType.Double),
        ],
        ["metric", "period_days", "dimension", "dimension_value"]);

    public static readonly TableContract EventCatalog = new(
        "event_catalog",
        [
            new("event_name", ColumnType.Text), new("first_seen", ColumnType.Date), new("last_seen", ColumnType.Date), new("events", ColumnType.BigInt),
            new("actors", ColumnType.BigInt), new("hours", ColumnType.Int), new("activity", ColumnType.BigInt), new("state", ColumnType.Text, true),
        ],
        ["event_name"]);

    public static readonly TableContract EventColumns = new(
        "event_columns",
        [
            new("event_name", ColumnType.Text), new("column_name", ColumnType.Text), new("events", ColumnType.BigInt), new("filled", ColumnType.BigInt),
        ],
        ["event_name", "column_name"]);

    /// <summary>Not built by a job: a run adds what it restated (P2).</summary>
    public static readonly TableContract Restatements = new(
        "restatements",
        [
            new("restated_day", ColumnType.Date), new("run_id", ColumnType.Text), new("reason", ColumnType.Text), new("metric", ColumnType.Text),
            new("old_value", ColumnType.Decimal(38, 6), true), new("new_value", ColumnType.Decimal(38, 6)),
        ],
        ["restated_day", "run_id", "metric"]);

    public TableContract Events => new("events", Source(SourceTable.Events, ["user_id"]), []);

    public TableContract Sessions => new("sessions", Source(SourceTable.Sessions, ["first_user_id", "last_user_id"]), ["session_id"]);

    public TableContract Actors => new(
        "actors",
        [
            new("actor_id", ColumnType.Text), new("first_seen", ColumnType.Date), new("last_seen", ColumnType.Date),
            new("user_id", ColumnType.Text, true), new("activity", ColumnType.BigInt),
            .. _pipeline.Metrics.Dimensions.Select(d => new TableColumn("last_" + d, ColumnType.Text, true)),
        ],
        ["actor_id"]);

    /// <summary>All tables of this version in the order in which they are built.</summary>
    public IReadOnlyList<TableContract> All =>
        [Events, Rejects, Sessions, .. _pipeline.Cubes.Select(Cube), Actors, Metrics, Retention, Funnels, Anomalies, EventCatalog, EventColumns];

    /// <summary>The contract of a table by its name, restatements too; null where the pipeline has no such table.</summary>
    public TableContract? Of(string table) => All.Append(Restatements).FirstOrDefault(c => c.Name == table);

    public TableContract Cube(CubeDefinition cube)
    {
        var source = cube.Source == SourceTable.Events ? Events : Sessions;
        var key = cube.AllDimensions.Append("grouping_id").ToList();
        return new TableContract(
            "cube_" + cube.Name,
            [
                .. cube.AllDimensions.Select(d => new TableColumn(d, ColumnType.Text, true)),
                new("grouping_id", ColumnType.Int),
                .. cube.Measures.Select(m => new TableColumn(m.Name, MeasureType(m, source), m.Kind is not (AggregateKind.Count or AggregateKind.Distinct))),
            ],
            key);
    }

    private static ColumnType MeasureType(CubeMeasure measure, TableContract source)
    {
        if (measure.Kind is AggregateKind.Count or AggregateKind.Distinct)
        {
            return ColumnType.BigInt;
        }

        var type = source.Columns.First(c => c.Name == measure.Column).Type;
        return measure.Kind == AggregateKind.Sum ? SourceColumns.SumOf(type)!.Value : type;
    }

    private IReadOnlyList<TableColumn> Source(SourceTable table, IReadOnlyList<string> nullable)
    {
        var mapped = _pipeline.Events.Dimensions.Concat(_pipeline.Events.Measures).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return [.. SourceColumns.Of(_pipeline, table, c => _types[c.Name]).Select(c => new TableColumn(
            c.Name, c.Type!.Value, nullable.Contains(c.Name) || IsMapped(c.Name)))];

        bool IsMapped(string name) => table == SourceTable.Events
            ? mapped.Contains(name)
            : _derived.Any(p => name.StartsWith(p, StringComparison.Ordinal) && mapped.Contains(name[p.Length..]));
    }
}
