namespace BatchEtl.Generator.World;

/// <summary>What is wrong with a record.</summary>
internal enum Fault : byte
{
    None,

    /// <summary>The event id is empty.</summary>
    NoId,

    /// <summary>The event name is empty.</summary>
    NoName,

    /// <summary>The time is null.</summary>
    NoTime,

    /// <summary>The device is empty or, where the schema lets it be, null.</summary>
    NoActor,

    /// <summary>The time is in a thousandth of the unit that the schema says: far beyond the year 9999.</summary>
    BadTime,

    /// <summary>The event id is no UUID.</summary>
    BadId,

    /// <summary>The device's clock is ahead by hours to months.</summary>
    Future,
}
