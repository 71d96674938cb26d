using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;
using BatchEtl.Jobs.Anomalies;
using BatchEtl.Jobs.EventCatalog;
using BatchEtl.Jobs.Funnels;
using BatchEtl.Jobs.Retention;
using BatchEtl.Reference.Days;
using BatchEtl.Reference;
using BatchEtl.Reference.Mapping;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>
/// Retention, funnels, anomalies and the event catalogue on made-up published tables that are dense where rules decide: equal
/// times, events that fit several steps, gaps of exactly the window, values at the limits, history's edges. Beside the reference.
/// </summary>
[TestFixture(TestedEngine.DuckDb, 40)]
[TestFixture(TestedEngine.Spark, 2)]
public sealed class ProductTableTests(TestedEngine engine, int seeds)
{
    private static readonly DateOnly _day = new(2026, 3, 30);
    private TemporaryFolder _temp = null!;

    [SetUp]
    public void Start() => _temp = new TemporaryFolder();

    [TearDown]
    public void Stop() => _temp.Dispose();

    [Test]
    public void Retention()
    {
        string[] zones = ["UTC", "Europe/Vilnius", "Pacific/Apia"];
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var zone = zones[seed % 3];
            var day = zone == "Pacific/Apia" ? new DateOnly(2012, 1, 1).AddDays(random.Next(-4, 5)) : _day.AddDays(random.Next(-40, 40));
            var calendar = new ZoneDays(zone);
            if (!calendar.IsDay(day))
            {
                continue;
            }

            var pipeline = Pipeline(seed, $$"""
                zone: {{zone}}
                week_starts: {{(random.Next(2) == 0 ? "monday" : "sunday")}}
                retention: { day: {{random.Next(0, 9)}}, week: {{random.Next(0, 5)}}, month: {{random.Next(0, 4)}} }
                """);
            var first = day.AddDays(-random.Next(0, 100));
            var actors = Enumerable.Range(0, random.Next(0, 200)).Select(i => first.AddDays(random.Next(0, day.DayNumber - first.DayNumber + 1))).Where(calendar.IsDay)
                .Select((seen, i) =>
                {
                    // Active on the first day (A1), and on some since.
                    var age = Enumerable.Range(seen.DayNumber, day.DayNumber - seen.DayNumber).Count(n => calendar.IsDay(DateOnly.FromDayNumber(n)));
                    var since = age >= 62 ? long.MaxValue : (1L << (age + 1)) - 1;
                    var activity = (random.NextInt64() & random.NextInt64() & since) | (age > 62 ? 0 : 1L << age);
                    return new Actor($"a{i}", seen, seen, null, activity, []);
                }).ToList();
            using var harness = Harness(pipeline, seed);
            var build = harness.Bare(day, first);
            harness.Put(build.Contracts.Actors, day, actors.Select(a => new object?[] { a.Id, a.FirstSeen, a.LastSeen, a.UserId, a.Activity }));
            Same(RetentionTable.Of(pipeline, calendar, day, actors), build, new RetentionJob(), TableContracts.Retention, seed);
        }
    }

    [Test]
    public void Funnels()
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            string[] names = ["a", "b", "c", "d"];
            var minutes = random.Next(4) switch { 0 => 1, 1 => 60, 2 => 24 * 60, _ => 50 * 60 };
            var steps = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(3) == 0
                ? $"{{ event: {names[random.Next(3)]}, where: {{ platform: [{(random.Next(2) == 0 ? "x" : "x, y")}] }} }}"
                : names[random.Next(3)]);
            var pipeline = Pipeline(seed, $$"""
                zone: Europe/Vilnius
                funnels:
                  f: { window: {{minutes}}m, steps: [{{string.Join(", ", steps)}}] }
                  g: { window: 1h, steps: [a] }
                """);
            var calendar = new ZoneDays("Europe/Vilnius");
            var days = Enumerable.Range(0, 4).Select(n => _day.AddDays(n - 3)).ToList();
            var first = days[random.Next(0, 4)];
            using var harness = Harness(pipeline, seed);
            var build = harness.Bare(_day, first);
            var events = new Dictionary<DateOnly, ReferenceTable>();
            var contract = build.Contracts.Events;
            var number = 0;
            foreach (var day in days.Where(d => d >= first))
            {
                var span = calendar.Day(day);
                var rows = Enumerable.Range(0, random.Next(0, 120)).Select(_ =>
                {
                    // Steps of a third of the window, and a microsecond beside them.
                    var raw = span.Start + random.NextInt64((span.End - span.Start) / Grain(minutes) + 1) * Grain(minutes) + random.Next(-1, 2);
                    var at = Math.Clamp(raw, span.Start, span.End - 1);
                    return new object?[] { $"e{random.Next(1000):000}-{number++}", names[random.Next(names.Length)], at, $"u{random.Next(6)}", null, 1L, random.Next(4) switch { 0 => null, 1 => "y", _ => "x" } };
                }).ToList();
                events[day] = new ReferenceTable([.. contract.Columns.Select(c => c.Name)], [.. contract.Columns.Select(c => c.Type)], rows);
                harness.Put(contract, day, rows.Select(r => r.Select((cell, i) => i == 2 ? DateTimeOffset.UnixEpoch.AddTicks((long)cell! * 10) : cell).ToArray()));
            }

            Same(FunnelTable.Of(pipeline.Funnels, calendar, _day, events), build, new FunnelsJob(), TableContracts.Funnels, seed);
        }

        static long Grain(int minutes) => Math.Max(1, minutes / 3) * 60_000_000L;
    }

    [Test]
    public void Anomalies()
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var pipeline = Pipeline(seed, $"anomalies: {{ sensitivity: {random.Next(0, 6)}, min_change: {random.Next(0, 40)}%, min_volume: {random.Next(0, 12)} }}");
            var keys = Enumerable.Range(0, 60).Select(i => i < 6
                ? new MetricKey($"m{i}", 1, null, null)
                : new MetricKey($"m{random.Next(6)}", 1, random.Next(2) == 0 ? "platform" : "country", $"v{random.Next(6)}")).Distinct().ToList();
            var missing = random.Next(0, 6);
            var before = Enumerable.Range(1, 8).Where(_ => random.Next(8) >= missing).Select(n => (Days: 7 * n, Rows: Values(0.8))).ToList();
            var today = Values(0.7);
            foreach (var whole in keys.Where(k => k.Dimension is null))
            {
                today[whole] = Value(whole);
            }

            using var harness = Harness(pipeline, seed);
            var build = harness.Bare(_day, _day.AddDays(-70));
            harness.Put(TableContracts.Metrics, _day, today.Select(Row));
            foreach (var (daysBefore, rows) in before)
            {
                harness.Put(TableContracts.Metrics, _day.AddDays(-daysBefore), rows.Select(Row));
            }

            Same(AnomalyTable.Of(pipeline.Anomalies, today, [.. before.Select(b => b.Rows)], _ => 0.75), build, new AnomaliesJob(), TableContracts.Anomalies, seed);

            Dictionary<MetricKey, MetricNumbers> Values(double share) => keys.Where(_ => random.NextDouble() < share).ToDictionary(k => k, Value);

            // Metrics of even number are ratios; few values, so that some meet a limit.
            MetricNumbers Value(MetricKey key) => new(
                Six(random.Next(0, 21)), key.Metric[1] % 2 == 0 ? Six(random.Next(0, 4) * 5) : null);
            static ExactDecimal Six(int number) => ((ExactDecimal)number).Round(6);
            static object?[] Row(KeyValuePair<MetricKey, MetricNumbers> r) =>
                [r.Key.Metric, r.Key.Period, r.Key.Dimension, r.Key.Value, r.Value.Value, r.Value.Numerator.ToString(), r.Value.Denominator?.ToString(), null, null, null, 0.75, true];
        }
    }

    [Test]
    public void EventCatalog()
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var pipeline = Pipeline(seed, "zone: Europe/Vilnius");
            var day = seed % 2 == 0 ? _day.AddDays(-1) : _day;
            var span = new ZoneDays("Europe/Vilnius").Day(day);
            var isFirst = seed % 5 == 0;
            using var harness = Harness(pipeline, seed);
            var build = harness.Bare(day, isFirst ? day : day.AddDays(-1));
            var contract = build.Contracts.Events;
            var rows = Enumerable.Range(0, random.Next(0, seed % 7 == 6 ? 300 : 80)).Select(i => new object?[]
            {
                $"e{i}", $"n{random.Next(seed % 7 == 6 ? 90 : 10)}", random.NextInt64(span.Start, span.End), $"u{random.Next(5)}", random.Next(2) == 0 ? null : "w", 1L, random.Next(3) == 0 ? null : "x",
            }).ToList();
            var events = new ReferenceTable([.. contract.Columns.Select(c => c.Name)], [.. contract.Columns.Select(c => c.Type)], rows);
            var before = isFirst ? [] : Enumerable.Range(3, 12).Select(i => new CatalogEntry($"n{i}", day.AddDays(-50), day.AddDays(-1), 3, 2, 1, Activity(random), null)).ToList();
            harness.Put(contract, day, rows.Select(r => r.Select((cell, i) => i == 2 ? DateTimeOffset.UnixEpoch.AddTicks((long)cell! * 10) : cell).ToArray()));
            harness.Put(TableContracts.EventCatalog, day.AddDays(-1), before.Select(e => new object?[] { e.Name, e.FirstSeen, e.LastSeen, e.Events, e.Actors, e.Hours, e.Activity, e.State }));
            build.Counts.Events = rows.Count;
            Same(CatalogEntry.Table(CatalogEntry.Next(before, events, day, span, isFirst)), build, new EventCatalogJob(), TableContracts.EventCatalog, seed);
            build.Counts.Events = rows.Count;
            new EventColumnsJob().Build(build);
            var filled = BuiltTable.Read(build, TableContracts.EventColumns).Rows.ToDictionary(r => ((string)r[0]!, (string)r[1]!), r => ((long)r[2]!, (long)r[3]!));
            Assert.That(filled, Is.EquivalentTo(
                from name in rows.GroupBy(r => (string)r[1]!)
                from column in new[] { ("event_id", 0), ("event_name", 1), ("occurred_at", 2), ("actor_id", 3), ("user_id", 4), ("platform", 6) }
                select KeyValuePair.Create((name.Key, column.Item1), (name.LongCount(), name.LongCount(r => r[column.Item2] is not null)))));
        }

        // All of the week before and nothing of it, four weeks without and one day of them.
        static long Activity(Random random) => random.Next(5) switch
        {
            0 => 0b111_1111,
            1 => 0b1111_1110,
            2 => 1L << 28,
            3 => 1L << 27,
            _ => random.NextInt64(),
        };
    }

    private static void Same(ReferenceTable expected, DayBuild build, IJob job, TableContract contract, int seed)
    {
        job.Build(build);
        Assert.That(BuiltTable.Differences(expected, build, contract, limit: 4), Is.Empty, $"seed {seed}");
        foreach (var check in job.Checks(build))
        {
            Assert.That(build.Number(check.Query), Is.LessThanOrEqualTo(check.Limit), $"{check.Name}, seed {seed}");
        }
    }

    private DayHarness Harness(Pipeline pipeline, int seed) => new(engine, pipeline, Path.Combine(_temp.Path, $"built{seed}"));

    private Pipeline Pipeline(int seed, string sections)
    {
        var file = Path.Combine(_temp.Path, $"pipeline{seed}.yaml");
        File.WriteAllText(file, $$"""
            landing: { root: landing, layout: "{yyyy}{MM}{dd}" }
            warehouse: { root: warehouse }
            events: { event_id: id, event_name: name, occurred_at: { path: t, unit: us }, actor_id: actor, user_id: user, dimensions: { platform: { path: p, type: text } } }

            """ + sections);
        return PipelineFile.Load(file, [], _temp.Path);
    }
}
