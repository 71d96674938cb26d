namespace BatchEtl.Generator.Landing;

/// <summary>An hour of arrival: one folder.</summary>
/// <param name="StartMs">Its start, milliseconds since 1970.</param>
/// <param name="DayIndex">The day that it belongs to.</param>
/// <param name="Records">Records that land in it.</param>
/// <param name="Sessions">Sessions expected to start in it; a fraction means by chance.</param>
internal sealed record LandingHour(long StartMs, int DayIndex, long Records, double Sessions)
{
    /// <summary>About 90 MB of records before compression.</summary>
    public const int RecordsPerPart = 600_000;

    /// <summary>Files that share the hour's records.</summary>
    public int Parts => Records switch
    {
        0 => 0,
        < 2_000 => 1,
        _ => (int)Math.Max(2, (Records + RecordsPerPart - 1) / RecordsPerPart),
    };

    /// <summary>The records of a part: even shares that add up to the hour's.</summary>
    public int RecordsOf(int part) => (int)((Records * (part + 1) / Parts) - (Records * part / Parts));

    /// <summary>The UTC hours whose start is on a local date: 23 or 25 where the clock changes.</summary>
    public static List<(long UtcMs, int LocalHour)> StartsOn(DateOnly date, TimeZoneInfo zone)
    {
        var starts = new List<(long UtcMs, int LocalHour)>();
        var from = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(-16);
        for (var h = 0; h < 60; h++)
        {
            var utc = from.AddHours(h);
            var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
            if (DateOnly.FromDateTime(local) == date)
            {
                starts.Add(((utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond, local.Hour));
            }
        }

        return starts;
    }
}
