namespace BatchEtl.Generator.World;

/// <summary>The rhythm of the traffic over a day and a week, in local time.</summary>
internal static class TrafficCurve
{
    private static readonly double[] Hours =
    [
        1.6, 0.9, 0.55, 0.4, 0.4, 0.7, 1.7, 3.2, 4.3, 4.8, 5.0, 5.1,
        5.4, 5.3, 5.1, 5.1, 5.4, 5.9, 6.7, 7.6, 8.3, 8.0, 6.1, 3.4,
    ];

    // From Sunday, as DayOfWeek counts.
    private static readonly double[] Weekdays = [1.14, 1.02, 0.98, 0.97, 0.98, 0.92, 0.99];

    public static double Weekday(DateOnly day) => Weekdays[(int)day.DayOfWeek];

    /// <summary>The weight of a local hour; a weekend sleeps longer.</summary>
    public static double Hour(DateOnly day, int hour) =>
        day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Hours[(hour + 23) % 24] : Hours[hour];

    /// <summary>A total in whole parts by weight; the parts add up to the total.</summary>
    public static long[] Apportion(long total, IReadOnlyList<double> weights)
    {
        var parts = new long[weights.Count];
        var sum = weights.Sum();
        var reached = 0.0;
        var given = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            reached += weights[i];
            var upTo = i == parts.Length - 1 ? total : Math.Clamp((long)(total * (reached / sum)), given, total);
            parts[i] = upTo - given;
            given = upTo;
        }

        return parts;
    }
}
