using BatchEtl.Reference.Days;
using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>E1: ISO 8601 texts and local times at clock changes; T1: days.</summary>
[TestFixture]
public sealed class IsoTimeTests
{
    [TestCase("1970-01-01", 0)]
    [TestCase("1970-01-01T00:00Z", 0)]
    [TestCase("1970-01-01 00:00:01", 1_000_000)]
    [TestCase("1970-01-01T00:00:00.1234569Z", 123_456, Description = "floored")]
    [TestCase("1969-12-31T23:59:59.9999999Z", -1, Description = "floored before 1970 too")]
    [TestCase("1970-01-01T00:00:00,5+00", 500_000)]
    [TestCase("1970-01-01T02:00+0200", 0)]
    [TestCase("1970-01-01T02:00+02:00", 0)]
    [TestCase("1969-12-31T19:00-05", 0)]
    [TestCase("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999)]
    [TestCase("0001-01-01T00:00:00Z", -62_135_596_800_000_000)]
    public void Instants(string text, long micros) => Assert.That(IsoTime.Read(text, new ZoneDays("UTC")), Is.EqualTo(micros));

    [TestCase("")]
    [TestCase(" 1970-01-01")]
    [TestCase("1970-01-01 ")]
    [TestCase("1970-01-01\n")]
    [TestCase("1970-1-1")]
    [TestCase("1970-02-30")]
    [TestCase("0000-01-01")]
    [TestCase("1970-01-01T24:00")]
    [TestCase("1970-01-01T00:60")]
    [TestCase("1970-01-01T00:00:60Z")]
    [TestCase("1970-01-01T00:00:00.Z")]
    [TestCase("1970-01-01T00")]
    [TestCase("1970-01-01  00:00")]
    [TestCase("1970-01-01t00:00")]
    [TestCase("1970-01-01T00:00z")]
    [TestCase("1970-01-01T00:00 Z")]
    [TestCase("1970-01-01T00:00+2")]
    [TestCase("1970-01-01T00:00+24")]
    [TestCase("1970-01-01T00:00+02:60")]
    [TestCase("9999-12-31T23:59-01:00", Description = "its UTC year is 10000")]
    [TestCase("१९७०-01-01")]
    public void NoInstants(string text) => Assert.That(IsoTime.Read(text, new ZoneDays("UTC")), Is.Null);

    [TestCase("2026-03-29T02:59:59", "2026-03-29T00:59:59Z", Description = "before the gap")]
    [TestCase("2026-03-29T03:30:00", "2026-03-29T01:30:00Z", Description = "skipped: the offset before, +02")]
    [TestCase("2026-03-29T04:00:00", "2026-03-29T01:00:00Z", Description = "after the gap, +03")]
    [TestCase("2026-10-25T03:30:00", "2026-10-25T00:30:00Z", Description = "repeated: the offset before, +03")]
    [TestCase("2026-10-25T04:00:00", "2026-10-25T02:00:00Z")]
    public void LocalTimesOfVilnius(string local, string instant) =>
        Assert.That(IsoTime.Read(local, new ZoneDays("Europe/Vilnius")), Is.EqualTo(IsoTime.Read(instant, new ZoneDays("UTC"))));

    [TestCase("Europe/Vilnius", "2026-03-29", 23)]
    [TestCase("Europe/Vilnius", "2026-10-25", 25)]
    [TestCase("Australia/Lord_Howe", "2026-04-05", 24.5)]
    [TestCase("Pacific/Apia", "2011-12-30", 0)]
    [TestCase("America/Sao_Paulo", "2018-11-04", 23, Description = "midnight itself is skipped")]
    public void DaysHaveTheirLength(string zone, string day, double hours)
    {
        var span = new ZoneDays(zone).Day(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
        Assert.That((span.End - span.Start) / 3.6e9, Is.EqualTo(hours));
    }

    [Test]
    public void DateOfNoLengthIsSkipped() =>
        Assert.That(new ZoneDays("Pacific/Apia").Before(new DateOnly(2011, 12, 31), 1), Is.EqualTo(new DateOnly(2011, 12, 29)));
}
