using System.Globalization;
using System.Numerics;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.RandomCases;

/// <summary>A landed type with values that a column can take from it and some that it cannot.</summary>
/// <param name="Json">The type in the schema, not null.</param>
/// <param name="Newer">The same in later schema versions (int → long, float → double).</param>
/// <param name="Branch">What the type counts as in a union, where each may stand once.</param>
/// <param name="Own">The type that a column without a declared one gets from it.</param>
internal sealed record Leaf(string Json, string Newer, string Branch, ColumnType? Own, object[] Good, object[] Bad)
{
    private static readonly string[] Texts =
    [
        "LT", "lv", "", "Ünï", "\U0001F600", "\uFFFCx", "a|b", "LT ", "it's", "line\nbreak", "true", "1.50", "(none)", "\"q\"", "z\\z", new('w', 300),
    ];

    private static readonly object[] NoUtf8 =
    [
        new byte[] { 0xFF }, "a\u00C3"u8[..2].ToArray(), new byte[] { 0x61, 0xED, 0xA0, 0x80, 0x62 }, new byte[] { 0xC0, 0x80 },
        new byte[] { 0xEF, 0xBF, 0xBD, 0xFF, 0xFE, 0x20, 0xF8 },
    ];

    private static readonly string[] NoNumbers = ["abc", "", " 1", "1 ", "NaN", "Infinity", "0x1", "1_000", "१", "1e1000", ".", "1e", "--1", "1,5"];

    private static readonly double[] Doubles =
        [0.0, -0.0, 1.0, 0.1, 1.005, 2.675, -2.675, 0.5, -0.5, 1e-7, 123456.789, 1e14, 3.0, 42.0, 5e-324, 0.125, 999999.995, 100.0, 7.0];

    /// <summary>All landed types that a column of this type may be read from (E1), in random order.</summary>
    public static List<Leaf> For(ColumnType to, Random random, Func<string> name)
    {
        List<Leaf> leaves = to.Kind switch
        {
            TypeKind.Text => [
                Plain("string", ColumnType.Text, Pick(random, Texts, 6), NoUtf8),
                Enum(random, name), FixedUuid(random, name, "uuid", ColumnType.Text), TextUuid(random),
                Plain("boolean", ColumnType.Boolean, [true, false], []), Int(random), Long(random), Date(random), DecimalOf(random, name, 38, oversized: false)],
            TypeKind.Uuid => [
                Plain("string", ColumnType.Text, [.. Uuids(random).Select(u => random.Next(2) == 0 ? u : u.ToUpperInvariant())], ["", "no uuid", new string('0', 36), .. NoUtf8]),
                FixedUuid(random, name, "uuid", ColumnType.Text), FixedUuid(random, name, null, null)],
            TypeKind.BigInt => [
                Int(random), Long(random), Floating("float", [0, -0.0, 1, 42, -7, 16777216], [0.5, double.NaN, double.PositiveInfinity, 1e30]),
                Floating("double", [0, -0.0, 1, 42, -7, 4503599627370497, 9.2233720368547748e18], [0.5, double.NaN, double.NegativeInfinity, 9.2233720368547758e18]),
                WholeDecimal(random, name),
                Plain("string", ColumnType.Text, Pick(random, ["0", "-0", "1e3", "5.", "+7", "12.0", "-42", "9223372036854775807", "1200e-2"], 6), [.. NoNumbers, "1.5", "9223372036854775808", .. NoUtf8])],
            TypeKind.Double => [
                Int(random), Long(random), Floating("float", [0.1f, 1.5, -0.0, 3, 0.5], [double.NaN, double.PositiveInfinity]),
                Floating("double", PickDoubles(random), [double.NaN, double.PositiveInfinity, double.NegativeInfinity]),
                DecimalOf(random, name, 15, oversized: false),
                Plain("string", ColumnType.Text, Pick(random, ["0", "-0", "1e3", "5.", "+7.25", ".5", "2.675", "1E-3"], 6), [.. NoNumbers, "1e999", "-1e400", .. NoUtf8])],
            TypeKind.Decimal => [
                Int(random), Long(random), Floating("float", [0.1f, 1.5, -0.0, 0.5, 0.125], [double.NaN, 1e15, 3e38]),
                Floating("double", PickDoubles(random), [double.NaN, double.NegativeInfinity, 1e15, -1e22]),
                DecimalOf(random, name, 38, oversized: true),
                Plain("string", ColumnType.Text, Pick(random, ["0", "-0.001", "1e1", "5.", "+.25", "0.005", "-0.005", "0.675", "25e-3", "0.00499999999999999999999"], 6), [.. NoNumbers, "1e999", "12345678901234567890123456789012345678901.9", .. NoUtf8])],
            TypeKind.Boolean => [
                Plain("boolean", ColumnType.Boolean, [true, false], []),
                Plain("string", ColumnType.Text, ["true", "false"], ["True", "1", "", "f", .. NoUtf8])],
            _ => [
                Date(random),
                Plain("string", ColumnType.Text, ["2024-02-29", "0001-01-01", "9999-12-31", "1999-12-31"], ["2023-02-29", "0000-01-01", "", "2024-2-9", "2024-02-29T00:00", .. NoUtf8])],
        };
        var shuffled = leaves.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    /// <summary>A type that no value of can stand in such a column, for a branch of a union; all its values are bad. Null where there is none with a text.</summary>
    public static Leaf? UnfitFor(ColumnType to, Random random) => to.Kind switch
    {
        TypeKind.Text => Floating("double", [], [1.5, 0.1, double.NaN, -1e300]),
        TypeKind.Boolean => Plain("long", ColumnType.BigInt, [], [1L, 0L, -5L]),
        TypeKind.Date => Plain("boolean", ColumnType.Boolean, [], [true, false]),
        TypeKind.BigInt or TypeKind.Decimal or TypeKind.Double => Plain("boolean", ColumnType.Boolean, [], [true, false]),
        _ => random.Next(2) == 0 ? Plain("long", ColumnType.BigInt, [], [1L, 77L]) : null,
    };

    public static Leaf Plain(string type, ColumnType? own, object[] good, object[] bad)
    {
        var json = $"\"{type}\"";
        return new(json, json, type, own, good, bad);
    }

    public static IEnumerable<string> Uuids(Random random)
    {
        var bytes = new byte[16];
        for (var i = 0; i < 5; i++)
        {
            random.NextBytes(bytes);
            yield return Uuid(bytes);
        }
    }

    public static string Uuid(byte[] bytes)
    {
        var hex = Convert.ToHexStringLower(bytes);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    /// <summary>The big-endian bytes of an unscaled value, as long as a fixed wants them.</summary>
    private static byte[] Unscaled(BigInteger value, int? size)
    {
        var bytes = value.ToByteArray(isBigEndian: true);
        return size is { } s && s > bytes.Length
            ? [.. Enumerable.Repeat(value.Sign < 0 ? (byte)0xFF : (byte)0, s - bytes.Length), .. bytes]
            : bytes;
    }

    private static Leaf Int(Random random) => new(
        "\"int\"", random.Next(2) == 0 ? "\"int\"" : "\"long\"", "integer", ColumnType.BigInt, [0, 1, -1, 7, 42, random.Next(1000)], []);

    private static Leaf Long(Random random) => new(
        "\"long\"", "\"long\"", "integer", ColumnType.BigInt, [0L, 1L, -1L, 9L, 42L, (long)random.Next(1000), random.Next(4) == 0 ? long.MinValue : 5L], []);

    private static Leaf Floating(string type, double[] good, double[] bad) => new(
        $"\"{type}\"", "\"double\"", "floating", ColumnType.Double, [.. good.Cast<object>()], [.. bad.Cast<object>()]);

    private static Leaf Date(Random random) => new(
        """{"type":"int","logicalType":"date"}""", """{"type":"int","logicalType":"date"}""", "integer", ColumnType.Date,
        [0L, -1L, 20000L + random.Next(10), 2_932_896L, -719_162L, 11016L], []);

    private static Leaf Enum(Random random, Func<string> name)
    {
        string[] symbols = ["LT", "lv", "A_1", "b"];
        var json = $$"""{"type":"enum","name":"{{name()}}","symbols":[{{string.Join(",", symbols.Take(2 + random.Next(3)).Select(s => $"\"{s}\""))}}]}""";
        return new(json, json, "enum", ColumnType.Text, ["LT", "lv"], []);
    }

    private static Leaf TextUuid(Random random) => new(
        """{"type":"string","logicalType":"uuid"}""", """{"type":"string","logicalType":"uuid"}""", "string", ColumnType.Text, [.. Uuids(random)], []);

    private static Leaf FixedUuid(Random random, Func<string> name, string? logical, ColumnType? own)
    {
        var json = $$"""{"type":"fixed","name":"{{name()}}","size":16{{(logical is null ? "" : $",\"logicalType\":\"{logical}\"")}}}""";
        return new(json, json, "fixed", own, [.. Uuids(random).Select(u => Convert.FromHexString(u.Replace("-", "", StringComparison.Ordinal)))], []);
    }

    private static Leaf WholeDecimal(Random random, Func<string> name) =>
        DecimalOf(name, 12, 2, random.Next(2) == 0, [0, 100, -4200, 1_000_000], [101, -50]);

    private static Leaf DecimalOf(Random random, Func<string> name, int most, bool oversized)
    {
        var precision = 4 + random.Next(most - 3);
        var scale = random.Next(Math.Min(precision, 6));
        var largest = BigInteger.Pow(10, precision) - 1;
        BigInteger[] good = [0, 1, -1, 1234, -999, random.Next(10000)];
        return DecimalOf(name, precision, scale, random.Next(2) == 0, random.Next(3) == 0 ? [.. good, largest, -largest] : good, oversized ? [largest + 1, -largest - 1, largest * 7] : []);
    }

    private static Leaf DecimalOf(Func<string> name, int precision, int scale, bool isFixed, BigInteger[] good, BigInteger[] bad)
    {
        const int size = 18;
        var logical = string.Create(CultureInfo.InvariantCulture, $"\"logicalType\":\"decimal\",\"precision\":{precision},\"scale\":{scale}");
        var json = isFixed ? $$"""{"type":"fixed","name":"{{name()}}","size":{{size}},{{logical}}}""" : $$"""{"type":"bytes",{{logical}}}""";
        object[] Values(BigInteger[] values) => [.. values.Select(v => Unscaled(v, isFixed ? size : null))];
        return new(json, json, isFixed ? "fixed" : "bytes", ColumnType.Decimal(precision, scale), Values(good), Values(bad));
    }

    private static object[] Pick(Random random, string[] from, int count) => [.. random.GetItems(from, count).Distinct()];

    private static double[] PickDoubles(Random random) => [.. random.GetItems(Doubles, 8)];
}
