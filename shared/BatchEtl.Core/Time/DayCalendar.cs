using System.Globalization;

namespace BatchEtl.Core.Time;

/// <summary>
/// The days of a zone (semantics.md T1): day D is <c>[start(D), start(D+1))</c>, start(D) being the first instant whose
/// local date is D or later. Days have 23, 24, 25 or other hours; a date of no length (Apia, 2011-12-30) is not a day.
/// Every instant of the years 1–9999 lies in exactly one day.
/// </summary>
public sealed class DayCalendar
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
    private readonly ZoneClock _clock;

    /// <param name="zone">IANA name.</param>
    /// <exception cref="ArgumentException">No IANA zone has that name.</exception>
    public DayCalendar(string zone)
    {
        _clock = new ZoneClock(zone);
        Zone = zone;
    }

    /// <summary>IANA name of the zone whose local dates are the days.</summary>
    public string Zone { get; }

    /// <summary>The day's window; empty for a date that <see cref="Exists"/> denies.</summary>
    public Window Of(DateOnly day) => new(Start(day.DayNumber), Start(day.DayNumber + 1));

    /// <summary>Whether the date has any length in this zone.</summary>
    public bool Exists(DateOnly day) => !Of(day).IsEmpty;

    /// <summary>The last day before a date.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none from year 1 on.</exception>
    public DateOnly Previous(DateOnly day) => AddDays(day, -1);

    /// <summary>The first day after a date.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none up to year 9999.</exception>
    public DateOnly Next(DateOnly day) => AddDays(day, 1);

    /// <summary>The n-th day after a date, before it when n is negative, the date itself when n is 0. Only days count (T1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The result lies outside the years 1–9999.</exception>
    public DateOnly AddDays(DateOnly day, int n)
    {
        int step = Math.Sign(n);
        for (int left = Math.Abs(n); left > 0;)
        {
            day = day.AddDays(step);
            left -= Exists(day) ? 1 : 0;
        }

        return day;
    }

    /// <summary>The day that holds an instant.</summary>
    /// <param name="micros">UTC microseconds since 1970.</param>
    /// <exception cref="ArgumentOutOfRangeException">The day lies outside the years 1–9999.</exception>
    public DateOnly DayOf(long micros)
    {
        const long YearOne = -62_135_596_800_000_000, YearTenThousand = 253_402_300_800_000_000;
        if (micros < YearOne - ZoneClock.Day || micros >= YearTenThousand + ZoneClock.Day)
        {
            throw OutOfRange(micros);
        }

        // Where clocks go back over midnight, the local date alone would be a day too early (T1 keeps days whole).
        long local = micros + _clock.At(micros).Offset;
        int day = (int)Math.Floor((decimal)local / ZoneClock.Day) + Epoch;
        while (Start(day) > micros)
        {
            day--;
        }

        while (Start(day + 1) <= micros)
        {
            day++;
        }

        return day >= DateOnly.MinValue.DayNumber && day <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber(day)
            : throw OutOfRange(micros);
    }

    private static ArgumentOutOfRangeException OutOfRange(long micros) => new(
        nameof(micros), micros, string.Create(CultureInfo.InvariantCulture, $"{micros} lies outside the years 1–9999."));

    private long Start(int dayNumber) => _clock.FirstAtOrAfter((dayNumber - Epoch) * ZoneClock.Day);
}
