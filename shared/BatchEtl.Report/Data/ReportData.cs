using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Time;

namespace BatchEtl.Report.Data;

/// <summary>What a day's reports show, as published; read when it is asked for.</summary>
internal sealed class ReportData(Pipeline pipeline, Warehouse warehouse, Manifest manifest, IEngine reader, CancellationToken cancellation)
{
    private const int FunnelDays = 28, CohortDays = 14, CohortWeeks = 13, CohortMonths = 13;

    private readonly ReportRows _rows = new(warehouse, reader, cancellation);
    private readonly DayCalendar _calendar = new(pipeline.Zone);

    public Pipeline Pipeline => pipeline;

    public Manifest Manifest => manifest;

    public DateOnly Day => manifest.Day;

    /// <summary>The last 13 weeks, the first day first.</summary>
    public IReadOnlyList<DateOnly> Recent => field ??= ReportDays.RecentTo(Day, manifest.HistoryStart, _calendar);

    /// <summary>The day's weekday of the last three years.</summary>
    public IReadOnlyList<DateOnly> Weekly => field ??= ReportDays.WeeklyTo(Day, manifest.HistoryStart, _calendar);

    /// <summary>The metrics of the whole product on the day.</summary>
    public IReadOnlyList<MetricValue> Metrics => field ??= [.. _rows.Metrics([Day]).OrderBy(m => m.Metric, StringComparer.Ordinal).ThenBy(m => m.Period)];

    public IReadOnlyList<AnomalyRow> Anomalies => field ??= _rows.Anomalies(Day);

    public IReadOnlyList<EventRow> Events => field ??= _rows.Events(Day);

    public IReadOnlyList<FilledRow> Filled => field ??= _rows.Filled(Day);

    /// <summary>How columns were filled a week before, or the day before where history has no more; the day is null at its start.</summary>
    public (DateOnly? Day, IReadOnlyList<FilledRow> Rows) FilledBefore => _filledBefore ??= ReadFilledBefore();

    private (DateOnly? Day, IReadOnlyList<FilledRow> Rows)? _filledBefore;

    public IReadOnlyList<FunnelRow> Funnels => field ??= _rows.Funnels(Recent.TakeLast(FunnelDays + 1));

    public IReadOnlyList<RetentionCell> Retention => field ??= _rows.Retention(TriangleDays());

    public IReadOnlyList<RestatedRow> Restated => field ??= _rows.Restated(Day);

    /// <summary>A metric of the whole product on each of some recent or weekly days.</summary>
    public IReadOnlyList<double?> Values(string metric, int period, IReadOnlyList<DateOnly> days) =>
        [.. days.Select(d => History.GetValueOrDefault((metric, period, d)))];

    private Dictionary<(string Metric, int Period, DateOnly Day), double?> History =>
        field ??= _rows.Metrics(Recent.Union(Weekly).Order()).ToDictionary(m => (m.Metric, m.Period, m.Day), m => m.Value);

    private (DateOnly? Day, IReadOnlyList<FilledRow> Rows) ReadFilledBefore()
    {
        var day = new[] { 7, 1 }.Select(n => _calendar.AddDays(Day, -n)).Cast<DateOnly?>()
            .FirstOrDefault(d => d >= manifest.HistoryStart && warehouse.Files("event_columns", d.Value) is not null);
        return (day, day is { } before ? _rows.Filled(before) : []);
    }

    /// <summary>Days whose partition has cells that are final: each recent day for days, periods' last days for weeks and months; and the day itself.</summary>
    private List<DateOnly> TriangleDays()
    {
        var weekEnds = Enumerable.Range(0, 7 * (CohortWeeks + 1)).Select(n => Day.AddDays(-n)).Where(d => d.AddDays(1).DayOfWeek == pipeline.WeekStarts);
        var monthEnds = Enumerable.Range(0, CohortMonths).Select(n => new DateOnly(Day.Year, Day.Month, 1).AddMonths(-n).AddDays(-1));
        return
        [
            .. Enumerable.Range(0, CohortDays + 1).Select(n => Day.AddDays(-n)).Concat(weekEnds).Concat(monthEnds)
                .Where(d => d >= manifest.HistoryStart && d <= Day).Distinct().Order(),
        ];
    }
}
