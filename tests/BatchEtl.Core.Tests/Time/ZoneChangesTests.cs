using BatchEtl.Core.Time;
using NodaTime;
using static BatchEtl.Core.Tests.Time.Instants;

namespace BatchEtl.Core.Tests.Time;

/// <summary>semantics.md E1: local times, with clock changes as literals (T1).</summary>
public class ZoneChangesTests
{
    private const long Hour = 3_600_000_000;

    [Test]
    public void Gives_the_offset_and_the_changes()
    {
        ZoneChanges changes = ZoneChanges.Between("Europe/Vilnius", At("2026-01-01"), At("2027-01-01"));
        Assert.Multiple(() =>
        {
            Assert.That(changes.OffsetAtStart, Is.EqualTo(2 * Hour));
            Assert.That(changes.Changes, Is.EqualTo(new[]
            {
                new ZoneChange(At("2026-03-29T01:00"), 2 * Hour, 3 * Hour), new ZoneChange(At("2026-10-25T01:00"), 3 * Hour, 2 * Hour),
            }));
            Assert.That(ZoneChanges.Between("UTC", At("0001-01-01"), At("9999-12-31")).Changes, Is.Empty);
            Assert.That(ZoneChanges.Between("Asia/Kathmandu", At("1985-01-01"), At("1987-01-01")).Changes.Single().OffsetAfter, Is.EqualTo(5.75 * Hour));
            Assert.That(ZoneChanges.Between("Europe/Vilnius", At("2026-03-29T01:00"), At("2026-03-30")).Changes, Is.Empty, "the change is the offset at the start");
            Assert.That(() => ZoneChanges.Between("UTC", 1, 0), Throws.InstanceOf<ArgumentException>());
        });
    }

    [TestCase("Europe/Vilnius", "2026-03-29T02:59", "2026-03-29T00:59:00")]
    [TestCase("Europe/Vilnius", "2026-03-29T03:30", "2026-03-29T01:30:00", Description = "skipped")]
    [TestCase("Europe/Vilnius", "2026-03-29T04:00", "2026-03-29T01:00:00")]
    [TestCase("Europe/Vilnius", "2026-10-25T03:30", "2026-10-25T00:30:00", Description = "repeated")]
    [TestCase("Europe/Vilnius", "2026-10-25T04:00", "2026-10-25T02:00:00")]
    [TestCase("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00", Description = "repeated")]
    [TestCase("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00", Description = "skipped")]
    public void E1_a_local_time_skipped_or_repeated_takes_the_offset_before_the_change(string zone, string local, string utc) =>
        Assert.That(Text(ZoneChanges.Between(zone, At("2026-01-01"), At("2027-01-01")).ToUtc(At(local))), Is.EqualTo(utc));

    [Test]
    public void Every_change_of_every_zone_moves_the_offset_and_starts_where_the_last_one_ended()
    {
        foreach (string name in Zones.Names)
        {
            ZoneChanges changes = ZoneChanges.Between(name, At("1850-01-01"), At("2030-01-01"));
            DateTimeZone zone = DateTimeZoneProviders.Tzdb[name];
            long offset = changes.OffsetAtStart;
            foreach (ZoneChange change in changes.Changes)
            {
                bool holds = change.OffsetBefore == offset && change.OffsetAfter != offset
                    && zone.GetUtcOffset(Instant.FromUnixTimeTicks((change.Instant * 10) - 1)).Seconds * 1_000_000L == offset;
                offset = change.OffsetAfter;
                if (!holds || zone.GetUtcOffset(Instant.FromUnixTimeTicks(change.Instant * 10)).Seconds * 1_000_000L != offset)
                {
                    Assert.Fail($"{name}: {change}");
                }
            }
        }
    }
}
