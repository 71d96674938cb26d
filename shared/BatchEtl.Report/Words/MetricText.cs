using BatchEtl.Core.Configuration;

namespace BatchEtl.Report.Words;

/// <summary>A metric's name for people, what it means, and how its values are to be read.</summary>
internal sealed record MetricText(string Title, string Definition, NumberKind Kind)
{
    private static readonly Dictionary<string, (string Title, string Definition, NumberKind Kind)> _standard = new(StringComparer.Ordinal)
    {
        ["dau"] = ("daily active users", "Actors with at least one event on the day.", NumberKind.Amount),
        ["wau"] = ("weekly active users", "Actors with at least one event on the last 7 days.", NumberKind.Amount),
        ["mau"] = ("monthly active users", "Actors with at least one event on the last 28 days.", NumberKind.Amount),
        ["stickiness"] = ("stickiness", "Daily active users by monthly active users: how often those who come, come.", NumberKind.Share),
        ["new_actors"] = ("new actors", "First seen in this period.", NumberKind.Amount),
        ["retained_actors"] = ("retained actors", "Active in this period and in the one before.", NumberKind.Amount),
        ["resurrected_actors"] = ("resurrected actors", "Active in this period, not in the one before, first seen earlier.", NumberKind.Amount),
        ["churned_actors"] = ("churned actors", "Active in the period before, not in this one.", NumberKind.Amount),
        ["quick_ratio"] = ("quick ratio", "New and resurrected actors by churned ones: above 1 the product grows.", NumberKind.Ratio),
        ["events"] = ("events", "Events of the day, without duplicates.", NumberKind.Amount),
        ["events_per_actor"] = ("events per actor", "Events by daily active users.", NumberKind.Ratio),
        ["sessions"] = ("sessions", "Sessions that began on the day.", NumberKind.Amount),
        ["sessions_per_actor"] = ("sessions per actor", "Sessions by the actors who had one.", NumberKind.Ratio),
        ["events_per_session"] = ("events per session", "Events of the day's sessions by sessions.", NumberKind.Ratio),
        ["session_duration_ms"] = ("session duration", "Mean time from a session's first to its last event.", NumberKind.Milliseconds),
        ["bounce_rate"] = ("bounce rate", "Share of sessions with one event.", NumberKind.Share),
        ["engaged_rate"] = ("engaged rate", "Share of sessions that lasted long enough, or had enough views, or a conversion.", NumberKind.Share),
    };

    public static MetricText Of(string metric, Pipeline pipeline)
    {
        if (_standard.TryGetValue(metric, out var standard))
        {
            return new MetricText(standard.Title, standard.Definition, standard.Kind);
        }

        var title = metric.Replace('_', ' ');
        return pipeline.Metrics.Declared.FirstOrDefault(d => d.Name == metric) switch
        {
            RatioMetric ratio => new MetricText(title, $"{ratio.Numerator} by {ratio.Denominator}.", NumberKind.Ratio),
            AggregateMetric aggregate => new MetricText(title, DefinitionOf(aggregate), NumberKind.Amount),
            _ => new MetricText(title, "Of an earlier pipeline file.", NumberKind.Amount),
        };
    }

    /// <summary>Whether it compares a period with the one before (A3).</summary>
    public static bool ReadsTwoPeriods(string metric) => metric is "new_actors" or "retained_actors" or "resurrected_actors" or "churned_actors" or "quick_ratio";

    /// <summary>For periods other than a day, as a suffix.</summary>
    public static string Period(int days) => days switch { 1 => string.Empty, 7 => " (7 days)", _ => " (28 days)" };

    private static string DefinitionOf(AggregateMetric metric)
    {
        var what = metric.Kind switch
        {
            AggregateKind.Sum => $"Sum of {metric.Column}",
            AggregateKind.Distinct => $"Distinct {metric.Column}",
            _ => "Number",
        };
        var where = metric.Where.Count == 0 ? string.Empty : $" where {string.Join(" and ", metric.Where.Select(c => $"{c.Column} is {string.Join(" or ", c.Values)}"))}";
        return $"{what} of {(metric.Source == SourceTable.Events ? "events" : "sessions")}{where}.";
    }
}
