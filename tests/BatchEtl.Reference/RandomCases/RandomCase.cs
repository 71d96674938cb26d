using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Landed;
using NodaTime;

namespace BatchEtl.Reference.RandomCases;

/// <summary>
/// A landing folder and a pipeline file drawn from a seed: random schemas, mapping, records, cubes and metrics that cover the contract over
/// many seeds. The same seed gives the same bytes.
/// </summary>
/// <param name="PipelineFile">JSON, which is YAML.</param>
/// <param name="Days">The days to build, in order; history starts on the first.</param>
/// <param name="AsOfMicros">An as_of after which all of them are over.</param>
public sealed record RandomCase(int Seed, string PipelineFile, IReadOnlyList<DateOnly> Days, long AsOfMicros)
{
    private const long Minute = 60_000_000;

    private static readonly (string Zone, string Day)[] Times =
    [
        ("UTC", "2026-02-27"), ("Europe/Vilnius", "2026-03-28"), ("Europe/Vilnius", "2026-10-24"), ("America/New_York", "2026-03-07"),
        ("America/New_York", "2026-10-31"), ("Australia/Lord_Howe", "2026-04-04"), ("America/Sao_Paulo", "2018-11-03"),
        ("America/Sao_Paulo", "2019-02-15"), ("Asia/Kathmandu", "2026-06-30"), ("Pacific/Apia", "2011-12-28"), ("America/St_Johns", "2010-11-06"),
        ("Europe/Vilnius", "2026-06-10"), ("UTC", "2023-12-30"),
    ];

    public static RandomCase Create(int seed, string folder)
    {
        var random = new Random(seed);
        var (zone, firstText) = Times[random.Next(Times.Length)];
        var calendar = new ZoneDays(zone);
        var first = DateOnly.Parse(firstText, CultureInfo.InvariantCulture);
        var days = Enumerable.Range(0, 6).Select(first.AddDays).Where(calendar.IsDay).Take(2 + random.Next(3)).ToList();

        string layout = random.GetItems(
            new[]
            {
                "{yyyy}-{MM}-{dd}/{HH}", "{yyyy}{MM}{dd}", "{yyyy}/{MM}/{dd}/{HH}", "dt={yyyy}-{MM}-{dd}/h={HH}",
                "{topic}/hourly/{yyyy}/{MM}/{dd}/{HH}", "{topic}/{yyyy}-{MM}-{dd}",
            },
            1)[0];
        var hasTopics = layout.Contains("{topic}", StringComparison.Ordinal);
        var landing = new Land(
            Path.Combine(folder, "landing"),
            layout,
            random.Next(3) switch { 0 => zone, _ => "UTC" },
            random.Next(2) == 0,
            new[] { 0, 6 * 60, 24 * 60, 3 * 24 * 60 }[random.Next(4)] * Minute,
            new[] { 0, 10, 60 }[random.Next(3)] * Minute,
            hasTopics ? ["orders", "clicks.v2", "Unwanted"] : [null],
            hasTopics && random.Next(2) == 0 ? ["orders", "clicks.v2"] : null);
        var gap = new[] { 5, 30, 60 }[random.Next(3)] * Minute;
        var carryOver = new[] { 0, 60, 240, 720 }[random.Next(4)] * Minute;
        var horizon = new[] { 0, 10, 60, 180 }[random.Next(4)] * Minute;

        var schema = new RandomSchema(random, 1 + random.Next(3));
        var time = RandomTime.Draw(random, zone);
        var timeSlot = schema.Place([time.Leaf], true, true);
        var id = Identity.Id(random, schema);
        var (name, names) = Identity.Name(random, schema, hasTopics);
        var actor = Identity.Actor(random, schema);
        var columns = new RandomColumns(random, schema, hasTopics);
        var user = random.Next(4) == 0 ? null
            : columns.Place([random.Next(2) == 0 ? Leaf.Plain("string", null, ["u1", "u2", "", "ü3"], [new byte[] { 0xFE }]) : Leaf.Plain("long", null, [1L, 2L, 3L], [])],
                true, Core.Configuration.ColumnType.Text, "key");
        var dimensions = Enumerable.Range(0, 1 + random.Next(5)).Select(i => columns.Dimension($"d{i}")).ToList();
        var measures = Enumerable.Range(0, random.Next(4)).Select(i => columns.Measure($"x{i}")).ToList();
        var questions = new RandomQuestions(random, dimensions, measures, names);

        time.Mapping["path"] = timeSlot.Path;
        var events = new JsonObject { ["event_id"] = id.Mapping, ["event_name"] = name.Mapping, ["occurred_at"] = time.Mapping, ["actor_id"] = actor.Mapping };
        if (user is not null)
        {
            events["user_id"] = user.Slot.Path;
        }

        events["dimensions"] = new JsonObject(dimensions.Select(d => KeyValuePair.Create(d.Name, (JsonNode?)d.Mapping)));
        events["measures"] = new JsonObject(measures.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Mapping)));
        events["exclude"] = questions.Exclude();
        events["dedupe"] = new JsonObject { ["horizon"] = Text(horizon) };
        events["max_reject_ratio"] = "100%";
        var pipeline = new JsonObject
        {
            ["name"] = string.Create(CultureInfo.InvariantCulture, $"random-{seed}"),
            ["zone"] = zone,
            ["landing"] = landing.Json(),
            ["warehouse"] = new JsonObject { ["root"] = "warehouse" },
            ["events"] = events,
            ["sessions"] = questions.Sessions(Text(gap), Text(carryOver)),
            ["cubes"] = questions.Cubes(),
            ["metrics"] = questions.Metrics(),
        };

        Directory.CreateDirectory(landing.Root);
        var file = Path.Combine(folder, "pipeline.json");
        File.WriteAllText(file, pipeline.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }));

        var spans = days.Select(calendar.Day).ToList();
        var drafts = new RandomDrafts(random, spans, gap, carryOver, horizon, time.Grain, names.Length);
        var filled = dimensions.Concat(measures).SelectMany(c => c.Places).Concat(user is null ? [] : [user]).ToList();
        var records = new List<(string Folder, int Version, Dictionary<string, object?> Record)>();
        foreach (var draft in drafts.Draw(() => [.. filled.Select(f => f.Sample())]))
        {
            var record = RandomSchema.NewRecord(draft.Branch);
            foreach (var (slot, value) in id.Places.Concat(name.Places).Concat(actor.Places))
            {
                slot.Put(record, value(draft));
            }

            timeSlot.Put(record, random.Next(60) switch
            {
                0 => null,
                1 when time.Leaf.Bad.Length > 0 => time.Leaf.Bad[random.Next(time.Leaf.Bad.Length)],
                _ => time.Land(draft.Time),
            });
            for (var i = 0; i < filled.Count; i++)
            {
                filled[i].Slot.Put(record, draft.Content[i]);
            }

            schema.MaybeWithoutContext(record);
            records.Add((landing.FolderOf(landing.ArrivalOf(draft.Time, random), random), random.Next(schema.Versions), record));
        }

        landing.Write(random, schema, records, spans);
        return new RandomCase(seed, file, days, spans[^1].End + carryOver + (48 * 60 * Minute));
    }

    private static string Text(long micros) => string.Create(CultureInfo.InvariantCulture, $"{micros / Minute}m");

    /// <summary>Where and when records land.</summary>
    private sealed record Land(
        string Root, string Layout, string Zone, bool ByArrival, long Lateness, long Skew, string?[] Topics, string[]? Wanted)
    {
        public JsonObject Json()
        {
            var json = new JsonObject
            {
                ["root"] = "landing",
                ["layout"] = Layout,
                ["zone"] = Zone,
                ["partitioned_by"] = ByArrival ? "arrival_time" : "event_time",
                ["lateness"] = Text(Lateness),
                ["clock_skew"] = Text(Skew),
            };
            if (Wanted is not null)
            {
                json["topics"] = RandomColumns.Texts(Wanted);
            }

            return json;
        }

        /// <summary>Mostly soon after it happened, sometimes at the limits of lateness and skew or beyond.</summary>
        public long ArrivalOf(long time, Random random)
        {
            var soon = ByArrival ? (long)(random.NextDouble() * 60 * Minute) : 0;
            return time + (random.Next(12) switch
            {
                0 => Lateness + (random.Next(-70, 70) * Minute),
                1 => -Skew - (random.Next(-70, 70) * Minute),
                2 => Skew + (random.Next(-70, 70) * Minute),
                3 => random.Next(-24, 90) * 60 * Minute,
                _ => soon,
            });
        }

        public string FolderOf(long instant, Random random)
        {
            var local = Instant.FromUnixTimeTicks(instant * 10).InZone(DateTimeZoneProviders.Tzdb[Zone]).LocalDateTime;
            return Layout
                .Replace("{topic}", Topics[random.Next(Topics.Length)], StringComparison.Ordinal)
                .Replace("{yyyy}", local.Year.ToString("0000", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{MM}", local.Month.ToString("00", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{dd}", local.Day.ToString("00", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{HH}", local.Hour.ToString("00", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        public void Write(
            Random random, RandomSchema schema, List<(string Folder, int Version, Dictionary<string, object?> Record)> records, IReadOnlyList<Span> days)
        {
            // Each day and each version has a record in a wanted folder that starts in the day, so that every day publishes.
            foreach (var (day, version) in days.SelectMany(d => Enumerable.Range(0, schema.Versions).Select(v => (d, v))))
            {
                string folder;
                do
                {
                    folder = FolderOf(StartingIn(day), random);
                }
                while (Wanted is not null && !Wanted.Any(t => folder.StartsWith(t + "/", StringComparison.Ordinal)));
                records.Add((folder, version, records[random.Next(records.Count)].Record));
            }

            var schemas = Enumerable.Range(0, schema.Versions).Select(schema.Json).ToList();
            foreach (var file in records.GroupBy(r => (r.Folder, r.Version, Part: random.Next(8) == 0 ? 1 : 0)).OrderBy(g => g.Key.Folder, StringComparer.Ordinal).ThenBy(g => g.Key.Version).ThenBy(g => g.Key.Part))
            {
                AvroWriting.Write(
                    Path.Combine(Root, file.Key.Folder, string.Create(CultureInfo.InvariantCulture, $"part-{file.Key.Version}-{file.Key.Part}.avro")),
                    schemas[file.Key.Version],
                    file.Select(r => r.Record),
                    random.Next(2) == 0 ? "null" : "deflate",
                    1 + random.Next(60));
            }

            // What is not to be read, and a file that nothing was written to yet (E5, E6).
            var some = Path.Combine(Root, records[0].Folder);
            File.WriteAllText(Path.Combine(some, "_tmp.avro"), "no Avro");
            File.WriteAllText(Path.Combine(some, ".part.avro"), "no Avro");
            File.WriteAllText(Path.Combine(some, "notes.txt"), "no Avro");
            File.WriteAllText(Path.Combine(some, "empty.avro"), "");
            Directory.CreateDirectory(Path.Combine(Root, "elsewhere", "deeper"));
            File.WriteAllText(Path.Combine(Root, "elsewhere", "part-0.avro"), "no Avro");
        }

        /// <summary>An instant in a folder that starts in the day.</summary>
        private long StartingIn(Span day)
        {
            var calendar = new ZoneDays(Zone);
            var hourly = Layout.Contains("{HH}", StringComparison.Ordinal);
            for (var instant = day.Start; ; instant += 30 * Minute)
            {
                var local = Instant.FromUnixTimeTicks(instant * 10).InZone(DateTimeZoneProviders.Tzdb[Zone]).LocalDateTime;
                var date = new DateOnly(local.Year, local.Month, local.Day);
                var span = hourly ? calendar.Hour(date, local.Hour) : calendar.Day(date);
                if (day.Contains(span.Start) || instant >= day.End)
                {
                    return instant;
                }
            }
        }
    }
}
