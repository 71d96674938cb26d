namespace BatchEtl.Jobs.Events;

/// <summary>E3's reasons in their order, as the code that a record's judgement carries.</summary>
internal static class RejectReason
{
    public const int NoId = 1;
    public const int NoName = 2;
    public const int NoTime = 3;
    public const int BadTime = 4;
    public const int NoActor = 5;
    public const int TooLate = 6;
    public const int Future = 7;

    /// <summary>bad_value of mapped column n is this + n.</summary>
    public const int BadValue = 100;

    /// <summary>The name of a code below <see cref="BadValue"/> and the mapped column it speaks of.</summary>
    public static readonly IReadOnlyList<(int Code, string Name, string Column)> Named =
    [
        (NoId, "no_id", "event_id"),
        (NoName, "no_name", "event_name"),
        (NoTime, "no_time", "occurred_at"),
        (BadTime, "bad_time", "occurred_at"),
        (NoActor, "no_actor", "actor_id"),
        (TooLate, "too_late", "occurred_at"),
        (Future, "future", "occurred_at"),
    ];

    public const string BadValueName = "bad_value";
}
