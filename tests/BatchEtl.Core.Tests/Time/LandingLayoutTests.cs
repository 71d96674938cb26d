using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Time;
using NodaTime;
using static BatchEtl.Core.Tests.Time.Instants;

namespace BatchEtl.Core.Tests.Time;

/// <summary>semantics.md E5.</summary>
public class LandingLayoutTests
{
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-03-29/05", null, "2026-03-29T05:00:00", "2026-03-29T06:00:00")]
    [TestCase("{yyyy}{MM}{dd}", "UTC", "20260329", null, "2026-03-29T00:00:00", "2026-03-30T00:00:00")]
    [TestCase("year={yyyy}/month={MM}/{yyyy}-{MM}-{dd}", "UTC", "year=2026/month=03/2026-03-29", null, "2026-03-29T00:00:00", "2026-03-30T00:00:00")]
    [TestCase("{topic}/hourly/{yyyy}/{MM}/{dd}/{HH}", "UTC", "clicks.v1/hourly/2026/03/29/05", "clicks.v1", "2026-03-29T05:00:00", "2026-03-29T06:00:00")]
    [TestCase("{yyyy}/{MM}/{dd}/t={topic}_x/{HH}", "UTC", "2026/03/29/t=a_x_x/05", "a_x", "2026-03-29T05:00:00", "2026-03-29T06:00:00")]
    [TestCase("{yyyy}{MM}{dd}", "Europe/Vilnius", "20260329", null, "2026-03-28T22:00:00", "2026-03-29T21:00:00")]
    [TestCase("{yyyy}{MM}{dd}{HH}", "Europe/Vilnius", "2026102503", null, "2026-10-25T00:00:00", "2026-10-25T02:00:00", TestName = "A_repeated_hour_covers_both")]
    [TestCase("{yyyy}{MM}{dd}{HH}", "Australia/Lord_Howe", "2026040501", null, "2026-04-04T14:00:00", "2026-04-04T15:30:00", TestName = "An_hour_half_repeated_has_90_minutes")]
    [TestCase("{yyyy}{MM}{dd}{HH}", "Australia/Lord_Howe", "2026100402", null, "2026-10-03T15:30:00", "2026-10-03T16:00:00", TestName = "An_hour_half_skipped_has_30_minutes")]
    public void Reads_folders(string layout, string zone, string folder, string? topic, string start, string end)
    {
        Assert.That(LandingLayout.Parse(layout, zone).TryMatch(folder, out LandedFolder landed));
        Assert.That((landed.Path, landed.Topic, Text(landed.Window.Start), Text(landed.Window.End)), Is.EqualTo((folder, topic, start, end)));
    }

    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-03-29")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-03-29/05/x")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-03-29/24")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-02-29/05")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-3-29/05")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "2026-03-29/ 5")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "0000-03-29/05")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "UTC", "")]
    [TestCase("{yyyy}/{yyyy}{MM}{dd}", "UTC", "2025/20260329")]
    [TestCase("{topic}/{yyyy}{MM}{dd}", "UTC", "/20260329")]
    [TestCase("x-{topic}/{yyyy}{MM}{dd}", "UTC", "x-/20260329")]
    [TestCase("{yyyy}{MM}{dd}{HH}", "Europe/Vilnius", "2026032903", TestName = "A_skipped_hour_does_not_exist")]
    [TestCase("{yyyy}{MM}{dd}", "Pacific/Apia", "20111230", TestName = "A_skipped_date_does_not_exist")]
    public void Ignores_other_folders(string layout, string zone, string folder) =>
        Assert.That(LandingLayout.Parse(layout, zone).TryMatch(folder, out _), Is.False);

    [TestCase("", "found the folder name '' at character 1; expected names separated by single '/'")]
    [TestCase("/{yyyy}", "found the folder name '' at character 1; expected names separated by single '/'")]
    [TestCase("{yyyy}//{MM}", "found the folder name '' at character 8; expected names separated by single '/'")]
    [TestCase("{yyyy}{MM}{dd}/", "found the folder name '' at character 16; expected names separated by single '/'")]
    [TestCase("../{yyyy}", "found the folder name '..' at character 1; expected names separated by single '/'")]
    [TestCase("{yyyy}{MM}", "found no {dd}; expected {yyyy}, {MM}, {dd} and, for hourly folders, {HH}")]
    [TestCase("{yyyy}{MM}{dd}{hh}", "found '{hh}' at character 15; expected one of {yyyy}, {MM}, {dd}, {HH}, {topic}; did you mean '{HH}'?")]
    [TestCase("a/{yyyy", "found '{yyyy' at character 3; expected one of {yyyy}, {MM}, {dd}, {HH}, {topic}; did you mean '{yyyy}'?")]
    [TestCase("a}", "found '}' at character 2; expected one of {yyyy}, {MM}, {dd}, {HH}, {topic}")]
    [TestCase("{topic}/{topic}/{yyyy}{MM}{dd}", "found {topic} twice; expected it at most once")]
    [TestCase("{topic}-{yyyy}{MM}{dd}", "found {topic} beside a date in one folder name; expected {topic} with literals only between two '/'")]
    public void Says_where_a_layout_is_wrong(string layout, string expected) => Assert.That(
        Assert.Throws<BatchEtlException>(() => LandingLayout.Parse(layout, "UTC"))?.Message, Is.EqualTo($"layout '{layout}', zone 'UTC': {expected}"));

    [TestCase("{yyyy}/{MM}/{dd}/{HH}", "2026/03/29/05||")]
    [TestCase("{topic}/hourly/{yyyy}/{MM}/{dd}/{HH}", "|{topic}|hourly/2026/03/29/05")]
    [TestCase("x/t={topic}/{yyyy}-{MM}-{dd}-{HH}", "x|t={topic}|2026-03-29-05")]
    [TestCase("{yyyy}-{MM}-{dd}-{HH}/{topic}", "2026-03-29-05|{topic}|")]
    [TestCase("{yyyy}-{MM}-{dd}/{topic}/{HH}", "2026-03-29|{topic}|05")]
    public void Says_where_to_look_before_and_behind_the_topic(string layout, string expected)
    {
        LandingLayout parsed = LandingLayout.Parse(layout, "UTC");
        FolderPrefix prefix = parsed.PrefixesOverlapping(new Window(At("2026-03-29T05:30"), At("2026-03-29T05:31"))).Single();
        Assert.That($"{prefix.Before}|{prefix.TopicFolder}|{prefix.After}", Is.EqualTo(expected));
        LandedFolder folder = LandingLayout.Folder(prefix, parsed.HasTopic ? "a.b" : null);
        Assert.That(parsed.TryMatch(folder.Path, out LandedFolder matched));
        Assert.That(matched, Is.EqualTo(folder));
    }

    [Test]
    public void Tells_topics_from_other_folders() => Assert.Multiple(() =>
    {
        LandingLayout layout = LandingLayout.Parse("t={topic}/{yyyy}{MM}{dd}", "UTC");
        Assert.That(layout.TopicOf("t=a"), Is.EqualTo("a"));
        Assert.That(layout.TopicOf("a"), Is.Null);
        Assert.That(layout.FoldersOverlapping(new Window(At("2026-03-29"), At("2026-03-30") + 1), ["a", "b"]).Select(f => f.Path),
            Is.EqualTo(new[] { "t=a/20260329", "t=b/20260329", "t=a/20260330", "t=b/20260330" }));
        Assert.That(LandingLayout.Parse("{yyyy}{MM}{dd}", "UTC").PrefixesOverlapping(new Window(5, 5)), Is.Empty);
    });

    [Test]
    public void Prefixes_are_exactly_the_folders_whose_windows_overlap(
        [Values("UTC", "Europe/Vilnius", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "America/St_Johns", "America/Sao_Paulo", "Asia/Kathmandu")] string zone,
        [Values("{yyyy}-{MM}-{dd}/{HH}", "{yyyy}{MM}{dd}")] string text)
    {
        var random = new Random(7);
        LandingLayout layout = LandingLayout.Parse(text, zone);
        long[] changes = [.. ZoneChanges.Between(zone, At("1960-01-01"), At("2030-01-01")).Changes.Select(c => c.Instant), At("2020-06-01")];
        for (int round = 0; round < 150; round++)
        {
            long start = changes[random.Next(changes.Length)] + (random.Next(-50, 50) * 1_800_000_000L) + random.Next(-1, 2);
            var window = new Window(start, start + (random.Next(0, 100) * 1_800_000_000L) + random.Next(0, 2));
            var expected = new List<string>();
            DateTime from = DateTime.UnixEpoch.AddTicks(window.Start * 10).Date.AddDays(-4);
            for (int hour = 0; hour < 24 * 12; hour += layout.IsHourly ? 1 : 24)
            {
                string name = from.AddHours(hour).ToString(layout.IsHourly ? "yyyy-MM-dd'/'HH" : "yyyyMMdd", CultureInfo.InvariantCulture);
                if (layout.TryMatch(name, out LandedFolder folder) && folder.Window.Overlaps(window))
                {
                    expected.Add(name);
                }
            }

            Assert.That(layout.PrefixesOverlapping(window).Select(p => p.Before), Is.EqualTo(expected), window.ToString());
        }
    }

    /// <summary>A folder's window against its definition, minute by minute around every change of some zones.</summary>
    [Test]
    public void Windows_reach_from_the_first_to_the_last_minute_of_their_hour(
        [Values("Europe/Vilnius", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Pacific/Kwajalein")] string name)
    {
        LandingLayout layout = LandingLayout.Parse("{yyyy}-{MM}-{dd}/{HH}", name);
        DateTimeZone zone = DateTimeZoneProviders.Tzdb[name];
        foreach (ZoneChange change in ZoneChanges.Between(name, At("1980-01-01"), At("2020-01-01")).Changes.Take(40))
        {
            var minutes = Enumerable.Range(-1800, 3600).Select(m => change.Instant + (m * 60_000_000L)).ToLookup(
                i => Instant.FromUnixTimeTicks(i * 10).InZone(zone).ToDateTimeUnspecified().ToString("yyyy-MM-dd'/'HH", CultureInfo.InvariantCulture));
            foreach (IGrouping<string, long> hour in minutes.Skip(2).SkipLast(2))
            {
                Assert.That(layout.TryMatch(hour.Key, out LandedFolder folder), hour.Key);
                if (folder.Window != new Window(hour.Min(), hour.Max() + 60_000_000))
                {
                    Assert.Fail($"{hour.Key}: {folder.Window}");
                }
            }
        }
    }
}
