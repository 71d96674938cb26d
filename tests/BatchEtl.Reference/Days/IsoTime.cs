using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchEtl.Reference.Days;

/// <summary>
/// E1: <c>YYYY-MM-DD</c>, optionally <c>T</c> or one blank and <c>hh:mm[:ss[.fraction]]</c> (<c>,</c> too), optionally <c>Z</c> or
/// <c>±hh[[:]mm]</c>, hours to 23, nothing else.
/// </summary>
internal static partial class IsoTime
{
    /// <summary>Microseconds since 1970, or null where the text is no ISO 8601 instant or its year is outside 1–9999.</summary>
    public static long? Read(string text, ZoneDays zone)
    {
        var match = Form().Match(text);
        if (!match.Success || ReadDate(match.Groups["date"].Value) is not { } date)
        {
            return null;
        }

        var (hour, minute, second) = (Number(match, "h"), Number(match, "m"), Number(match, "s"));
        if (hour > 23 || minute > 59 || second > 59)
        {
            return null;
        }

        // T1: finer input is floored.
        var micros = long.Parse(match.Groups["f"].Value.PadRight(6, '0')[..6], CultureInfo.InvariantCulture);
        var local = (date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400_000_000L
            + (hour * 3600L + minute * 60 + second) * 1_000_000L + micros;
        var (offsetHours, offsetMinutes) = (Number(match, "oh"), Number(match, "om"));
        if (offsetHours > 23 || offsetMinutes > 59)
        {
            return null;
        }

        var offset = (offsetHours * 60L + offsetMinutes) * 60_000_000L;
        var instant = match.Groups["sign"].Success ? (match.Groups["sign"].Value == "-" ? local + offset : local - offset)
            : match.Groups["utc"].Success ? local
            : zone.Instant(local);
        return InYears(instant) ? instant : null;
    }

    /// <summary>E3: the years 1–9999.</summary>
    public static bool InYears(long micros) => micros >= -62_135_596_800_000_000 && micros < 253_402_300_800_000_000;

    /// <summary>Text <c>YYYY-MM-DD</c> of the years 1–9999.</summary>
    public static DateOnly? ReadDate(string text) =>
        DateForm().IsMatch(text) && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    private static int Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})([T ](?<h>[0-9]{2}):(?<m>[0-9]{2})(:(?<s>[0-9]{2})([.,](?<f>[0-9]+))?)?)?((?<utc>Z)|(?<sign>[+-])(?<oh>[0-9]{2})(:?(?<om>[0-9]{2}))?)?\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z")]
    private static partial Regex DateForm();
}
