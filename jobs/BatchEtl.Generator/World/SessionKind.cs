namespace BatchEtl.Generator.World;

/// <summary>How a session runs and lands. Kinds have index spaces of their own: an hour knows how many of each begin in it.</summary>
internal enum SessionKind : byte
{
    /// <summary>At most 44 minutes, lands as it happens; some are re-delivered in part.</summary>
    Regular,

    /// <summary>Up to five hours.</summary>
    Long,

    /// <summary>Of a bot.</summary>
    Bot,

    /// <summary>On a device without a network: lands at once in a later hour.</summary>
    Offline,
}
