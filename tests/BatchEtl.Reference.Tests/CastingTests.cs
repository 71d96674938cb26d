using System.Text;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Landed;
using BatchEtl.Reference.Mapping;
using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>E1: what a column may be read from, and how.</summary>
[TestFixture]
public sealed class CastingTests
{
    [TestCase("1.005", 2, "1.01")]
    [TestCase("-1.005", 2, "-1.01")]
    [TestCase("1.00499999999999999999999999", 2, "1.00")]
    [TestCase(".5", 0, "1")]
    [TestCase("-.5", 0, "-1")]
    [TestCase("1e3", 1, "1000.0")]
    [TestCase("125e-3", 2, "0.13")]
    [TestCase("+7.", 0, "7")]
    [TestCase("-0.001", 2, "0.00")]
    [TestCase("99999999.995", 2, null, Description = "rounds up to too many digits")]
    [TestCase("1e999", 2, null)]
    [TestCase("1e-999", 2, "0.00")]
    [TestCase("1e1000", 2, null, Description = "no number: four digits of exponent")]
    [TestCase("", 2, null)]
    [TestCase(" 1", 2, null)]
    [TestCase("0x10", 2, null)]
    [TestCase("١", 2, null)]
    [TestCase(".", 2, null)]
    public void DecimalFromText(string text, int scale, string? expected) =>
        Assert.That(Casting.Cast(LandedValue.OfText(text), ColumnType.Decimal(10, scale))?.ToString(), Is.EqualTo(expected));

    [TestCase(1.005, "1.01", Description = "the shortest text decides, not the binary value below it")]
    [TestCase(2.675, "2.68")]
    [TestCase(-2.675, "-2.68")]
    [TestCase(-0.0, "0.00")]
    [TestCase(1e-300, "0.00")]
    [TestCase(999999999999999.9, "999999999999999.90")]
    [TestCase(1e15, null)]
    [TestCase(double.NaN, null)]
    [TestCase(double.NegativeInfinity, null)]
    public void DecimalFromDouble(double value, string? expected) =>
        Assert.That(Casting.Cast(Of("\"double\"", value), ColumnType.Decimal(38, 2))?.ToString(), Is.EqualTo(expected));

    [Test]
    public void FloatIsWidenedFirst() =>
        Assert.That(Casting.Cast(Of("\"float\"", (double)0.1f), ColumnType.Decimal(20, 12))?.ToString(), Is.EqualTo("0.100000001490"));

    [TestCase("1e3", 1000L)]
    [TestCase("1.5", null)]
    [TestCase("1.0", 1L)]
    [TestCase("-9223372036854775808", long.MinValue)]
    [TestCase("9223372036854775808", null)]
    [TestCase("-0", 0L)]
    public void BigintFromText(string text, long? expected) =>
        Assert.That(Casting.Cast(LandedValue.OfText(text), ColumnType.BigInt), Is.EqualTo(expected));

    [TestCase(9.2233720368547758e18, null)]
    [TestCase(9.2233720368547748e18, 9223372036854774784L)]
    [TestCase(4503599627370497.0, 4503599627370497L)]
    [TestCase(0.5, null)]
    public void BigintFromDouble(double value, long? expected) =>
        Assert.That(Casting.Cast(Of("\"double\"", value), ColumnType.BigInt), Is.EqualTo(expected));

    [TestCase("1e400", null)]
    [TestCase("0.1", 0.1)]
    [TestCase("-0", 0.0)]
    public void DoubleFromText(string text, double? expected) =>
        Assert.That(Casting.Cast(LandedValue.OfText(text), ColumnType.Double), Is.EqualTo(expected));

    [Test]
    public void NegativeZeroIsZero() =>
        Assert.That(double.IsNegative((double)Casting.Cast(Of("\"double\"", -0.0), ColumnType.Double)!), Is.False);

    [TestCase("true", true)]
    [TestCase("True", null)]
    [TestCase("1", null)]
    public void BooleanFromText(string text, bool? expected) =>
        Assert.That(Casting.Cast(LandedValue.OfText(text), ColumnType.Boolean), Is.EqualTo(expected));

    [TestCase("2024-02-29", true)]
    [TestCase("2023-02-29", false)]
    [TestCase("0000-01-01", false)]
    [TestCase("2024-02-29T00:00", false)]
    public void DateFromText(string text, bool isDate) =>
        Assert.That(Casting.Cast(LandedValue.OfText(text), ColumnType.Date), isDate ? Is.Not.Null : Is.Null);

    [Test]
    public void DatesOutsideTheYearsAreBad()
    {
        const string date = """{"type":"int","logicalType":"date"}""";
        Assert.Multiple(() =>
        {
            Assert.That(Casting.Cast(Of(date, 2_932_896L), ColumnType.Text), Is.EqualTo("9999-12-31"));
            Assert.That(Casting.Cast(Of(date, 2_932_897L), ColumnType.Date), Is.Null);
            Assert.That(Casting.Cast(Of(date, -719_162L), ColumnType.Text), Is.EqualTo("0001-01-01"));
            Assert.That(Casting.Cast(Of(date, -719_163L), ColumnType.Text), Is.Null);
        });
    }

    [TestCase("0123ABCD-0123-0123-0123-0123456789ab", "0123abcd-0123-0123-0123-0123456789ab")]
    [TestCase("0123ABCD012301230123-0123456789ab", null)]
    [TestCase("{0123ABCD-0123-0123-0123-0123456789ab}", null)]
    public void UuidFromText(string text, string? expected) =>
        Assert.That(Casting.Cast(LandedValue.OfText(text), ColumnType.Uuid), Is.EqualTo(expected));

    [Test]
    public void UuidFromFixed() => Assert.That(
        Casting.Cast(Of("""{"type":"fixed","name":"u","size":16,"logicalType":"uuid"}""", Convert.FromHexString("0123ABCD01230123012301234567890F")), ColumnType.Text),
        Is.EqualTo("0123abcd-0123-0123-0123-01234567890f"));

    [Test]
    public void LandedDecimalKeepsItsScaleAsText()
    {
        const string money = """{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}""";
        Assert.Multiple(() =>
        {
            Assert.That(Casting.Cast(Of(money, new byte[] { 0xFF }), ColumnType.Text), Is.EqualTo("-0.01"));
            Assert.That(Casting.Cast(Of(money, Array.Empty<byte>()), ColumnType.Text), Is.EqualTo("0.00"));
            Assert.That(Casting.Cast(Of(money, new byte[] { 100 }), ColumnType.BigInt), Is.EqualTo(1L));
            Assert.That(Casting.Cast(Of(money, new byte[] { 101 }), ColumnType.BigInt), Is.Null);
            Assert.That(Casting.Cast(Of(money, new byte[] { 0, 0xFF, 0xFF, 0xFF }), ColumnType.Decimal(6, 2)), Is.Null, "more digits than declared");
        });
    }

    [Test]
    public void FloatsAreNoText() => Assert.That(Casting.Cast(Of("\"double\"", 1.0), ColumnType.Text), Is.Null);

    [Test]
    public void RawTextHasOneReplacementPerRun()
    {
        byte[] utf8 = [.. "a"u8, 0xC3, 0xFF, .. "\uFFFD"u8, .. "b"u8, 0xED, 0xA0, 0x80];
        Assert.Multiple(() =>
        {
            Assert.That(Casting.Raw(new LandedValue(AvroSchema.Text, utf8)), Is.EqualTo("a\uFFFDb\uFFFD"));
            Assert.That(Casting.Cast(new LandedValue(AvroSchema.Text, utf8), ColumnType.Text), Is.Null);
            Assert.That(Casting.Cast(new LandedValue(AvroSchema.Text, Encoding.UTF8.GetBytes("\uFFFD")), ColumnType.Text), Is.EqualTo("\uFFFD"));
        });
    }

    [TestCase(TimeUnit.Seconds, 1.0000005, 1_000_001L)]
    [TestCase(TimeUnit.Milliseconds, -0.0005, -1L)]
    [TestCase(TimeUnit.Nanoseconds, 1500.0, 2L)]
    [TestCase(TimeUnit.Seconds, double.NaN, null)]
    [TestCase(TimeUnit.Seconds, double.PositiveInfinity, null)]
    [TestCase(TimeUnit.Seconds, 1e300, null)]
    public void FloatingTimeIsRounded(TimeUnit unit, double value, long? expected) =>
        Assert.That(new TimeCasting(new TimeReading(unit, false, null)).Read(Of("\"double\"", value)), Is.EqualTo(expected));

    [TestCase(TimeUnit.Seconds, -1L, -1_000_000L)]
    [TestCase(TimeUnit.Nanoseconds, -1L, -1L, Description = "floored")]
    [TestCase(TimeUnit.Nanoseconds, 1999L, 1L)]
    [TestCase(TimeUnit.Seconds, 253_402_300_800L, null)]
    [TestCase(TimeUnit.Seconds, long.MaxValue, null)]
    public void IntegerTimeIsFloored(TimeUnit unit, long value, long? expected) =>
        Assert.That(new TimeCasting(new TimeReading(unit, false, null)).Read(Of("\"long\"", value)), Is.EqualTo(expected));

    [Test]
    public void LocalTimestampsHaveTheMappingsZone()
    {
        var local = Of("""{"type":"long","logicalType":"local-timestamp-millis"}""", 7_200_000L);
        Assert.Multiple(() =>
        {
            Assert.That(new TimeCasting(null).Read(local), Is.EqualTo(7_200_000_000L));
            Assert.That(new TimeCasting(new TimeReading(null, false, "Africa/Maputo")).Read(local), Is.Zero);
        });
    }

    private static LandedValue Of(string schema, object value) => new(AvroSchema.Parse(schema), value);
}
