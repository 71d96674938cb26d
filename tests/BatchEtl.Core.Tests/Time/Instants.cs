using System.Globalization;

namespace BatchEtl.Core.Tests.Time;

internal static class Instants
{
    /// <summary>An ISO text in UTC as microseconds since 1970.</summary>
    public static long At(string utc) =>
        (DateTime.Parse(utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).Ticks / 10;

    public static string Text(long micros) => DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    public static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
