namespace BatchEtl.Generator.Tests;

/// <summary>What the tracking looks like: one world of five days, read back once.</summary>
public sealed class RealismTests
{
    private const long Events = 600_000;
    private const long Minute = 60_000_000;
    private const long Gap = 30 * Minute;

    private List<Landed> all = [];
    private List<Landed> valid = [];
    private List<(string Actor, long Start, long End, int Events)> sessions = [];
    private TimeZoneInfo zone = TimeZoneInfo.Utc;

    [OneTimeSetUp]
    public void Generate()
    {
        using var landing = new LandingFolder();
        var options = LandingFolder.Options(Events, 5);
        landing.Generate(options);
        zone = TimeZoneInfo.FindSystemTimeZoneById(options.Zone);
        all = [.. LandedRecords.Read(landing.Root)];
        valid = [.. all.Where(r => r.Reject is null && r.Platform != "bot")];
        foreach (var actor in valid.DistinctBy(r => r.EventId).GroupBy(r => r.DeviceId!))
        {
            var times = actor.Select(r => r.OccurredAt!.Value).Order().ToList();
            var first = 0;
            for (var i = 1; i <= times.Count; i++)
            {
                if (i == times.Count || times[i] - times[i - 1] > Gap)
                {
                    sessions.Add((actor.Key, times[first], times[i - 1], i - first));
                    first = i;
                }
            }
        }
    }

    [Test]
    public void Every_version_of_the_schema_lands() =>
        Assert.That(all.Select(r => r.Fields).Distinct(), Is.EquivalentTo(new[] { 12, 14 }));

    [Test]
    public void Half_a_percent_are_duplicates_mostly_identical_within_minutes()
    {
        var copies = valid.GroupBy(r => r.EventId).Where(g => g.Count() > 1).Select(g => g.ToList()).ToList();
        TestContext.Out.WriteLine($"duplicates {copies.Count / (double)valid.Count:P3}");
        Assert.That(copies.Sum(g => g.Count - 1) / (double)valid.Count, Is.EqualTo(0.005).Within(0.001));

        // Versions differ in the unit of time, so that a copy may be the same to a millisecond only.
        var same = copies.Count(g => g.Max(r => r.OccurredAt / 1000) == g.Min(r => r.OccurredAt / 1000));
        Assert.That(same / (double)copies.Count, Is.InRange(0.8, 0.97));
        Assert.That(copies.Count(g => g.Select(r => r.File).Distinct().Count() > 1), Is.GreaterThan(copies.Count / 10));
        Assert.That(copies.Count(g => g.Max(r => r.OccurredAt) - g.Min(r => r.OccurredAt) > 60 * Minute), Is.GreaterThan(0), "a few beyond the horizon");
    }

    [Test]
    public void One_percent_is_late_a_few_too_late()
    {
        var usable = all.Where(r => r.Reject is null or "too_late").ToList();
        var late = usable.Where(r => r.OccurredAt < r.FolderMicros - (20 * 1_000_000)).ToList();
        TestContext.Out.WriteLine($"late {late.Count / (double)usable.Count:P3}, too late {all.Count(r => r.Reject == "too_late") / (double)all.Count:P4}");
        Assert.That(late.Count / (double)usable.Count, Is.InRange(0.006, 0.014));
        Assert.That(late.Count(r => r.OccurredAt < r.FolderMicros - (60 * Minute)), Is.GreaterThan(late.Count / 5));
        Assert.That(all.Count(r => r.Reject == "too_late") / (double)all.Count, Is.InRange(0.000001, 0.0005));
    }

    [Test]
    public void Every_reason_to_reject_occurs_and_all_stay_far_below_a_percent()
    {
        var reasons = all.Where(r => r.Reject is not null).GroupBy(r => r.Reject!).ToDictionary(g => g.Key, g => g.Count());
        TestContext.Out.WriteLine(string.Join(", ", reasons.Select(r => $"{r.Key} {r.Value}")));
        Assert.That(reasons.Keys, Is.EquivalentTo(new[] { "no_id", "no_name", "no_time", "bad_time", "no_actor", "bad_value", "too_late", "future" }));
        Assert.That(reasons.Values.Sum() / (double)all.Count, Is.InRange(0.0005, 0.003));
    }

    [Test]
    public void Sessions_have_a_dozen_events_and_some_last_hours_or_pass_midnight()
    {
        long Day(long micros) => (TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddTicks(micros * 10), zone).Ticks) / TimeSpan.TicksPerDay;
        var overMidnight = sessions.Count(s => Day(s.Start) != Day(s.End));
        var hours = sessions.Count(s => s.End - s.Start > 120 * Minute);
        TestContext.Out.WriteLine($"sessions {sessions.Count}, events each {sessions.Average(s => s.Events):F2}, over midnight {overMidnight}, over two hours {hours}, bounces {sessions.Count(s => s.Events == 1) / (double)sessions.Count:P1}");
        Assert.That(sessions.Average(s => s.Events), Is.InRange(10, 15));
        Assert.That(overMidnight, Is.GreaterThan(50));
        Assert.That(hours, Is.GreaterThan(50));
        Assert.That(sessions.Count(s => s.Events == 1) / (double)sessions.Count, Is.InRange(0.1, 0.35));
    }

    [Test]
    public void Actors_come_back_and_new_ones_come_every_day()
    {
        var first = new DateOnly(2026, 3, 27).DayNumber;
        int DayOf(long micros) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddTicks(micros * 10), zone)).DayNumber - first;
        var daysOf = sessions.GroupBy(s => s.Actor).ToDictionary(g => g.Key, g => g.Select(s => DayOf(s.Start)).Distinct().Order().ToList());
        var active = sessions.GroupBy(s => (s.Actor, DayOf(s.Start))).Select(g => g.Count()).ToList();
        var cohort = daysOf.Where(a => a.Value[0] == 1).ToList();
        var back = cohort.Count(a => a.Value.Contains(2)) / (double)cohort.Count;
        TestContext.Out.WriteLine($"actors {daysOf.Count}, sessions per active actor and day {active.Average():F2}, most {active.Max()}, first seen on day 4: {daysOf.Count(a => a.Value[0] == 4)}, day-1 retention {back:P1}");
        Assert.That(active.Average(), Is.InRange(1.8, 4));
        Assert.That(back, Is.InRange(0.05, 0.5));
        for (var day = 0; day < 5; day++)
        {
            Assert.That(daysOf.Count(a => a.Value[0] == day), Is.GreaterThan(daysOf.Count / 20), $"new on day {day}");
        }
    }

    [Test]
    public void The_funnel_narrows_and_money_has_cents()
    {
        var names = valid.GroupBy(r => r.EventName).ToDictionary(g => g.Key, g => g.Count());
        TestContext.Out.WriteLine(string.Join(", ", names.OrderByDescending(n => n.Value).Select(n => $"{n.Key} {n.Value / (double)valid.Count:P2}")));
        Assert.That(names["item_view"], Is.GreaterThan(names["add_to_cart"] * 4));
        Assert.That(names["add_to_cart"], Is.GreaterThan(names["checkout"]));
        Assert.That(names["checkout"], Is.GreaterThan(names["purchase"]));
        var purchases = valid.Where(r => r.EventName == "purchase").ToList();
        Assert.That(purchases.All(r => r.Price > 0 && decimal.Round(r.Price.Value, 2) == r.Price && r.Category is not null && r.Quantity > 0));
        Assert.That(purchases.Average(r => r.Price!.Value), Is.InRange(10m, 80m));
        Assert.That(valid.Where(r => r.EventName == "search").All(r => r.Price is null));
    }

    [Test]
    public void Evenings_are_busier_than_nights_and_all_platforms_occur()
    {
        int Hour(Landed r) => TimeZoneInfo.ConvertTimeFromUtc(r.Folder, zone).Hour;
        Assert.That(all.Count(r => Hour(r) == 20), Is.GreaterThan(10 * all.Count(r => Hour(r) == 3)));
        var platforms = all.GroupBy(r => r.Platform).ToDictionary(g => g.Key, g => g.Count() / (double)all.Count);
        Assert.That(platforms.Keys, Is.EquivalentTo(new[] { "web", "android", "ios", "bot" }));
        Assert.That(platforms["bot"], Is.InRange(0.01, 0.06));
        Assert.That(all.Count(r => r.Source is null) / (double)all.Count, Is.InRange(0.3, 0.6));
        Assert.That(valid.Count(r => r.UserId is not null) / (double)valid.Count, Is.InRange(0.2, 0.6));
        Assert.That(all.Any(r => r.Country is null), "version 3 may lack the country");
    }
}
