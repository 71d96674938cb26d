using BatchEtl.Core.Time;
using NodaTime;
using static BatchEtl.Core.Tests.Time.Instants;

namespace BatchEtl.Core.Tests.Time;

/// <summary>semantics.md T1.</summary>
public class DayCalendarTests
{
    [TestCase("UTC", "2026-03-29", "2026-03-29T00:00:00", "2026-03-30T00:00:00")]
    [TestCase("Europe/Vilnius", "2026-03-28", "2026-03-27T22:00:00", "2026-03-28T22:00:00")]
    [TestCase("Europe/Vilnius", "2026-03-29", "2026-03-28T22:00:00", "2026-03-29T21:00:00")]
    [TestCase("Europe/Vilnius", "2026-10-25", "2026-10-24T21:00:00", "2026-10-25T22:00:00")]
    [TestCase("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00", "2018-11-05T02:00:00", TestName = "Midnight_is_skipped")]
    [TestCase("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00", "2018-02-18T03:00:00", TestName = "The_hour_before_midnight_is_repeated")]
    [TestCase("America/St_Johns", "2006-10-28", "2006-10-28T02:30:00", "2006-10-29T02:30:00", TestName = "Midnight_comes_twice_and_the_first_counts")]
    [TestCase("America/St_Johns", "2006-10-29", "2006-10-29T02:30:00", "2006-10-30T03:30:00")]
    [TestCase("Africa/Casablanca", "2024-03-10", "2024-03-09T23:00:00", "2024-03-11T00:00:00")]
    [TestCase("Africa/Casablanca", "2024-04-14", "2024-04-14T00:00:00", "2024-04-14T23:00:00")]
    [TestCase("Asia/Kathmandu", "1986-01-01", "1985-12-31T18:30:00", "1986-01-01T18:15:00")]
    [TestCase("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00", "2026-04-05T13:30:00")]
    [TestCase("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00", "2026-10-04T13:00:00")]
    [TestCase("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00", "2011-12-30T10:00:00")]
    [TestCase("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00", "2011-12-31T10:00:00")]
    [TestCase("Pacific/Kwajalein", "1993-08-20", "1993-08-20T12:00:00", "1993-08-21T12:00:00")]
    [TestCase("Pacific/Kwajalein", "1993-08-22", "1993-08-21T12:00:00", "1993-08-22T12:00:00")]
    public void T1_a_day_begins_with_the_first_instant_of_its_date_or_a_later_one(string zone, string day, string start, string end)
    {
        Window window = new DayCalendar(zone).Of(Day(day));
        Assert.That((Text(window.Start), Text(window.End)), Is.EqualTo((start, end)));
    }

    [TestCase("Pacific/Apia", "2011-12-30")]
    [TestCase("Pacific/Kwajalein", "1993-08-21")]
    public void T1_a_date_of_no_length_is_no_day(string zone, string date)
    {
        var calendar = new DayCalendar(zone);
        DateOnly missing = Day(date);
        DateOnly before = missing.AddDays(-1), after = missing.AddDays(1);
        Assert.Multiple(() =>
        {
            Assert.That(calendar.Exists(missing), Is.False);
            Assert.That(calendar.Exists(before) && calendar.Exists(after));
            Assert.That(calendar.Of(missing).IsEmpty);
            Assert.That(calendar.Next(before), Is.EqualTo(after));
            Assert.That(calendar.Previous(after), Is.EqualTo(before));
            Assert.That(calendar.Previous(missing), Is.EqualTo(before));
            Assert.That(calendar.AddDays(before, 7), Is.EqualTo(missing.AddDays(7)));
            Assert.That(calendar.AddDays(after, -7), Is.EqualTo(missing.AddDays(-7)));
            Assert.That(calendar.DayOf(calendar.Of(after).Start), Is.EqualTo(after));
            Assert.That(calendar.DayOf(calendar.Of(after).Start - 1), Is.EqualTo(before));
        });
    }

    [Test]
    public void Reaches_from_year_1_to_year_9999([Values("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Vilnius")] string zone)
    {
        var calendar = new DayCalendar(zone);
        Assert.Multiple(() =>
        {
            foreach (DateOnly day in new[] { DateOnly.MinValue, DateOnly.MaxValue })
            {
                Window window = calendar.Of(day);
                Assert.That(window.Length, Is.EqualTo(86_400_000_000));
                Assert.That(calendar.DayOf(window.Start), Is.EqualTo(day));
                Assert.That(calendar.DayOf(window.End - 1), Is.EqualTo(day));
            }

            Assert.That(() => calendar.DayOf(calendar.Of(DateOnly.MaxValue).End), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => calendar.DayOf(calendar.Of(DateOnly.MinValue).Start - 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => calendar.DayOf(long.MinValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void Refuses_unknown_zones() => Assert.That(() => new DayCalendar("Mars/Base"), Throws.ArgumentException);

    [Test]
    public void Windows_refuse_an_end_before_the_start() => Assert.Multiple(() =>
    {
        Assert.That(() => new Window(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(new Window(1, 1).IsEmpty);
        Assert.That(new Window(1, 3).Contains(1) && !new Window(1, 3).Contains(3));
        Assert.That(new Window(1, 3).Overlaps(new Window(2, 9)), Is.True);
        Assert.That(new Window(1, 3).Overlaps(new Window(3, 9)), Is.False);
        Assert.That(new Window(1, 3).Overlaps(new Window(2, 2)), Is.False);
    });

    /// <summary>All zones, around every change of theirs since 1850, and at random.</summary>
    [Test]
    public void Every_instant_lies_in_exactly_one_day()
    {
        var random = new Random(1);
        foreach (string zone in Zones.Names)
        {
            var calendar = new DayCalendar(zone);
            IEnumerable<long> changes = DateTimeZoneProviders.Tzdb[zone]
                .GetZoneIntervals(Instant.FromUtc(1850, 1, 1, 0, 0), Instant.FromUtc(2030, 1, 1, 0, 0))
                .Where(i => i.HasEnd).Select(i => i.End.ToUnixTimeTicks() / 10)
                .SelectMany(c => new[] { c - 1, c, c + 1, c + random.NextInt64(-100_000_000_000, 100_000_000_000) });
            foreach (long instant in changes.Append(random.NextInt64(-60_000_000_000_000_000, 250_000_000_000_000_000)))
            {
                DateOnly day = calendar.DayOf(instant);
                Window window = calendar.Of(day);
                DateOnly next = calendar.Next(day), previous = calendar.Previous(day);
                bool holds = window.Contains(instant)
                    && calendar.Of(next).Start == window.End && calendar.Of(previous).End == window.Start
                    && !calendar.Of(next).IsEmpty && !calendar.Of(previous).IsEmpty
                    && calendar.Previous(next) == day && calendar.Next(previous) == day;
                if (!holds)
                {
                    Assert.Fail($"{zone}: {instant} in {day}");
                }
            }
        }
    }

    /// <summary>start(D) against its definition: before it no local date is D or later, and at it one is.</summary>
    [Test]
    public void Starts_are_the_first_instants_of_their_dates([Values("America/St_Johns", "America/Sao_Paulo", "Pacific/Apia", "Asia/Gaza", "America/Toronto")] string name)
    {
        var calendar = new DayCalendar(name);
        DateTimeZone zone = DateTimeZoneProviders.Tzdb[name];
        DateOnly Local(long micros) => Instant.FromUnixTimeTicks(micros * 10).InZone(zone).Date.ToDateOnly();
        for (DateOnly day = new(1985, 1, 1); day < new DateOnly(2012, 6, 1); day = day.AddDays(1))
        {
            long start = calendar.Of(day).Start;
            bool earlier = Enumerable.Range(1, 20).Any(i => Local(start - (i * 9 * 60_000_000L)) >= day);
            if (earlier || Local(start - 1) >= day || Local(start) < day)
            {
                Assert.Fail($"{name}: {day}");
            }
        }
    }
}
