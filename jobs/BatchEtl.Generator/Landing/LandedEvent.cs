using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Landing;

/// <summary>A record of a file, before it has a schema: what happened and the session in which it did.</summary>
internal readonly struct LandedEvent
{
    /// <summary>Microseconds since 1970, before <see cref="Fault"/> is applied.</summary>
    public required long OccurredAt { get; init; }

    /// <summary>The session's index in <see cref="LandedPart.Sessions"/>.</summary>
    public required int Session { get; init; }

    /// <summary>The event's number in its session.</summary>
    public required int Number { get; init; }

    public required int Item { get; init; }

    public required EventKind Kind { get; init; }

    public required Fault Fault { get; init; }
}
