using System.Numerics;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Landed;

namespace BatchEtl.Reference.Mapping;

/// <summary>E1 "Time": what occurred_at may be read from.</summary>
internal sealed class TimeCasting(TimeReading? reading)
{
    private readonly ZoneDays _zone = new(reading?.Zone ?? "UTC");

    /// <summary>Whether values of this landed type can be read as a time: timestamps, numbers with a declared unit, text with format iso.</summary>
    public bool Fits(AvroSchema from)
    {
        if (reading?.Unit is not null)
        {
            return from.Kind is AvroKind.Int or AvroKind.Long or AvroKind.Float or AvroKind.Double;
        }

        return from.IsTimestamp || (reading?.Iso == true && from.Kind == AvroKind.String);
    }

    /// <summary>Microseconds since 1970, floored (T1); null = bad_time.</summary>
    public long? Read(LandedValue landed)
    {
        if (landed.Value is byte[] text)
        {
            return Casting.Decode(text) is { } decoded ? IsoTime.Read(decoded, _zone) : null;
        }

        if (landed.Value is double number)
        {
            return Floating(number);
        }

        // A declared unit wins over a logical type.
        var micros = new BigInteger((long)landed.Value!) * (reading?.Unit ?? UnitOf(landed.Schema)) switch
        {
            TimeUnit.Seconds => 1_000_000_000,
            TimeUnit.Milliseconds => 1_000_000,
            TimeUnit.Microseconds => 1_000,
            _ => 1,
        };
        var floored = BigInteger.Divide(micros - (((micros % 1000) + 1000) % 1000), 1000);
        if (floored < -100_000_000_000_000_000 || floored > 300_000_000_000_000_000)
        {
            return null;
        }

        var local = reading?.Unit is null && landed.Schema.IsLocal;
        if (local && !IsoTime.InYears((long)floored))
        {
            return null;
        }

        var instant = local ? _zone.Instant((long)floored) : (long)floored;
        return IsoTime.InYears(instant) ? instant : null;
    }

    /// <summary>E1: multiplied by the unit's microseconds in one double operation, rounded half away from zero.</summary>
    private long? Floating(double number)
    {
        var micros = Math.Round(
            number * reading!.Unit switch
            {
                TimeUnit.Seconds => 1e6,
                TimeUnit.Milliseconds => 1e3,
                TimeUnit.Microseconds => 1.0,
                _ => 0.001,
            },
            MidpointRounding.AwayFromZero);
        return Math.Abs(micros) < 1e18 && IsoTime.InYears((long)micros) ? (long)micros : null;
    }

    private static TimeUnit UnitOf(AvroSchema schema) => schema.Logical switch
    {
        "timestamp-millis" or "local-timestamp-millis" => TimeUnit.Milliseconds,
        "timestamp-micros" or "local-timestamp-micros" => TimeUnit.Microseconds,
        _ => TimeUnit.Nanoseconds,
    };
}
