using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace BatchEtl.Reference;

/// <summary>A decimal number without limits: unscaled × 10^−scale. Numbers are equal by value, whatever their scales.</summary>
public readonly partial record struct ExactDecimal(BigInteger Unscaled, int Scale) : IComparable<ExactDecimal>
{
    public static readonly ExactDecimal Zero = new(0, 0);

    public static implicit operator ExactDecimal(long value) => new(value, 0);

    public static ExactDecimal operator +(ExactDecimal a, ExactDecimal b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        return new(a.At(scale) + b.At(scale), scale);
    }

    public static bool operator <(ExactDecimal a, ExactDecimal b) => a.CompareTo(b) < 0;

    public static bool operator >(ExactDecimal a, ExactDecimal b) => a.CompareTo(b) > 0;

    public static bool operator <=(ExactDecimal a, ExactDecimal b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ExactDecimal a, ExactDecimal b) => a.CompareTo(b) >= 0;

    /// <summary>E1: text is a number when all of it has this form.</summary>
    public static bool TryParse(string text, out ExactDecimal value)
    {
        value = Zero;
        var match = NumberForm().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var whole = match.Groups["whole"].Value;
        var fraction = match.Groups["fraction"].Value;
        var exponent = match.Groups["exponent"].Success
            ? int.Parse(match.Groups["exponent"].Value, CultureInfo.InvariantCulture)
            : 0;
        var digits = BigInteger.Parse("0" + whole + fraction, CultureInfo.InvariantCulture);
        if (match.Groups["sign"].Value == "-")
        {
            digits = -digits;
        }

        var scale = fraction.Length - exponent;
        value = scale >= 0 ? new(digits, scale) : new(digits * BigInteger.Pow(10, -scale), 0);
        return true;
    }

    /// <summary>E1: the shortest decimal text of the double, taken exactly.</summary>
    public static ExactDecimal OfShortestText(double value)
    {
        if (!double.IsFinite(value) || !TryParse(value.ToString("R", CultureInfo.InvariantCulture), out var result))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "not finite");
        }

        return result;
    }

    /// <summary>E1: half away from zero.</summary>
    public ExactDecimal Round(int scale)
    {
        if (scale >= Scale)
        {
            return new(At(scale), scale);
        }

        var unit = BigInteger.Pow(10, Scale - scale);
        var magnitude = BigInteger.Abs(Unscaled);
        var rounded = (magnitude + unit / 2) / unit;
        return new(Unscaled.Sign < 0 ? -rounded : rounded, scale);
    }

    public bool IsWhole => Round(0) == this;

    public BigInteger Whole => Round(0).Unscaled;

    /// <summary>Has at most this many digits, those after the point included.</summary>
    public bool Fits(int precision) => BigInteger.Abs(Unscaled) < BigInteger.Pow(10, precision);

    public double ToDouble() => double.Parse(ToString(), CultureInfo.InvariantCulture);

    public int CompareTo(ExactDecimal other)
    {
        var scale = Math.Max(Scale, other.Scale);
        return At(scale).CompareTo(other.At(scale));
    }

    public bool Equals(ExactDecimal other) => CompareTo(other) == 0;

    public override int GetHashCode()
    {
        var (digits, scale) = (Unscaled, Scale);
        while (scale > 0 && (digits % 10).IsZero)
        {
            (digits, scale) = (digits / 10, scale - 1);
        }

        return HashCode.Combine(digits, scale);
    }

    /// <summary>With all digits of its scale: 12.30.</summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        var text = Scale == 0 ? digits : digits[..^Scale] + "." + digits[^Scale..];
        return Unscaled.Sign < 0 ? "-" + text : text;
    }

    private BigInteger At(int scale) => Unscaled * BigInteger.Pow(10, scale - Scale);

    [GeneratedRegex(@"\A(?<sign>[+-])?((?<whole>[0-9]+)(\.(?<fraction>[0-9]*))?|\.(?<fraction>[0-9]+))([eE](?<exponent>[+-]?[0-9]{1,3}))?\z")]
    private static partial Regex NumberForm();
}
