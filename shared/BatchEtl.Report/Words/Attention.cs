using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Report.Data;

namespace BatchEtl.Report.Words;

/// <summary>Something of the day that someone should look at.</summary>
/// <param name="Text">In plain words.</param>
/// <param name="Detail">The numbers behind it.</param>
internal sealed record Notice(string Text, string Detail);

/// <summary>Puts what is different today into words, the most important first.</summary>
internal sealed class Attention(Pipeline pipeline, DateOnly day, DateOnly historyStart)
{
    /// <summary>A column is said to empty when so much of its usual share is gone.</summary>
    private const double Emptied = 0.5;

    /// <summary>Metrics that say most of what happened, before those that follow from them.</summary>
    private static readonly string[] _telling = ["events", "dau", "sessions"];

    /// <summary>Metrics of the whole product, the furthest from what is usual first.</summary>
    public IEnumerable<Notice> Whole(IEnumerable<AnomalyRow> rows) => Ordered(rows.Where(r => r.Dimension is null && !IsYoung(r))).Select(Of);

    /// <summary>One notice for each dimension value, the furthest from what is usual first.</summary>
    public IEnumerable<Notice> Values(IEnumerable<AnomalyRow> rows) =>
        rows.Where(r => r.Dimension is not null && !IsYoung(r)).GroupBy(r => (r.Dimension, r.DimensionValue))
            .Select(g => (Rows: Ordered(g).ToList(), Furthest: g.Max(r => r.Distance)))
            .OrderByDescending(g => g.Rows.Count(r => _telling.Contains(r.Metric))).ThenByDescending(g => g.Furthest).ThenBy(g => g.Rows[0].DimensionValue, StringComparer.Ordinal)
            .Select(g => (First: Of(g.Rows[0]), Others: g.Rows.Skip(1).Select(Named).ToList()))
            .Select(g => g.Others.Count == 0 ? g.First : g.First with { Detail = $"{g.First.Detail}; also {string.Join(", ", g.Others)}" });

    /// <summary>Those that history is too short for: what counts 28 days grows while there are fewer.</summary>
    public IEnumerable<Notice> Young(IEnumerable<AnomalyRow> rows) =>
        Ordered(rows.Where(IsYoung)).Select(Of).Select(n => n with { Detail = $"{n.Detail}; history is too short to tell" });

    private static IEnumerable<AnomalyRow> Ordered(IEnumerable<AnomalyRow> rows) =>
        rows.OrderBy(r => Array.IndexOf(_telling, r.Metric) is var place && place >= 0 ? place : _telling.Length).ThenByDescending(r => r.Distance).ThenBy(r => r.Metric, StringComparer.Ordinal);

    /// <summary>Whether its period, or one that it is compared with, reaches back before history.</summary>
    public bool IsYoung(AnomalyRow row) => day.AddDays(1 - 7 * row.Days - (MetricText.ReadsTwoPeriods(row.Metric) ? 2 : 1) * row.Period) < historyStart;

    public Notice Of(AnomalyRow row)
    {
        var metric = MetricText.Of(row.Metric, pipeline);
        var usual = $"the usual {day.ToString("dddd", CultureInfo.InvariantCulture)}";
        var value = row.Value ?? 0;
        var change = row.Expected == 0 ? $"{NumberText.Short(value, metric.Kind)}, {usual} has none"
            : value == 0 ? $"none, {usual} has {NumberText.Short(row.Expected, metric.Kind)}"
            : value / row.Expected >= 10 ? $"{(value / row.Expected).ToString("0", CultureInfo.InvariantCulture)} times {usual}"
            : $"{NumberText.Percent(Math.Abs(value / row.Expected - 1))} {(value < row.Expected ? "below" : "above")} {usual}";
        return new Notice(
            $"{Named(row)}{Where(row)} {change}",
            $"{NumberText.Exact(row.Value, metric.Kind)}; expected {NumberText.Exact(row.Low, metric.Kind)} to {NumberText.Exact(row.High, metric.Kind)}, from {row.Days} of the last 8 weeks{(row.Completeness < 1 ? $"; {NumberText.Percent(row.Completeness)} of the hours have records" : "")}");
    }

    private string Named(AnomalyRow row) => MetricText.Of(row.Metric, pipeline).Title + MetricText.Period(row.Period);

    /// <summary>Event names that are new, missing or back.</summary>
    public static IEnumerable<Notice> Events(IEnumerable<EventRow> rows) =>
        rows.Where(r => r.State is not null).OrderBy(r => r.State == "missing" ? 0 : r.State == "new" ? 1 : 2).ThenByDescending(r => r.Events).Select(r => r.State switch
        {
            "missing" => new Notice($"event {r.Name} is missing", $"seen on each of the 7 days before, not today; last seen {NumberText.Day(r.LastSeen)}"),
            "new" => new Notice($"event {r.Name} is new", $"{r.Events.ToString("N0", CultureInfo.InvariantCulture)} events of {r.Actors.ToString("N0", CultureInfo.InvariantCulture)} actors"),
            _ => new Notice($"event {r.Name} is back", $"{r.Events.ToString("N0", CultureInfo.InvariantCulture)} events, after more than 28 days without"),
        });

    /// <summary>Columns that are filled much less than a week before, in events that are not rare.</summary>
    /// <param name="before">Of the same weekday a week before, or of the day before where history has no more.</param>
    public IEnumerable<Notice> EmptyColumns(IEnumerable<FilledRow> now, IEnumerable<FilledRow> before, DateOnly? dayBefore)
    {
        var whenBefore = dayBefore is { } then ? $"on {NumberText.Day(then)}" : string.Empty;
        var were = before.ToDictionary(r => (r.Event, r.Column));
        return now
            .Select(r => (Now: r, Before: were.GetValueOrDefault((r.Event, r.Column))))
            .Where(r => r.Before is not null && Math.Min(r.Now.Events, r.Before.Events) >= pipeline.Anomalies.MinVolume
                && r.Before.Share >= 0.02 && r.Now.Share < r.Before.Share * (1 - Emptied))
            .OrderByDescending(r => r.Before!.Filled - r.Now.Filled)
            .Select(r => new Notice(
                $"{r.Now.Column} is {(r.Now.Filled == 0 ? "empty" : $"filled in only {NumberText.Percent(r.Now.Share)}")} in {r.Now.Event} events",
                $"{whenBefore} it was filled in {NumberText.Percent(r.Before!.Share)}; {r.Now.Filled.ToString("N0", CultureInfo.InvariantCulture)} of {r.Now.Events.ToString("N0", CultureInfo.InvariantCulture)} events have it"));
    }

    private static string Where(AnomalyRow row) => row.Dimension switch
    {
        null => string.Empty,
        _ when row.DimensionValue == "(none)" => $" without {row.Dimension}",
        "platform" or "device" or "os" or "browser" or "app" => $" on {row.DimensionValue}",
        "country" or "region" or "city" => $" in {row.DimensionValue}",
        _ => $" of {row.Dimension} {row.DimensionValue}",
    };
}
