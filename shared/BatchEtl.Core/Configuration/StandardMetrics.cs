namespace BatchEtl.Core.Configuration;

/// <summary>The metrics that every pipeline has (tables.md, "The rows of metrics").</summary>
public static class StandardMetrics
{
    /// <summary>Those with rows of period 1, which ratios may refer to.</summary>
    public static readonly IReadOnlyList<string> OfOneDay =
    [
        "dau", "new_actors", "retained_actors", "resurrected_actors", "churned_actors", "quick_ratio", "events",
        "events_per_actor", "sessions", "sessions_per_actor", "events_per_session", "session_duration_ms", "bounce_rate",
        "engaged_rate",
    ];

    /// <summary>All names.</summary>
    public static readonly IReadOnlyList<string> Names = [.. OfOneDay, "wau", "mau", "stickiness"];
}
