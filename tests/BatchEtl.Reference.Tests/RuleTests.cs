using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Tables;
using NUnit.Framework;
using static BatchEtl.Reference.Tests.SmallCase;

namespace BatchEtl.Reference.Tests;

/// <summary>Rules for which no shared case has an example.</summary>
[TestFixture]
public sealed class RuleTests
{
    [Test(Description = "E3")]
    public void ReasonsComeInTheirOrder()
    {
        using var small = new SmallCase()
            .With("m", "string", measure: """{"path": "m", "type": "bigint"}""")
            .With("d", "string", dimension: """{"path": "d", "type": "date"}""")
            .Set("events", """{"occurred_at": {"path": "iso", "format": "iso"}}""")
            .With("iso", "string")
            .AddTo("20260504", "", "", null, "", ("m", "x"))
            .AddTo("20260504", "1", null, null, null)
            .AddTo("20260504", "1", "n", null, null)
            .AddTo("20260504", "1", "n", null, null, ("iso", "never"), ("m", "x"))
            .AddTo("20260504", "1", "n", null, "", ("iso", "1990-01-01"), ("m", "x"))
            .AddTo("20260504", "1", "n", null, "a", ("iso", "1990-01-01"), ("m", "x"), ("d", "y"))
            .AddTo("20260504", "1", "n", null, "a", ("iso", "2026-05-03T23:49:59.999999"))
            .AddTo("20260504", "2", "n", null, "a", ("iso", "2026-05-03T23:50:00"))
            .AddTo("20260504", "3", "n", null, "a", ("iso", "2026-05-05T00:09:59.999999"))
            .AddTo("20260504", "4", "n", null, "a", ("iso", "2026-05-05T00:10:00"));
        var rows = small.Build()[0].Tables["rejects"].Rows.Select(r => (r[0], r[1], r[2]));
        Assert.That(rows, Is.EqualTo(new (object?, object?, object?)[]
        {
            ("no_id", "event_id", ""),
            ("no_name", "event_name", null),
            ("no_time", "occurred_at", null),
            ("bad_time", "occurred_at", "never"),
            ("no_actor", "actor_id", ""),
            ("bad_value", "d", "y"),
            ("too_late", "occurred_at", "2026-05-03T23:49:59.999999"),
            ("future", "occurred_at", "2026-05-05T00:10:00"),
        }));
    }

    [Test(Description = "E4")]
    public void DuplicatesLieWithinTheHorizonOfARecordNotOfASurvivor()
    {
        using var small = new SmallCase()
            .Add("x", "n", Start + Hour, "first")
            .Add("x", "n", Start + (2 * Hour), "at the horizon")
            .Add("x", "n", Start + (3 * Hour), "at the horizon of a duplicate")
            .Add("x", "n", Start + (4 * Hour) + 1, "beyond");
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(Column(day, "events", "actor_id"), Is.EquivalentTo(new[] { "first", "beyond" }));
            Assert.That(day.Headline!.Duplicates, Is.EqualTo(2));
        });
    }

    [Test(Description = "E4, T5")]
    public void OfOneInstantTheSmallestContentStays()
    {
        using var small = new SmallCase()
            .With("d", "string", "\"d\"")
            .With("n", "int", measure: "\"n\"")
            .Add("x", "n", Start, "a", ("d", "\U0001F600"), ("n", 1))
            .Add("x", "n", Start, "a", ("d", "\uFFFC"), ("n", 10))
            .Add("x", "n", Start, "a", ("d", "\uFFFC"), ("n", 9))
            .Add("x", "n", Start, "a", ("d", "\uFFFC"), ("n", 9))
            .Add("x", "n", Start, "a", ("d", null), ("n", 0));
        var row = small.Build()[0].Tables["events"].Rows.Single();
        Assert.That(row[6..], Is.EqualTo(new object?[] { "\uFFFC", 9L }), "by UTF-8 bytes U+FFFC is below U+1F600; numbers as numbers; nulls last");
    }

    [Test(Description = "E7")]
    public void ExcludedRecordsAreCountedBeforeDuplicates()
    {
        using var small = new SmallCase()
            .With("d", "string", "\"d\"")
            .With("n", "int", """{"path": "n", "type": "bigint"}""")
            .Set("events", """{"exclude": [{"d": "bot", "n": [1, 2]}, {"d": ["bot", "test"]}]}""")
            .Add("x", "n", Start, "a", ("d", "bot"), ("n", 2))
            .Add("x", "n", Start + 1, "a", ("d", "bot"))
            .Add("x", "n", Start + 2, "a", ("n", 1))
            .Add("y", "n", Start + 2, "a", ("d", "bot "), ("n", 1));
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(day.Headline!.Excluded, Is.EqualTo(new long[] { 1, 1 }));
            Assert.That(day.Headline.Duplicates, Is.Zero);
            Assert.That(Column(day, "events", "event_id"), Is.EquivalentTo(new[] { "x", "y" }));
        });
    }

    [Test(Description = "S1, S2, S5")]
    public void SessionsAreCutByGapsAndByTheCarryOver()
    {
        var midnight = Start + (24 * Hour);
        using var small = new SmallCase();
        // An event each half hour: one chain from 23:00 to 05:00 of the next day.
        for (var i = 0; i <= 12; i++)
        {
            small.Add($"e{i:00}", "n", midnight - Hour + (i * 30 * Minute), "a");
        }

        small.Add("gap", "n", midnight + (5 * Hour) + (30 * Minute) + 1, "a").Add("z", "n", midnight + (36 * Hour), "b");
        var days = small.Build(2);
        Assert.Multiple(() =>
        {
            Assert.That(Column(days[0], "sessions", "events"), Is.EqualTo(new object[] { 10L }), "23:00 … 03:30");
            Assert.That(Column(days[1], "sessions", "events"), Is.EqualTo(new object[] { 3L, 1L }), "04:00 … 05:00; after the gap");
            Assert.That(Column(days[1], "sessions", "is_continuation"), Is.EqualTo(new object[] { true, false }));
            Assert.That(Column(days[1], "events", "session_id").Take(8), Is.All.EqualTo(Column(days[0], "sessions", "session_id")[0]));
            Assert.That(Column(days[1], "events", "session_id").Skip(8).Distinct(), Is.EqualTo(Column(days[1], "sessions", "session_id")));
        });
    }

    [Test(Description = "S2: what began after midnight is not touched by the cut of yesterday's sessions")]
    public void SessionsThatBeganAfterMidnightAreNotCut()
    {
        var midnight = Start + (24 * Hour);
        using var small = new SmallCase().Add("before", "n", midnight - Hour, "a");
        for (var i = 0; i <= 12; i++)
        {
            small.Add($"e{i:00}", "n", midnight + (i * 30 * Minute), "a");
        }

        Assert.That(Column(small.Build(2)[1], "sessions", "events"), Is.EqualTo(new object[] { 13L }));
    }

    [Test(Description = "S6")]
    public void SequencesStopAfter4096Characters()
    {
        using var small = new SmallCase().Set("sessions", """{"event_codes": {"n": "v"}}""");
        for (var i = 0; i < 4096; i++)
        {
            small.Add($"a{i}", "n", Start + i, "a").Add($"b{i}", "n", Start + i, "b");
        }

        var day = small.Add("last", "other", Start + 5000, "b").Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(Column(day, "sessions", "sequence_cut"), Is.EqualTo(new object[] { false, true }));
            Assert.That(Column(day, "sessions", "sequence"), Is.All.EqualTo(new string('v', 4096)));
        });
    }

    [Test(Description = "C3, C4")]
    public void LevelsKeepWhatGoesBeyondTheLast()
    {
        var cube = new CubeDefinition(
            "names", SourceTable.Events, ["d"], new LevelsDefinition("event_name", ":", ["page", "section"]), null, [new CubeMeasure("n", AggregateKind.Count, null)]);
        var source = new ReferenceTable(
            ["event_name", "d"],
            [ColumnType.Text, ColumnType.Boolean],
            [["a:b:c", true], ["a", true], ["a", null]]);
        Assert.That(CubeTables.Of(cube, source).Rows, Is.EqualTo(new object?[][]
        {
            ["(none)", "a", "(none)", 0, 1L],
            ["true", "a", "(none)", 0, 1L],
            ["true", "a", "b:c", 0, 1L],
            ["(none)", "a", null, 1, 1L],
            ["true", "a", null, 1, 2L],
            ["(none)", null, null, 3, 1L],
            ["true", null, null, 3, 2L],
            [null, "a", "(none)", 4, 2L],
            [null, "a", "b:c", 4, 1L],
            [null, "a", null, 5, 3L],
            [null, null, null, 7, 3L],
        }));
    }

    [Test(Description = "A1, A3")]
    public void GrowthAccountingAddsUp()
    {
        var random = new Random(7);
        using var small = new SmallCase();
        for (var i = 0; i < 300; i++)
        {
            small.Add($"e{i}", "n", Start + (long)(random.NextDouble() * 20 * 24 * Hour), $"actor{Math.Sqrt(random.Next(400)):0}");
        }

        for (var d = 0; d < 20; d++)
        {
            small.Add($"daily{d}", "n", Start + (d * 24 * Hour), "daily");
        }

        Dictionary<(object?, object?), object?>? before = null;
        var byDay = new List<Dictionary<(object?, object?), decimal>>();
        foreach (var day in small.Build(20))
        {
            var rows = day.Tables["metrics"].Rows.ToDictionary(r => (r[0], r[1]), r => decimal.Parse(r[5]!.ToString()!, System.Globalization.CultureInfo.InvariantCulture));
            byDay.Add(rows);
            foreach (var (period, active) in new[] { (1, "dau"), (7, "wau"), (28, "mau") })
            {
                Assert.That(rows[("new_actors", period)] + rows[("retained_actors", period)] + rows[("resurrected_actors", period)], Is.EqualTo(rows[(active, period)]));
                if (byDay.Count > period)
                {
                    Assert.That(rows[("churned_actors", period)] + rows[("retained_actors", period)], Is.EqualTo(byDay[^(period + 1)][(active, period)]));
                }
            }

            var values = day.Tables["metrics"].Rows.ToDictionary(r => (r[0], r[1]), r => r[4]);
            Assert.That(day.Tables["metrics"].Rows.Select(r => r[7]), Is.EqualTo(day.Tables["metrics"].Rows.Select(r => before?[(r[0], r[1])])));
            before = values;
        }
    }

    [Test(Description = "T4")]
    public void NothingBeforeHistoryExists()
    {
        using var small = new SmallCase()
            .Add("x", "n", Start - 1, "a")
            .AddTo("20260504", "x", "n", Start - Minute, "a")
            .Add("x", "n", Start, "a");
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(day.Headline!.BeforeHistory, Is.EqualTo(1), "only those of the folders that start in the day");
            Assert.That(Column(day, "sessions", "is_continuation"), Is.EqualTo(new object[] { false }));
        });
    }

    [Test(Description = "E3")]
    public void TooManyRejectsPublishNothing()
    {
        using var small = new SmallCase().Set("events", """{"max_reject_ratio": "50%"}""").Add("1", "n", Start, "a").Add(null, "n", Start, "a");
        Assert.That(small.Build()[0].Refused, Is.Null, "strictly more");
        small.Add(null, "n", Start, "a");
        Assert.That(small.Build()[0].Refused, Is.Not.Null);
    }
}
