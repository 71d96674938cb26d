using System.Globalization;
using System.Numerics;
using BatchEtl.Core.Publishing;

namespace BatchEtl.Core.Runs;

/// <summary>A headline number of a day that was published before: what it was and what it is (P2). Numbers to 6 digits, as decimal text.</summary>
/// <param name="Old">Null where the earlier manifest has no such number.</param>
public sealed record RestatedNumber(string Metric, string? Old, string New);

/// <summary>A published day that a run replaced from other inputs, or with other numbers (P2).</summary>
public sealed record Restatement(DateOnly Day, string RunId, string Reason, IReadOnlyList<RestatedNumber> Numbers)
{
    /// <summary>The restatement that a new manifest is; null where the day was not published, or neither its inputs nor its numbers changed.</summary>
    internal static Restatement? Of(Manifest? before, Manifest after, string reason)
    {
        if (before is null)
        {
            return null;
        }

        var old = Headline(before).ToDictionary(n => n.Metric, n => n.Value, StringComparer.Ordinal);
        var numbers = Headline(after).Select(n => new RestatedNumber(n.Metric, old.GetValueOrDefault(n.Metric), n.Value)).ToList();
        var changed = numbers.Any(n => n.Old != n.New) || !Files(before).SetEquals(Files(after));
        return changed ? new Restatement(after.Day, after.RunId, reason, numbers) : null;
    }

    private static HashSet<(string, long, DateTimeOffset?)> Files(Manifest manifest) => [.. manifest.Inputs.Where(i => i.Input).Select(i => (i.File, i.Bytes, i.Modified))];

    private static IEnumerable<(string Metric, string Value)> Headline(Manifest manifest)
    {
        var counts = manifest.Counts;
        (string Metric, long Value)[] numbers =
            [("records", counts.Records), ("rejects", counts.Rejects.Values.Sum()), ("duplicates", counts.Duplicates), ("events", counts.Events), ("sessions", counts.Sessions), ("actors", counts.Actors)];
        return numbers.Select(n => (n.Metric, n.Value.ToString(CultureInfo.InvariantCulture) + ".000000"))
            .Concat(counts.Sums.OrderBy(s => s.Key, Storage.Utf8Order.Instance).Select(s => (Metric: "sum_" + s.Key, Value: SixDigits.Of(s.Value ?? "0"))).Where(s => s.Value is not null).Select(s => (s.Metric, s.Value!)));
    }
}

/// <summary>Numbers as decimal(38,6) holds them.</summary>
internal static class SixDigits
{
    private const int Scale = 6, Digits = 38;

    /// <summary>A number's text with six digits behind the point, rounded half away from zero; null where it has more than 32 before it, or is none.</summary>
    /// <param name="number">Decimal digits with an optional sign, point and exponent, or an infinite sum of doubles.</param>
    public static string? Of(string number)
    {
        if (!number.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E'))
        {
            return null;
        }

        var e = number.IndexOfAny(['e', 'E']);
        var exponent = e < 0 ? 0 : int.Parse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? number : number[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = BigInteger.Parse(point < 0 ? mantissa : mantissa.Remove(point, 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var shift = exponent + Scale - (point < 0 ? 0 : mantissa.Length - point - 1);
        var scaled = shift >= 0 ? digits * BigInteger.Pow(10, Math.Min(shift, 2 * Digits)) : Rounded(digits, BigInteger.Pow(10, Math.Min(-shift, 400)));
        var text = BigInteger.Abs(scaled).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        return text.Length > Digits ? null : $"{(scaled.Sign < 0 ? "-" : "")}{text[..^Scale]}.{text[^Scale..]}";
    }

    private static BigInteger Rounded(BigInteger number, BigInteger divisor) =>
        BigInteger.Divide((2 * number) + (number.Sign * divisor), 2 * divisor);
}
