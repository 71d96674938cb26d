using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Landed;

namespace BatchEtl.Reference.Mapping;

/// <summary>E1: what a column may be read from. Null = the value does not fit the column (<c>bad_value</c>).</summary>
internal static partial class Casting
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Whether values of this landed type can stand in a column of that type at all.</summary>
    public static bool Fits(AvroSchema from, ColumnType to) => to.Kind switch
    {
        TypeKind.Text => from.Kind is AvroKind.String or AvroKind.Enum or AvroKind.Boolean || IsInteger(from) || IsDate(from)
            || from.IsDecimal || IsFixedUuid(from),
        TypeKind.Uuid => from.Kind == AvroKind.String || (from.Kind == AvroKind.Fixed && from.Size == 16 && !from.IsDecimal),
        TypeKind.BigInt or TypeKind.Double or TypeKind.Decimal =>
            IsInteger(from) || from.Kind is AvroKind.Float or AvroKind.Double or AvroKind.String || from.IsDecimal,
        TypeKind.Boolean => from.Kind is AvroKind.Boolean or AvroKind.String,
        TypeKind.Date => IsDate(from) || from.Kind == AvroKind.String,
        _ => false,
    };

    public static object? Cast(LandedValue landed, ColumnType to)
    {
        if (!Fits(landed.Schema, to))
        {
            return null;
        }

        return to.Kind switch
        {
            TypeKind.Text => TextOf(landed) is { } utf8 ? Decode(utf8) : null,
            TypeKind.Uuid => Uuid(landed),
            TypeKind.BigInt => Number(landed) is { IsWhole: true } n && n.Whole >= long.MinValue && n.Whole <= long.MaxValue ? (long)n.Whole : null,
            TypeKind.Double => Double(landed),
            TypeKind.Decimal => Decimal(landed, to),
            TypeKind.Boolean => landed.Value is bool b ? b : Decode((byte[])landed.Value!) switch { "true" => true, "false" => false, _ => null },
            TypeKind.Date => landed.Value is long days ? Date(days) : Decode((byte[])landed.Value!) is { } text ? IsoTime.ReadDate(text) : null,
            _ => null,
        };
    }

    /// <summary>The text of a value as a text column has it, undecoded; null where it has none.</summary>
    /// <param name="timestamps">In <c>all</c> timestamps count too, as their landed integer.</param>
    public static byte[]? TextOf(LandedValue landed, bool timestamps = false)
    {
        if (landed.Schema.Kind == AvroKind.String)
        {
            return (byte[])landed.Value!;
        }

        var integer = timestamps && landed.Schema.IsTimestamp;
        return integer || Fits(landed.Schema, ColumnType.Text) ? PlainText(landed) is { } text ? Encoding.UTF8.GetBytes(text) : null : null;
    }

    /// <summary>E3's raw: the landed value before the cast. Null for what has no text (bytes, records, …).</summary>
    public static string? Raw(LandedValue landed) => landed.Schema.Kind switch
    {
        AvroKind.String => Replaced((byte[])landed.Value!),
        AvroKind.Float or AvroKind.Double => ((double)landed.Value!).ToString("R", CultureInfo.InvariantCulture),
        _ when IsDate(landed.Schema) && Date((long)landed.Value!) is null => ((long)landed.Value!).ToString(CultureInfo.InvariantCulture),
        _ => PlainText(landed),
    };

    /// <summary>E3: each run of bytes that are not UTF-8 (and of U+FFFD) as one U+FFFD.</summary>
    public static string Replaced(byte[] utf8) => ReplacementRun().Replace(Encoding.UTF8.GetString(utf8), "\uFFFD");

    /// <summary>Null where the bytes are not UTF-8.</summary>
    public static string? Decode(byte[] utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>E1: compared and written in lower case.</summary>
    public static string? UuidText(string text) => UuidForm().IsMatch(text) ? text.ToLowerInvariant() : null;

    public static object? Decimal(ExactDecimal value, ColumnType to)
    {
        var rounded = value.Round(to.Scale);
        return rounded.Fits(to.Precision) ? rounded : null;
    }

    public static bool IsDate(AvroSchema schema) => schema.Logical == "date";

    /// <summary>int and long that stand for themselves.</summary>
    public static bool IsInteger(AvroSchema schema) =>
        schema.Kind is AvroKind.Int or AvroKind.Long && !schema.IsTimestamp && !IsDate(schema);

    private static bool IsFixedUuid(AvroSchema schema) => schema.Kind == AvroKind.Fixed && schema.Logical == "uuid";

    private static string? PlainText(LandedValue landed) => landed.Value switch
    {
        bool b => b ? "true" : "false",
        string symbol => symbol,
        long days when IsDate(landed.Schema) => Date(days)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        long n => n.ToString(CultureInfo.InvariantCulture),
        byte[] when landed.Schema.IsDecimal => Unscaled(landed).ToString(),
        byte[] bytes when IsFixedUuid(landed.Schema) => FixedUuid(bytes),
        _ => null,
    };

    private static string? Uuid(LandedValue landed) => landed.Schema.Kind == AvroKind.Fixed
        ? FixedUuid((byte[])landed.Value!)
        : Decode((byte[])landed.Value!) is { } text ? UuidText(text) : null;

    private static string FixedUuid(byte[] bytes)
    {
        var hex = Convert.ToHexStringLower(bytes);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    /// <summary>The value as a number, exactly (a floating one: exactly what the binary number is); null where it is none.</summary>
    private static ExactDecimal? Number(LandedValue landed) => landed.Value switch
    {
        long n => n,
        double d when !double.IsFinite(d) => null,
        // Only used for whole numbers: below 2^53 the shortest text is exact, above every double is whole.
        double d => Math.Abs(d) < 9e15 ? ExactDecimal.OfShortestText(d) : new ExactDecimal(new BigInteger(d), 0),
        byte[] when landed.Schema.IsDecimal => Unscaled(landed),
        byte[] text => Decode(text) is { } decoded && ExactDecimal.TryParse(decoded, out var n) ? n : null,
        _ => null,
    };

    private static object? Double(LandedValue landed)
    {
        double? value = landed.Value switch
        {
            double d => d,
            long n => n,
            _ => Number(landed) is null ? null
                : landed.Schema.IsDecimal ? Number(landed)!.Value.ToDouble()
                : double.Parse(Decode((byte[])landed.Value!)!, CultureInfo.InvariantCulture),
        };
        // NaN and ±∞ are bad, −0.0 is 0.0.
        return value is { } v && double.IsFinite(v) ? v + 0.0 == 0 ? 0.0 : v : null;
    }

    private static object? Decimal(LandedValue landed, ColumnType to)
    {
        if (landed.Value is double d)
        {
            // E1: 10^15 or more in magnitude is bad; below, the shortest decimal text is rounded.
            return double.IsFinite(d) && Math.Abs(d) < 1e15 ? Decimal(ExactDecimal.OfShortestText(d), to) : null;
        }

        return Number(landed) is { } number ? Decimal(number, to) : null;
    }

    /// <summary>E3: a date outside the years 1–9999 is bad.</summary>
    private static DateOnly? Date(long daysSince1970)
    {
        var day = daysSince1970 + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return day >= 0 && day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)day) : null;
    }

    private static ExactDecimal Unscaled(LandedValue landed) =>
        new(new BigInteger((byte[])landed.Value!, isBigEndian: true), landed.Schema.Scale);

    [GeneratedRegex("\uFFFD+")]
    private static partial Regex ReplacementRun();

    [GeneratedRegex(@"\A[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\z")]
    private static partial Regex UuidForm();
}
