using NodaTime;

namespace BatchEtl.Reference.Days;

/// <summary>A half-open stretch of time in microseconds since 1970.</summary>
public readonly record struct Span(long Start, long End)
{
    public bool Contains(long instant) => instant >= Start && instant < End;

    public bool Overlaps(Span other) => Start < End && other.Start < other.End && Start < other.End && other.Start < End;
}

/// <summary>T1: the days (and hours) of a zone.</summary>
internal sealed class ZoneDays(string zone)
{
    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[zone];

    /// <summary>start(D): the first instant whose local date is D or later.</summary>
    public long Start(DateOnly day) => StartOf(day, 0);

    public Span Day(DateOnly day) => new(Start(day), Start(day.AddDays(1)));

    /// <summary>An hour of the clock, from its first to behind its last instant: one that is repeated lasts two hours, one that is skipped none.</summary>
    public Span Hour(DateOnly day, int hour)
    {
        var next = hour == 23 ? Start(day.AddDays(1)) : StartOf(day, hour + 1);

        // Where clocks go back just after midnight, the last hour of the day before comes again.
        var last = _zone.MapLocal(new LocalDateTime(day.Year, day.Month, day.Day, hour, 59, 59).PlusTicks(9_999_999));
        return new Span(StartOf(day, hour), last.Count == 0 ? next : Math.Max(next, (last.Last().ToInstant().ToUnixTimeTicks() + 1) / 10));
    }

    /// <summary>T1: a date of no length is not a day.</summary>
    public bool IsDay(DateOnly day) => Start(day) < Start(day.AddDays(1));

    /// <summary>T1: D−n counts days.</summary>
    public DateOnly Before(DateOnly day, int n)
    {
        for (var left = n; left > 0;)
        {
            day = day.AddDays(-1);
            left -= IsDay(day) ? 1 : 0;
        }

        return day;
    }

    /// <summary>A local time as an instant (E1): one that a clock change skips or repeats takes the offset before the change.</summary>
    public long Instant(long localMicros)
    {
        var mapping = _zone.MapLocal(LocalDateTime.FromDateTime(DateTime.UnixEpoch).PlusTicks(localMicros * 10));
        // Skipped: the early interval is the one before the gap. Repeated: the early interval comes first.
        return localMicros - mapping.EarlyInterval.WallOffset.Ticks / 10;
    }

    private long StartOf(DateOnly day, int hour)
    {
        var mapping = _zone.MapLocal(new LocalDateTime(day.Year, day.Month, day.Day, hour, 0));
        var instant = mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
        return instant.ToUnixTimeTicks() / 10;
    }
}
