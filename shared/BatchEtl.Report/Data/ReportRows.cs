using System.Globalization;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;

namespace BatchEtl.Report.Data;

/// <summary>A value of a metric of the whole product on a day, and those published for 1, 7 and 28 days before.</summary>
internal sealed record MetricValue(DateOnly Day, string Metric, int Period, double? Value, double? Value1, double? Value7, double? Value28);

/// <summary>A value of the day that is far from the usual (A7).</summary>
internal sealed record AnomalyRow(string Metric, int Period, string? Dimension, string? DimensionValue, double? Value, double Expected, double Low, double High, int Days, double Completeness)
{
    /// <summary>How far the value is from the expected one, in limits: more than 1.</summary>
    public double Distance => High > Expected ? Math.Abs((Value ?? 0) - Expected) / (High - Expected) : double.PositiveInfinity;
}

internal sealed record EventRow(string Name, DateOnly FirstSeen, DateOnly LastSeen, long Events, long Actors, int Hours, string? State);

/// <summary>How often a column is filled in the events of a name.</summary>
internal sealed record FilledRow(string Event, string Column, long Events, long Filled)
{
    public double Share => Events == 0 ? 0 : (double)Filled / Events;
}

internal sealed record FunnelRow(DateOnly Dt, string Funnel, DateOnly EntryDay, int Step, string StepName, long Actors, double? FromPrevious, double? FromFirst, long? MedianMs, long? P90Ms, bool Provisional);

internal sealed record RetentionCell(string Period, DateOnly Cohort, int N, long Size, long Active, double Rate, bool Provisional);

internal sealed record RestatedRow(DateOnly Day, string Reason, string Metric, double? Old, double New);

/// <summary>Reads what a report needs of published tables.</summary>
internal sealed class ReportRows(Warehouse warehouse, IEngine reader, CancellationToken cancellation)
{
    /// <summary>So many partitions are read by one query.</summary>
    private const int PartitionsAtOnce = 64;

    public IReadOnlyList<MetricValue> Metrics(IEnumerable<DateOnly> days) =>
    [
        .. Read("metrics", days, "metric, period_days, value, value_1d_before, value_7d_before, value_28d_before", "dimension IS NULL")
            .Select(r => new MetricValue(r.Day, (string)r.Row[0]!, Int(r.Row[1]), (double?)r.Row[2], (double?)r.Row[3], (double?)r.Row[4], (double?)r.Row[5])),
    ];

    public IReadOnlyList<AnomalyRow> Anomalies(DateOnly day) =>
    [
        .. Read("anomalies", [day], "metric, period_days, dimension, dimension_value, value, expected, low, high, days, completeness")
            .Select(r => new AnomalyRow(
                (string)r.Row[0]!, Int(r.Row[1]), (string?)r.Row[2], (string?)r.Row[3], (double?)r.Row[4], (double)r.Row[5]!, (double)r.Row[6]!, (double)r.Row[7]!, Int(r.Row[8]), (double)r.Row[9]!)),
    ];

    public IReadOnlyList<EventRow> Events(DateOnly day) =>
    [
        .. Read("event_catalog", [day], "event_name, first_seen, last_seen, events, actors, hours, state")
            .Select(r => new EventRow((string)r.Row[0]!, Date(r.Row[1]), Date(r.Row[2]), Long(r.Row[3]), Long(r.Row[4]), Int(r.Row[5]), (string?)r.Row[6])),
    ];

    public IReadOnlyList<FilledRow> Filled(DateOnly day) =>
        [.. Read("event_columns", [day], "event_name, column_name, events, filled").Select(r => new FilledRow((string)r.Row[0]!, (string)r.Row[1]!, Long(r.Row[2]), Long(r.Row[3])))];

    public IReadOnlyList<FunnelRow> Funnels(IEnumerable<DateOnly> days) =>
    [
        .. Read("funnels", days, "funnel, entry_day, step, step_name, actors, conversion_from_previous, conversion_from_first, median_ms, p90_ms, provisional")
            .Select(r => new FunnelRow(
                r.Day, (string)r.Row[0]!, Date(r.Row[1]), Int(r.Row[2]), (string)r.Row[3]!, Long(r.Row[4]), (double?)r.Row[5], (double?)r.Row[6],
                r.Row[7] is null ? null : Long(r.Row[7]), r.Row[8] is null ? null : Long(r.Row[8]), (bool)r.Row[9]!)),
    ];

    /// <summary>The triangle as of the last of the days: each cell once, as of its period's last day or the last day (A4).</summary>
    public IReadOnlyList<RetentionCell> Retention(IReadOnlyList<DateOnly> days) =>
    [
        .. Read("retention", days, "period, cohort, n, cohort_size, active, rate, provisional")
            .Where(r => !(bool)r.Row[6]! || r.Day == days[^1])
            .Select(r => new RetentionCell((string)r.Row[0]!, Date(r.Row[1]), Int(r.Row[2]), Long(r.Row[3]), Long(r.Row[4]), (double)r.Row[5]!, (bool)r.Row[6]!)),
    ];

    public IReadOnlyList<RestatedRow> Restated(DateOnly day) =>
    [
        .. Read("restatements", [day], "restated_day, reason, metric, CAST(old_value AS DOUBLE), CAST(new_value AS DOUBLE)")
            .Select(r => new RestatedRow(Date(r.Row[0]), (string)r.Row[1]!, (string)r.Row[2]!, (double?)r.Row[3], (double)r.Row[4]!)),
    ];

    /// <summary>Rows of a table's partitions of those days that are published, with their day.</summary>
    private IEnumerable<(DateOnly Day, object?[] Row)> Read(string table, IEnumerable<DateOnly> days, string columns, string where = "true")
    {
        var published = days.Select(d => (Day: d, Files: warehouse.Files(table, d))).Where(d => d.Files is not null).ToList();
        foreach (var some in published.Chunk(PartitionsAtOnce))
        {
            var query = string.Join(
                " UNION ALL ",
                some.Select((d, i) => string.Create(CultureInfo.InvariantCulture, $"SELECT {columns}, {i} FROM {reader.ParquetRelation(d.Files!)} AS t WHERE {where}")));
            foreach (var row in reader.Rows(query, cancellation))
            {
                yield return (some[Int(row[^1])].Day, row);
            }
        }
    }

    private static int Int(object? value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    private static long Long(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static DateOnly Date(object? value) => value is DateTime time ? DateOnly.FromDateTime(time) : (DateOnly)value!;
}
