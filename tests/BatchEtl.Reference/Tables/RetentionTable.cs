using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;

namespace BatchEtl.Reference.Tables;

/// <summary>A4: retention(D) holds the cells whose period contains D.</summary>
internal static class RetentionTable
{
    public static ReferenceTable Of(Pipeline pipeline, ZoneDays calendar, DateOnly day, IReadOnlyList<Actor> actors)
    {
        var table = new TableBuilder()
            .Column("period", ColumnType.Text)
            .Column("cohort", ColumnType.Date)
            .Column("n", ColumnType.Int)
            .Column("cohort_size", ColumnType.BigInt)
            .Column("active", ColumnType.BigInt)
            .Column("rate", ColumnType.Double)
            .Column("provisional", ColumnType.Boolean);
        Add("day", pipeline.Retention.Day, d => d, d => d.AddDays(1));
        Add("week", pipeline.Retention.Week, d => WeekOf(d, pipeline.WeekStarts), d => d.AddDays(7));
        Add("month", pipeline.Retention.Month, d => new DateOnly(d.Year, d.Month, 1), d => d.AddMonths(1));
        return table.Build().SortedBy("period", "cohort", "n");

        void Add(string period, int limit, Func<DateOnly, DateOnly> start, Func<DateOnly, DateOnly> next)
        {
            if (limit == 0)
            {
                return;
            }

            var current = start(day);
            var daysSoFar = Days(current, day.AddDays(1));
            var provisional = Days(day.AddDays(1), next(current)) > 0;
            foreach (var cohort in actors.GroupBy(a => start(a.FirstSeen)))
            {
                var n = 0;
                for (var at = cohort.Key; at < current; at = next(at))
                {
                    // A date of no length is not a day.
                    n += Days(at, next(at)) > 0 ? 1 : 0;
                }

                if (n <= limit)
                {
                    var (size, active) = (cohort.LongCount(), cohort.LongCount(a => a.ActiveIn(daysSoFar)));
                    table.Row(period, cohort.Key, n, size, active, (double)active / size, provisional);
                }
            }
        }

        int Days(DateOnly from, DateOnly to) => Enumerable.Range(0, to.DayNumber - from.DayNumber).Count(i => calendar.IsDay(from.AddDays(i)));
    }

    private static DateOnly WeekOf(DateOnly day, DayOfWeek starts) => day.AddDays(-((day.DayOfWeek - starts + 7) % 7));
}
