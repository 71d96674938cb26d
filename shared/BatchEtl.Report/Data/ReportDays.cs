using BatchEtl.Core.Time;

namespace BatchEtl.Report.Data;

/// <summary>Which days a report looks back at: the last 13 weeks, and weekly beyond.</summary>
internal static class ReportDays
{
    public const int Recent = 91;

    /// <summary>How many weeks are looked back at before the recent ones.</summary>
    private const int EarlierWeeks = 156 - 13;

    /// <summary>The days of history up to a day, the first first.</summary>
    public static IReadOnlyList<DateOnly> RecentTo(DateOnly day, DateOnly historyStart, DayCalendar calendar) =>
        [.. Enumerable.Range(0, Recent).Select(n => day.AddDays(-n)).TakeWhile(d => d >= historyStart).Where(calendar.Exists).Reverse()];

    /// <summary>The same weekday of the weeks before those, and of the recent ones too, the first first.</summary>
    public static IReadOnlyList<DateOnly> WeeklyTo(DateOnly day, DateOnly historyStart, DayCalendar calendar) =>
        [.. Enumerable.Range(0, EarlierWeeks + 13).Select(n => day.AddDays(-7 * n)).TakeWhile(d => d >= historyStart).Where(calendar.Exists).Reverse()];
}
