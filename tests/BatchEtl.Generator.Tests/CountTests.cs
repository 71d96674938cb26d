namespace BatchEtl.Generator.Tests;

public sealed class CountTests
{
    [TestCase(1, 1)]
    [TestCase(37, 3)]
    [TestCase(5_000, 1)]
    [TestCase(123_457, 3)]
    public void Lands_exactly_the_records_asked_for(long events, int days)
    {
        using var landing = new LandingFolder();
        var written = landing.Generate(LandingFolder.Options(events, days));
        Assert.That(written.Records, Is.EqualTo(events));
        Assert.That(LandedRecords.Read(landing.Root).LongCount(), Is.EqualTo(events));
        Assert.That(LandedRecords.Files(landing.Root).Count(), Is.EqualTo(written.Files));
        Assert.That(LandedRecords.Files(landing.Root).Sum(f => new FileInfo(f).Length), Is.EqualTo(written.Bytes));
    }

    [Test]
    public void Days_of_history_have_their_share()
    {
        var options = LandingFolder.Options(60_000, 6) with { HistoryDays = 4, HistoryShare = 0.02 };
        var perDay = Enumerable.Range(0, 6).Select(i => options.EventsOn(options.FirstDay.AddDays(i))).ToList();
        Assert.That(perDay.Sum(), Is.EqualTo(60_000));
        Assert.That(perDay[3] / (double)perDay[4], Is.EqualTo(0.02).Within(0.004));
        Assert.That(() => options.EventsOn(options.FirstDay.AddDays(6)), Throws.InstanceOf<ArgumentOutOfRangeException>());

        using var landing = new LandingFolder();
        landing.Generate(options);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(options.Zone);
        var landed = LandedRecords.Read(landing.Root)
            .GroupBy(r => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(r.Folder, zone)))
            .OrderBy(g => g.Key).Select(g => (long)g.Count());
        Assert.That(landed, Is.EqualTo(perDay));
    }

    [TestCase("2026-03-29", 23)]
    [TestCase("2026-10-25", 25)]
    [TestCase("2026-07-01", 24)]
    public void A_day_has_the_hours_that_its_clock_gives_it(string day, int hours)
    {
        using var landing = new LandingFolder();
        landing.Generate(LandingFolder.Options(20_000, 1) with { FirstDay = DateOnly.Parse(day, null) });
        var folders = LandedRecords.Read(landing.Root).Select(r => r.Folder).Distinct().ToList();
        Assert.That(folders, Has.Count.EqualTo(hours));
        Assert.That(folders.Max() - folders.Min(), Is.EqualTo(TimeSpan.FromHours(hours - 1)), "no gap");
    }

    [Test]
    public void Large_hours_are_split_into_parts()
    {
        using var landing = new LandingFolder();
        landing.Generate(LandingFolder.Options(150_000, 1));
        Assert.That(LandedRecords.Files(landing.Root).GroupBy(Path.GetDirectoryName).Max(g => g.Count()), Is.GreaterThan(1));
    }
}
