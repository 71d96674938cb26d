using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Time;

namespace BatchEtl.Report.Data;

/// <summary>All that a day's report shows, as published.</summary>
internal sealed class ReportData
{
    private const int FunnelDays = 28, CohortDays = 14, CohortWeeks = 13, CohortMonths = 13;

    private readonly Dictionary<(string, int, DateOnly), MetricValue> _metrics;

    public ReportData(Pipeline pipeline, Warehouse warehouse, Manifest manifest, IEngine reader, CancellationToken cancellation)
    {
        (Pipeline, Manifest) = (pipeline, manifest);
        var calendar = new DayCalendar(pipeline.Zone);
        var rows = new ReportRows(warehouse, reader, cancellation);
        Day = manifest.Day;
        Recent = ReportDays.RecentTo(Day, manifest.HistoryStart, calendar);
        Weekly = ReportDays.WeeklyTo(Day, manifest.HistoryStart, calendar);
        _metrics = rows.Metrics(Recent.Union(Weekly).Order()).ToDictionary(m => (m.Metric, m.Period, m.Day));
        Anomalies = rows.Anomalies(Day);
        Events = rows.Events(Day);
        Filled = rows.Filled(Day);
        FilledBeforeDay = new[] { 7, 1 }.Select(n => Day.AddDays(-n)).Cast<DateOnly?>().FirstOrDefault(d => d >= manifest.HistoryStart && warehouse.Files("event_columns", d!.Value) is not null);
        FilledBefore = FilledBeforeDay is { } before ? rows.Filled(before) : [];
        Funnels = rows.Funnels(Recent.TakeLast(FunnelDays + 1));
        Retention = rows.Retention(TriangleDays(pipeline));
        Restated = rows.Restated(Day);
    }

    public Pipeline Pipeline { get; }

    public Manifest Manifest { get; }

    public DateOnly Day { get; }

    /// <summary>The last 13 weeks, the first day first.</summary>
    public IReadOnlyList<DateOnly> Recent { get; }

    /// <summary>The day's weekday of the last three years.</summary>
    public IReadOnlyList<DateOnly> Weekly { get; }

    public IReadOnlyList<AnomalyRow> Anomalies { get; }

    public IReadOnlyList<EventRow> Events { get; }

    public IReadOnlyList<FilledRow> Filled { get; }

    /// <summary>The day that columns are compared with; null at the start of history.</summary>
    public DateOnly? FilledBeforeDay { get; }

    public IReadOnlyList<FilledRow> FilledBefore { get; }

    public IReadOnlyList<FunnelRow> Funnels { get; }

    public IReadOnlyList<RetentionCell> Retention { get; }

    public IReadOnlyList<RestatedRow> Restated { get; }

    /// <summary>The metrics of the whole product on the day.</summary>
    public IEnumerable<MetricValue> MetricsOfDay =>
        _metrics.Values.Where(m => m.Day == Day).OrderBy(m => m.Metric, StringComparer.Ordinal).ThenBy(m => m.Period);

    public double? Value(string metric, int period, DateOnly day) => _metrics.GetValueOrDefault((metric, period, day))?.Value;

    public IReadOnlyList<double?> Values(string metric, int period, IReadOnlyList<DateOnly> days) => [.. days.Select(d => Value(metric, period, d))];

    /// <summary>Days whose partition has cells that are final: each recent day for days, periods' last days for weeks and months; and the day itself.</summary>
    private List<DateOnly> TriangleDays(Pipeline pipeline)
    {
        var weekEnds = Enumerable.Range(0, 7 * (CohortWeeks + 1)).Select(n => Day.AddDays(-n)).Where(d => d.AddDays(1).DayOfWeek == pipeline.WeekStarts);
        var monthEnds = Enumerable.Range(0, CohortMonths).Select(n => new DateOnly(Day.Year, Day.Month, 1).AddMonths(-n).AddDays(-1));
        return
        [
            .. Enumerable.Range(0, CohortDays + 1).Select(n => Day.AddDays(-n)).Concat(weekEnds).Concat(monthEnds)
                .Where(d => d >= Manifest.HistoryStart && d <= Day).Distinct().Order(),
        ];
    }
}
