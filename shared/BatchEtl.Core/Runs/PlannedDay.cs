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
    /// <summary>It is built whether or not something changed.</summary>
    public bool IsForced { get; init; }

    /// <summary>Its sessions stay; only ids in its events may change (S4).</summary>
    public bool OnlyIds { get; init; }
}
