using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>The file's own ways to write durations, ratios, sizes, numbers and types. Each returns null for what it is not.</summary>
internal static partial class Literals
{
    /// <summary>About 100 years: keeps every sum of settings far inside what instants can hold.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36_500);

    /// <summary><c>10s 30m 4h 3d 0</c>.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        if (!DurationForm().IsMatch(text))
        {
            return null;
        }

        long unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, _ => 86_400 };
        long seconds = long.Parse(text[..^1], CultureInfo.InvariantCulture) * unit;
        return TimeSpan.FromSeconds(Math.Min(seconds, (long)LongestDuration.TotalSeconds + 1));
    }

    /// <summary>A duration as the file writes it, in the largest unit that fits.</summary>
    public static string Write(TimeSpan duration)
    {
        long seconds = (long)duration.TotalSeconds;
        (long unit, char name) = seconds switch
        {
            0 => (1, 's'),
            _ when seconds % 86_400 == 0 => (86_400, 'd'),
            _ when seconds % 3_600 == 0 => (3_600, 'h'),
            _ when seconds % 60 == 0 => (60, 'm'),
            _ => (1L, 's'),
        };
        return seconds == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{seconds / unit}{name}");
    }

    /// <summary><c>1%</c>, as 0.01.</summary>
    public static decimal? Ratio(string text) =>
        text == "0" ? 0 : RatioForm().IsMatch(text) ? decimal.Parse(text[..^1], CultureInfo.InvariantCulture) / 100 : null;

    /// <summary><c>4GB</c> in bytes; KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB of 1024.</summary>
    public static long? Size(string text)
    {
        Match match = SizeForm().Match(text);
        if (!match.Success)
        {
            return null;
        }

        long unit = match.Groups[3].Success ? 1024 : 1000;
        decimal bytes = decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        for (int power = "KMGT".IndexOf(match.Groups[2].Value[0], StringComparison.Ordinal); power >= 0; power--)
        {
            bytes *= unit;
        }

        return bytes <= 1L << 60 ? (long)bytes : null;
    }

    public static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole : null;

    public static decimal? Number(string text) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : null;

    /// <summary>A column's declared type; decimals with precision 1–38 and a scale up to it.</summary>
    public static ColumnType? Type(string text)
    {
        Match match = DecimalForm().Match(text);
        if (match.Success)
        {
            int precision = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            int scale = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            return precision is >= 1 and <= 38 && scale <= precision ? ColumnType.Decimal(precision, scale) : null;
        }

        return text switch
        {
            "text" => ColumnType.Text,
            "uuid" => ColumnType.Uuid,
            "bigint" => ColumnType.BigInt,
            "double" => ColumnType.Double,
            "boolean" => ColumnType.Boolean,
            "date" => ColumnType.Date,
            _ => null,
        };
    }

    /// <summary>Names of columns, cubes, counters and metrics: a letter, then letters, digits and _, at most 64 in all.</summary>
    public static bool IsName(string text) => NameForm().IsMatch(text);

    [GeneratedRegex(@"\A[0-9]{1,9}[smhd]\z", RegexOptions.CultureInvariant)]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"\A[0-9]{1,9}(\.[0-9]{1,9})?%\z", RegexOptions.CultureInvariant)]
    private static partial Regex RatioForm();

    [GeneratedRegex(@"\A([0-9]{1,9}(?:\.[0-9]{1,9})?)([KMGT])(i)?B\z", RegexOptions.CultureInvariant)]
    private static partial Regex SizeForm();

    [GeneratedRegex(@"\Adecimal\( *([0-9]{1,3}) *, *([0-9]{1,3}) *\)\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalForm();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
