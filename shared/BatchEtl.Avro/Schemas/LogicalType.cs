namespace BatchEtl.Avro.Schemas;

/// <summary>The logical types of Avro 1.12.</summary>
public enum LogicalKind
{
    /// <summary>Bytes or fixed: a big-endian two's complement unscaled integer.</summary>
    Decimal,

    /// <summary>A string in the form 8-4-4-4-12, or 16 bytes.</summary>
    Uuid,

    /// <summary>An int: days since 1970-01-01.</summary>
    Date,

    /// <summary>An int: milliseconds since midnight.</summary>
    TimeMillis,

    /// <summary>A long: microseconds since midnight.</summary>
    TimeMicros,

    /// <summary>A long: milliseconds since 1970-01-01T00:00Z.</summary>
    TimestampMillis,

    /// <summary>A long: microseconds since 1970-01-01T00:00Z.</summary>
    TimestampMicros,

    /// <summary>A long: nanoseconds since 1970-01-01T00:00Z.</summary>
    TimestampNanos,

    /// <summary>A long: milliseconds since 1970-01-01T00:00 of an unnamed zone.</summary>
    LocalTimestampMillis,

    /// <summary>A long: microseconds since 1970-01-01T00:00 of an unnamed zone.</summary>
    LocalTimestampMicros,

    /// <summary>A long: nanoseconds since 1970-01-01T00:00 of an unnamed zone.</summary>
    LocalTimestampNanos,

    /// <summary>12 bytes: months, days and milliseconds as little-endian unsigned 32-bit integers.</summary>
    Duration,
}

/// <summary>A valid logical type of a schema node; one that the specification calls invalid is never made.</summary>
/// <param name="Precision">Of a decimal: its greatest number of digits, 1 or more; otherwise 0.</param>
/// <param name="Scale">Of a decimal: digits behind the point, 0 to <paramref name="Precision"/>; otherwise 0.</param>
public sealed record LogicalType(LogicalKind Kind, int Precision = 0, int Scale = 0);
