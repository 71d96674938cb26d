using NodaTime;
using NodaTime.TimeZones;

namespace BatchEtl.Core.Time;

/// <summary>A zone's offsets along the UTC axis, in microseconds; the one place that asks the zone database.</summary>
internal sealed class ZoneClock
{
    public const long Hour = 3_600_000_000;
    public const long Day = 24 * Hour;

    /// <summary>No offset is longer (zones keep within ±18 h).</summary>
    public const long LongestOffset = 18 * Hour;

    private static readonly long First = Micros(Instant.MinValue);
    private static readonly long Last = Micros(Instant.MaxValue);
    private readonly DateTimeZone _zone;

    /// <exception cref="ArgumentException">No IANA zone has that name.</exception>
    public ZoneClock(string zone)
    {
        if (!Zones.IsKnown(zone))
        {
            throw new ArgumentException($"'{zone}' is no IANA time zone.", nameof(zone));
        }

        _zone = DateTimeZoneProviders.Tzdb[zone];
    }

    /// <summary>The stretch of one offset that holds an instant.</summary>
    public ZoneStretch At(long instant)
    {
        ZoneInterval interval = _zone.GetZoneInterval(
            Instant.FromUnixTimeTicks(Math.Clamp(instant, First, Last) * 10));
        return new ZoneStretch(
            interval.HasStart ? Micros(interval.Start) : long.MinValue,
            interval.HasEnd ? Micros(interval.End) : long.MaxValue,
            interval.WallOffset.Seconds * 1_000_000L);
    }

    /// <summary>The stretches that overlap <c>[from, to)</c>, in order.</summary>
    public IEnumerable<ZoneStretch> Between(long from, long to)
    {
        for (ZoneStretch stretch = At(from); ; stretch = At(stretch.End))
        {
            yield return stretch;
            if (stretch.End >= to || stretch.End >= Last)
            {
                yield break;
            }
        }
    }

    /// <summary>The first instant whose local time is the given one (microseconds since 1970, as if UTC) or later.</summary>
    public long FirstAtOrAfter(long local)
    {
        foreach (ZoneStretch stretch in Between(local - LongestOffset, local + LongestOffset + 1))
        {
            long instant = Math.Max(local - stretch.Offset, stretch.Start);
            if (instant < stretch.End)
            {
                return instant;
            }
        }

        throw new InvalidOperationException("No instant has that local time or a later one.");
    }

    /// <summary>From the first to behind the last instant whose local time lies in <c>[from, to)</c>; null when there is none.</summary>
    public Window? Hull(long from, long to)
    {
        long? start = null;
        long end = 0;
        foreach (ZoneStretch stretch in Between(from - LongestOffset, to + LongestOffset))
        {
            long first = Math.Max(from - stretch.Offset, stretch.Start);
            long behind = Math.Min(to - stretch.Offset, stretch.End);
            if (first < behind)
            {
                start ??= first;
                end = behind;
            }
        }

        return start is { } known ? new Window(known, end) : null;
    }

    // Zone changes fall on whole seconds, so nothing is lost.
    private static long Micros(Instant instant) =>
        instant.ToUnixTimeTicks() / 10;
}

/// <param name="Start">First instant; long.MinValue where the zone has no earlier change.</param>
/// <param name="End">First instant behind; long.MaxValue where the zone has no later change.</param>
/// <param name="Offset">Local time − UTC.</param>
internal readonly record struct ZoneStretch(long Start, long End, long Offset);
