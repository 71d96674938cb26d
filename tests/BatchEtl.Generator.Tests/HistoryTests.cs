namespace BatchEtl.Generator.Tests;

/// <summary>Days of small volume before days of full volume.</summary>
public sealed class HistoryTests
{
    [Test]
    public void Those_seen_in_history_come_back_and_nobody_is_overworked()
    {
        var options = LandingFolder.Options(420_000, 6) with { HistoryDays = 4, HistoryShare = 0.05 };
        using var landing = new LandingFolder();
        landing.Generate(options);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(options.Zone);
        var days = LandedRecords.Read(landing.Root).Where(r => r.Reject is null && r.Platform != "bot")
            .GroupBy(r => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddTicks(r.OccurredAt!.Value * 10), zone)).DayNumber - options.FirstDay.DayNumber)
            .Where(g => g.Key >= 0).OrderBy(g => g.Key)
            .Select(g => (Records: g.Count(), Actors: g.Select(r => r.DeviceId!).ToHashSet())).ToList();
        var early = days.Take(4).SelectMany(d => d.Actors).ToHashSet();
        var back = early.Count(a => days[4].Actors.Contains(a) || days[5].Actors.Contains(a)) / (double)early.Count;
        TestContext.Out.WriteLine($"actors {string.Join(' ', days.Select(d => d.Actors.Count))}, records each {string.Join(' ', days.Select(d => (d.Records / (double)d.Actors.Count).ToString("F1", null)))}, back {back:P1}");
        Assert.That(back, Is.GreaterThan(0.1));
        Assert.That(days.Select(d => d.Records / (double)d.Actors.Count), Is.All.InRange(15, 70));
        Assert.That(days[2].Actors.Intersect(days[3].Actors).Count() / (double)days[2].Actors.Count, Is.InRange(0.03, 0.6));
    }

    [Test]
    public void A_date_that_the_clocks_skipped_gets_nothing()
    {
        var options = LandingFolder.Options(3_000, 3) with { FirstDay = new DateOnly(2011, 12, 29), Zone = "Pacific/Apia" };
        Assert.That(options.EventsOn(new DateOnly(2011, 12, 30)), Is.Zero);
        using var landing = new LandingFolder();
        Assert.That(landing.Generate(options).Records, Is.EqualTo(3_000));
    }
}
