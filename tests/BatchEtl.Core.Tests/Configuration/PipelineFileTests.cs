using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Tests.Configuration;

public class PipelineFileTests
{
    private static readonly string Files = Path.Combine(TestContext.CurrentContext.TestDirectory, "Configuration", "Files");

    [Test]
    public void Reads_the_example_of_the_documentation()
    {
        Pipeline pipeline = PipelineFile.Load("example.yaml", [], Files);
        EventOptions events = pipeline.Events;
        MappedColumn Column(string name) => events.Columns.Single(c => c.Name == name);
        Assert.Multiple(() =>
        {
            Assert.That((pipeline.File, pipeline.Name, pipeline.Zone, pipeline.WeekStarts), Is.EqualTo(("example.yaml", "marketplace", "Europe/Vilnius", DayOfWeek.Monday)));
            Assert.That((pipeline.Landing.Root, pipeline.Landing.Topics, pipeline.Landing.DoneFlag), Is.EqualTo(("hdfs://nn:8020/data/tracking", (object?)null, (string?)null)));
            Assert.That(pipeline.Landing.Lateness, Is.EqualTo(TimeSpan.FromDays(3)));
            Assert.That(pipeline.Warehouse.Root, Is.EqualTo(Path.Combine(Files, "warehouse")));
            Assert.That(pipeline.Warehouse.Keep, Is.EquivalentTo(new Dictionary<string, TimeSpan> { ["events"] = TimeSpan.FromDays(400), ["rejects"] = TimeSpan.FromDays(90) }));
            Assert.That(events.Columns.Select(c => c.Name), Is.EqualTo(new[]
            {
                "event_id", "event_name", "occurred_at", "actor_id", "user_id", "build", "site", "country", "source", "platform", "page", "price",
            }));
            Assert.That(Column("event_id").DeclaredType, Is.EqualTo(ColumnType.Uuid));
            Assert.That(Column("occurred_at").Time, Is.EqualTo(new TimeReading(TimeUnit.Seconds, false, null)));
            Assert.That(Column("actor_id").Alternatives, Is.EqualTo(new Alternative[]
            {
                new PathAlternative(FieldPath.Parse("user.id"), "u:"), new PathAlternative(FieldPath.Parse("device.id"), "d:"),
            }));
            Assert.That(Column("build").Alternatives.Single(), Is.InstanceOf<JoinedAlternative>().With.Property("Separator").EqualTo("/"));
            Assert.That(Column("site").Alternatives, Is.EqualTo(new[] { new ConstantAlternative("main", null) }));
            Assert.That(Column("source").Alternatives, Is.EqualTo(new[]
            {
                new PathAlternative(FieldPath.Parse("utm.source"), null), new PathAlternative(FieldPath.Parse("ref"), "r:"),
            }));
            Assert.That(Column("platform").EmptyIsNull);
            Assert.That(Column("platform").Line, Is.EqualTo(File.ReadLines(Path.Combine(Files, "example.yaml")).TakeWhile(l => !l.StartsWith("    platform:", StringComparison.Ordinal)).Count() + 1));
            Assert.That(Column("price").DeclaredType, Is.EqualTo(ColumnType.Decimal(18, 2)));
            Assert.That(events.Exclude.Select(c => c.Single().Column), Is.EqualTo(new[] { "platform", "country" }));
            Assert.That(events.Exclude[1][0].Values, Is.EqualTo(new[] { "XX", "ZZ" }));
            Assert.That(events.MaxRejectRatio, Is.EqualTo(0.01m));
            Assert.That(pipeline.Sessions.EventCodes, Is.EqualTo(new KeyValuePair<string, char>[] { new("page_view", 'v'), new("purchase", 'b') }));
            Assert.That(pipeline.Sessions.Counts.Select(c => $"{c.Key}={string.Join('+', c.Value)}"), Is.EqualTo(new[] { "views=page_view+screen_view", "orders=purchase" }));
            Assert.That(pipeline.Cubes.Single().AllDimensions, Is.EqualTo(new[] { "country", "platform", "page", "section", "element" }), "its level 'page' is no column of events");
            Assert.That(pipeline.Cubes[0].Measures[3], Is.EqualTo(new CubeMeasure("revenue", AggregateKind.Sum, "price")));
            Assert.That(pipeline.Metrics.Declared[^1], Is.EqualTo(new RatioMetric("aov", "gmv", "orders")));
            Assert.That(pipeline.Funnels[0].Steps[1].Where[0].Values, Is.EqualTo(new[] { "ios", "android" }));
            Assert.That((pipeline.Engine.Name, pipeline.Engine.MemoryBytes, pipeline.Engine.Threads), Is.EqualTo(("duckdb", 4_000_000_000, (int?)2)));
        });
    }

    [Test]
    public void Reads_json()
    {
        Pipeline pipeline = PipelineFile.Load("snowplow.json", [], Files);
        Assert.Multiple(() =>
        {
            Assert.That(pipeline.Cubes.Select(c => c.Name), Is.EqualTo(new[] { "traffic", "names", "visits" }));
            Assert.That(((AggregateMetric)pipeline.Metrics.Declared[5]).Where[0].Values, Is.EqualTo(new[] { "false" }));
        });
    }

    [Test]
    public void Json_keeps_its_own_escapes_and_tabs()
    {
        const string Text = "{\t\"name\":\"a\\/b \\ud83d\\ude00 \\u00e9\",\n\t\"landing\":{\"root\":\"l\",\"layout\":\"{yyyy}{MM}{dd}\"},\n"
            + "\t\"warehouse\":{\"root\":\"w\"},\"events\":{\"event_id\":\"a\",\"event_name\":\"a\",\"occurred_at\":\"a\",\"actor_id\":\"a\"},\"report\":false}";
        Pipeline pipeline = PipelineFile.Parse(Text, "p.json", PipelineText.Folder);
        Assert.That((pipeline.Name, pipeline.Report), Is.EqualTo(("a/b \U0001F600 é", false)));
    }

    [Test]
    public void Fills_in_defaults()
    {
        Pipeline pipeline = PipelineText.Load("");
        Assert.Multiple(() =>
        {
            Assert.That((pipeline.Name, pipeline.Zone, pipeline.WeekStarts, pipeline.Report), Is.EqualTo(("p", "UTC", DayOfWeek.Monday, true)));
            Assert.That(pipeline.Landing with { SkipFiles = null! }, Is.EqualTo(new LandingOptions(
                "/files/landing", "{yyyy}-{MM}-{dd}/{HH}", "UTC", LandingPartitioning.ArrivalTime, null, null, "*.avro",
                TimeSpan.FromDays(3), TimeSpan.FromMinutes(10), CorruptFilePolicy.Fail, null!)));
            Assert.That((pipeline.Warehouse.Compression, pipeline.Warehouse.Keep.Count), Is.EqualTo(("zstd", 0)));
            Assert.That((pipeline.Events.DedupeHorizon, pipeline.Events.MaxRejectRatio, pipeline.Events.AllowEmpty), Is.EqualTo((TimeSpan.FromHours(1), 0.01m, false)));
            Assert.That((pipeline.Sessions.Gap, pipeline.Sessions.CarryOver), Is.EqualTo((TimeSpan.FromMinutes(30), TimeSpan.FromHours(4))));
            Assert.That((pipeline.Sessions.Engaged.MinDuration, pipeline.Sessions.Engaged.MinViews), Is.EqualTo((TimeSpan.FromSeconds(10), 2)));
            Assert.That(pipeline.Retention, Is.EqualTo(new RetentionOptions(30, 26, 24)));
            Assert.That(pipeline.Anomalies, Is.EqualTo(new AnomalyOptions(5, 0.1m, 100)));
            Assert.That((pipeline.Catalog, pipeline.OnFinish, pipeline.Engine.Name, pipeline.Engine.Threads), Is.EqualTo(((CatalogOptions?)null, (string?)null, "duckdb", (int?)null)));
        });
    }

    [Test]
    public void Takes_null_and_empty_sections_for_absent_ones() =>
        Assert.That(PipelineText.Load("zone: ~\nsessions:\ncubes:\nfunnels: null\ncatalog: null\nchecks: {}\n").Sessions.Gap, Is.EqualTo(TimeSpan.FromMinutes(30)));

    [TestCase("id", "id")]
    [TestCase("[a, b]", "a b")]
    [TestCase("{ path: [a, { path: b, prefix: \"r:\" }] }", "a r:+b")]
    [TestCase("{ path: [a, { path: b, prefix: \"r:\" }], prefix: \"q:\" }", "q:+a r:+b")]
    [TestCase("{ path: [a, { path: b, prefix: \"\" }], prefix: \"q:\" }", "q:+a +b")]
    [TestCase("[ { path: a, prefix: \"u:\" }, { constant: 1.50 }, { all: [x, y] } ]", "u:+a '1.50' x|y")]
    [TestCase("{ all: [x, y], separator: \"\" }", "xy")]
    [TestCase("{ path: \"p['a']\", key: k }", "p['a']@k")]
    [TestCase("{ path: [\"p['a']\", { path: \"q['b']\", key: j }], key: k }", "p['a']@k q['b']@j")]
    public void Reads_every_form_of_a_column(string yaml, string expected)
    {
        Pipeline pipeline = PipelineText.Load("", "events.dimensions.country=" + yaml);
        static string Path(FieldPath path) => path.Text + (path.Steps.OfType<EntryStep>().FirstOrDefault() is { KeyField: not "key" } e ? "@" + e.KeyField : "");
        IEnumerable<string> written = pipeline.Events.Dimensions.First().Alternatives.Select(a => (a.Prefix is null ? "" : a.Prefix + "+") + a switch
        {
            PathAlternative p => Path(p.Path),
            JoinedAlternative j => string.Join(j.Separator, j.Paths.Select(Path)),
            ConstantAlternative c => $"'{c.Text}'",
            _ => "?",
        });
        Assert.That(string.Join(' ', written), Is.EqualTo(expected));
    }

    [Test]
    public void Takes_settings_of_a_column_from_a_list_of_objects_and_refuses_two_of_them()
    {
        Pipeline pipeline = PipelineText.Load("", "events.occurred_at=[{path: a, unit: ms}, {path: b, zone: Asia/Kathmandu}]");
        Assert.That(pipeline.Events.Columns[2].Time, Is.EqualTo(new TimeReading(TimeUnit.Milliseconds, false, "Asia/Kathmandu")));
        Assert.That(
            PipelineText.Error("", "events.occurred_at=[{path: a, unit: ms}, {path: b, unit: s}]"),
            Is.EqualTo("--set events.occurred_at: events.occurred_at has a second unit, 's'; expected one for the whole column ('ms')"));
    }

    [Test]
    public void Sets_override_any_key_with_paths_from_the_current_folder()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(folder, "conf"));
        File.WriteAllText(Path.Combine(folder, "conf", "p.yaml"), "\uFEFF" + PipelineText.Minimal);
        Pipeline pipeline = PipelineFile.Load(
            "conf/p.yaml",
            [
                "landing.root=in/x/", "engine.conf.spark.executor.memory=4g", "engine.temp=t", "sessions.event_codes.'a.b'=x", "catalog.uri=thrift://h:1",
                "events.dimensions.country=geo", "retention={day: 1}", "retention.week=0", "retention.week=2", "landing.done_flag=",
            ],
            folder);
        Assert.Multiple(() =>
        {
            Assert.That(pipeline.File, Is.EqualTo("conf/p.yaml"));
            Assert.That(pipeline.Landing.Root, Is.EqualTo(Path.Combine(folder, "in", "x")));
            Assert.That(pipeline.Warehouse.Root, Is.EqualTo(Path.Combine(folder, "conf", "warehouse")));
            Assert.That(pipeline.Engine.Temp, Is.EqualTo(Path.Combine(folder, "t")));
            Assert.That(pipeline.Engine.Conf["spark.executor.memory"], Is.EqualTo("4g"));
            Assert.That(pipeline.Sessions.EventCodes[0], Is.EqualTo(new KeyValuePair<string, char>("a.b", 'x')));
            Assert.That(pipeline.Catalog, Is.EqualTo(new CatalogOptions("hive", "thrift://h:1", "default")));
            Assert.That(pipeline.Events.Dimensions.First().Line, Is.Zero);
            Assert.That(pipeline.Retention, Is.EqualTo(new RetentionOptions(1, 2, 24)));
        });
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("landing.rot=x", "--set landing.rot: unknown key 'rot' in landing; expected one of root, layout, zone, partitioned_by, topics, done_flag, files, lateness, clock_skew, on_corrupt, skip_files; did you mean 'root'?")]
    [TestCase("sessions.gap=abc", "--set sessions.gap: sessions.gap is 'abc'; expected a duration such as 10s, 30m, 4h, 3d or 0, from 1s to 36500d")]
    [TestCase("events.event_id.path.x=a", "--set events.event_id.path.x: events.event_id is 'id'; expected a mapping there; set it whole, as in --set events.event_id=…")]
    [TestCase("zone", "--set 'zone': no key=value; expected e.g. --set landing.root=/data/landing")]
    [TestCase("=x", "--set '=x': no key=value; expected e.g. --set landing.root=/data/landing")]
    [TestCase("a..b=x", "--set 'a..b=x': no key=value; expected e.g. --set landing.root=/data/landing")]
    public void Sets_are_checked_as_the_file_is(string set, string expected) =>
        Assert.That(PipelineText.Error("", set), Is.EqualTo(expected));

    [TestCase("10s", 10)]
    [TestCase("30m", 1_800)]
    [TestCase("4h", 14_400)]
    [TestCase("3d", 259_200)]
    [TestCase("0", 0)]
    [TestCase("'0'", 0)]
    [TestCase("0s", 0)]
    public void Reads_durations(string text, int seconds) =>
        Assert.That(PipelineText.Load("", "landing.lateness=" + text).Landing.Lateness, Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase("1%", 0.01)]
    [TestCase("0.5%", 0.005)]
    [TestCase("100%", 1)]
    [TestCase("0", 0)]
    public void Reads_ratios(string text, decimal ratio) =>
        Assert.That(PipelineText.Load("", "events.max_reject_ratio=" + text).Events.MaxRejectRatio, Is.EqualTo(ratio));

    [TestCase("4GB", 4_000_000_000)]
    [TestCase("1.5GiB", 1_610_612_736)]
    [TestCase("512MB", 512_000_000)]
    public void Reads_sizes(string text, long bytes) =>
        Assert.That(PipelineText.Load("", "engine.memory=" + text).Engine.MemoryBytes, Is.EqualTo(bytes));

    [Test]
    public void Reads_checks()
    {
        Pipeline pipeline = PipelineText.Load("checks: { rows_drop: { warn: 50% }, rows: { fail: 1000 }, nulls: off }");
        Assert.That(pipeline.Checks, Is.EquivalentTo(new Dictionary<string, CheckOverride>
        {
            ["rows_drop"] = new("warn", 0.5m), ["rows"] = new("fail", 1000), ["nulls"] = new("off", null),
        }));
    }

    [Test]
    public void Checks_again_when_types_are_known()
    {
        Pipeline pipeline = PipelineText.Load("""
            cubes: { c: { dimensions: [country], measures: { w: sum(width), p: sum(platform) } } }
            metrics:
              declare: { w: { measure: sum(width) } }
            """);
        PipelineChecks.WithTypes(pipeline, new Dictionary<string, ColumnType> { ["width"] = ColumnType.BigInt, ["platform"] = ColumnType.BigInt });
        BatchEtlException error = Assert.Throws<BatchEtlException>(() => PipelineChecks.WithTypes(
            pipeline, new Dictionary<string, ColumnType> { ["width"] = ColumnType.Double, ["platform"] = ColumnType.Text }));
        Assert.That(error.Message.Split('\n'), Is.EqualTo(new[]
        {
            "p.yaml:19: cubes.c.measures.p is the sum of platform, a text; expected a bigint, decimal, double or boolean column",
            "p.yaml:21: metrics.declare.w.measure is the sum of width, a double; expected a bigint, decimal or boolean column, so that engines agree",
        }));
    }

    [Test]
    public void Knows_the_columns_of_sessions()
    {
        Pipeline pipeline = PipelineText.Load("sessions: { counts: { orders: purchase } }");
        IEnumerable<string> columns = SourceColumns.Of(pipeline, SourceTable.Sessions, c => c.DeclaredType).Select(c => $"{c.Name} {c.Type}");
        Assert.That(columns.Skip(13), Is.EqualTo(new[]
        {
            "count_orders bigint", "first_country text", "last_country text", "first_build bigint", "last_build bigint",
            "first_platform ", "last_platform ", "sum_price decimal(38,2)", "sum_speed double", "sum_width ",
        }));
    }
}
