using System.Globalization;

namespace BatchEtl.Report.Words;

/// <summary>How a number is to be read.</summary>
internal enum NumberKind
{
    /// <summary>A count or sum.</summary>
    Amount,

    /// <summary>A ratio of two amounts.</summary>
    Ratio,

    /// <summary>A share between 0 and 1.</summary>
    Share,

    Milliseconds,
}

/// <summary>Numbers for people. Invariant culture: 12,345.6.</summary>
internal static class NumberText
{
    private const string Nothing = "–";

    /// <summary>A number in a few characters.</summary>
    public static string Short(double? number, NumberKind kind) => number is not { } n ? Nothing : kind switch
    {
        NumberKind.Share => Percent(n),
        NumberKind.Milliseconds => Duration(n),
        _ => Math.Abs(n) switch
        {
            >= 1e12 => Digits(n / 1e12) + " T",
            >= 1e9 => Digits(n / 1e9) + " B",
            >= 1e6 => Digits(n / 1e6) + " M",
            >= 1e3 => n.ToString("N0", CultureInfo.InvariantCulture),
            _ => kind == NumberKind.Amount && n == Math.Round(n) ? n.ToString("N0", CultureInfo.InvariantCulture) : Digits(n),
        },
    };

    /// <summary>A number with all that matters of it.</summary>
    public static string Exact(double? number, NumberKind kind) => number is not { } n ? Nothing : kind switch
    {
        NumberKind.Share => (n * 100).ToString("0.00", CultureInfo.InvariantCulture) + " %",
        NumberKind.Milliseconds => Duration(n),
        NumberKind.Amount => n.ToString(n == Math.Round(n) ? "N0" : "N2", CultureInfo.InvariantCulture),
        _ => n.ToString("#,##0.####", CultureInfo.InvariantCulture),
    };

    public static string Percent(double share) =>
        (share * 100).ToString(Math.Abs(share) is >= 0.0995 or 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Milliseconds in one or two units.</summary>
    public static string Duration(double ms)
    {
        var s = (long)Math.Round(ms / 1000);
        return Math.Abs(ms) < 1000 ? $"{ms.ToString("0", CultureInfo.InvariantCulture)} ms"
            : s < 60 ? $"{(ms / 1000).ToString("0.#", CultureInfo.InvariantCulture)} s"
            : s < 3600 ? Units(s / 60, "min", s % 60, "s")
            : s < 86400 ? Units(s / 3600, "h", s % 3600 / 60, "min")
            : Units(s / 86400, "d", s % 86400 / 3600, "h");
    }

    /// <summary>By how much a value differs from an earlier one: +12 %, −3.1 %, ±0 %; null where there is nothing to compare with.</summary>
    public static string? Change(double? now, double? before) => now is not { } n || before is not { } b || b == 0 ? null
        : n == b ? "±0 %"
        : (n > b ? "+" : "−") + (Math.Abs(n / b - 1) is var change && change >= 10 ? $"{(1 + change).ToString("0", CultureInfo.InvariantCulture)}×" : Percent(change));

    public static string Day(DateOnly day) => day.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture);

    private static string Units(long large, string unit, long small, string smaller) => small == 0 ? $"{large} {unit}" : $"{large} {unit} {small} {smaller}";

    private static string Digits(double n) => n.ToString(Math.Abs(n) switch { >= 100 => "0", >= 10 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture);
}
