using BatchEtl.Core.Configuration;
using BatchEtl.Core.Time;

namespace BatchEtl.Jobs.Retention;

/// <summary>A cell of the triangle that holds D: who was first seen in the cohort's period, in the n-th period after it.</summary>
/// <param name="Cohort">First date of the cohort's period.</param>
/// <param name="LastDay">Last date of the cohort's period.</param>
/// <param name="Provisional">Whether D's period has days after D.</param>
internal sealed record CohortCell(string Period, DateOnly Cohort, DateOnly LastDay, int N, bool Provisional);

/// <summary>A kind of calendar period (A4, T2).</summary>
/// <param name="Limit">Largest n.</param>
/// <param name="StartOf">First date of the period that holds a date.</param>
/// <param name="Next">First date of the period behind the one that starts at a date.</param>
internal sealed record CohortPeriod(string Name, int Limit, Func<DateOnly, DateOnly> StartOf, Func<DateOnly, DateOnly> Next)
{
    /// <summary>The periods that the pipeline asks for.</summary>
    public static IEnumerable<CohortPeriod> Of(Pipeline pipeline)
    {
        CohortPeriod[] all =
        [
            new("day", pipeline.Retention.Day, d => d, d => d.AddDays(1)),
            new("week", pipeline.Retention.Week, d => d.AddDays(-((d.DayOfWeek - pipeline.WeekStarts + 7) % 7)), d => d.AddDays(7)),
            new("month", pipeline.Retention.Month, d => new DateOnly(d.Year, d.Month, 1), d => d.AddMonths(1)),
        ];
        return all.Where(p => p.Limit > 0);
    }

    /// <summary>How many days D's period has up to D.</summary>
    public int DaysSoFar(DateOnly day, DayCalendar calendar) => Days(StartOf(day), day.AddDays(1), calendar);

    /// <summary>The cells of every cohort that history can hold, the youngest first.</summary>
    public IEnumerable<CohortCell> CellsOf(DateOnly day, DateOnly historyStart, DayCalendar calendar)
    {
        var current = StartOf(day);
        var provisional = Days(day.AddDays(1), Next(current), calendar) > 0;
        var n = 0;
        for (var start = current; n <= Limit; start = StartOf(start.AddDays(-1)))
        {
            // A date of no length is not a day, and no period by itself (T1).
            if (Days(start, Next(start), calendar) > 0)
            {
                yield return new CohortCell(Name, start, Next(start).AddDays(-1), n++, provisional);
            }

            if (start <= historyStart)
            {
                yield break;
            }
        }
    }

    private static int Days(DateOnly from, DateOnly to, DayCalendar calendar) =>
        Enumerable.Range(0, Math.Max(0, to.DayNumber - from.DayNumber)).Count(i => calendar.Exists(from.AddDays(i)));
}
