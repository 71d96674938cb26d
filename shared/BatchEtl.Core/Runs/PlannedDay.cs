namespace BatchEtl.Core.Runs;

/// <summary>How much of a day a run builds.</summary>
public enum DayScope
{
    /// <summary>Everything, from what landed.</summary>
    All,

    /// <summary>What reads earlier days (A1, A6), from the day's published events and sessions, which stay as they are.</summary>
    Chain,
}

/// <summary>A day that a run builds, how much of it, and why.</summary>
public sealed record PlannedDay(DateOnly Day, string Reason, DayScope Scope = DayScope.All)
{
    /// <summary>The reason of a day that is as it should be and built all the same.</summary>
    public const string Forced = "forced";

    /// <summary>Its sessions stay; only ids in its events may change (S4).</summary>
    public bool OnlyIds { get; init; }
}
