using BatchEtl.Core.Configuration;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>The windows of a day D, computed once and handed to engines as literals (T1, E5, S3). All in UTC microseconds.</summary>
public sealed class DayWindows
{
    private readonly LandingOptions _landing;

    public DayWindows(Pipeline pipeline, DayCalendar calendar, DateOnly day)
    {
        Day = day;
        Calendar = calendar;
        Window = calendar.Of(day);
        Gap = Micros(pipeline.Sessions.Gap);
        CarryOver = Micros(pipeline.Sessions.CarryOver);
        Horizon = Micros(pipeline.Events.DedupeHorizon);
        ClockSkew = Micros(pipeline.Landing.ClockSkew);
        Lateness = Micros(pipeline.Landing.Lateness);
        _landing = pipeline.Landing;
    }

    public DateOnly Day { get; }

    public DayCalendar Calendar { get; }

    /// <summary>[start(D), end(D)).</summary>
    public Window Window { get; }

    public long Start => Window.Start;

    public long End => Window.End;

    public long Gap { get; }

    public long CarryOver { get; }

    public long Horizon { get; }

    public long ClockSkew { get; }

    public long Lateness { get; }

    /// <summary>Records that can matter to D: [start − gap − horizon, end + carry_over).</summary>
    public Window Records => new(Start - Gap - Horizon, End + CarryOver);

    /// <summary>Events that sessions(D) needs: [start − gap, end + carry_over) (S3).</summary>
    public Window SessionEvents => new(Start - Gap, End + CarryOver);

    /// <summary>Landing folders to read overlap this (E5).</summary>
    public Window Folders => new(
        Start - Gap - Horizon - ClockSkew,
        End + CarryOver + ClockSkew + (_landing.PartitionedBy == LandingPartitioning.ArrivalTime ? Lateness : 0));

    /// <summary>How far before its folder's start an event may lie (E3 too_late).</summary>
    public long AllowedLateness => _landing.PartitionedBy == LandingPartitioning.ArrivalTime ? Lateness : ClockSkew;

    /// <summary>The instant from which D is over (T3).</summary>
    public long Complete => End + CarryOver;

    /// <summary>Hours begun in the day (A6).</summary>
    public int Hours => (int)((Window.Length + HourMicros - 1) / HourMicros);

    public const long HourMicros = 3_600_000_000;

    /// <summary>A duration in whole microseconds.</summary>
    public static long Micros(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;
}
