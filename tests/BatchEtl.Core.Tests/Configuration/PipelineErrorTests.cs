using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Tests.Configuration;

/// <summary>Each error with its line, what was found, what was expected and the nearest word.</summary>
public class PipelineErrorTests
{
    [TestCase("zzone: UTC", "p.yaml:19: unknown key 'zzone' in the file; expected one of landing, *; did you mean 'zone'?")]
    [TestCase("zone: Europe/Vilnus", "p.yaml:19: zone is 'Europe/Vilnus'; expected an IANA time zone such as Europe/Vilnius or UTC; did you mean 'Europe/Vilnius'?")]
    [TestCase("zone: europe/vilnius", "p.yaml:19: zone is 'europe/vilnius'; *did you mean 'Europe/Vilnius'?")]
    [TestCase("name: 42", "p.yaml:19: name is '42'; expected text; put it in quotes to mean the text")]
    [TestCase("name: [a]", "p.yaml:19: name is a list; expected text")]
    [TestCase("week_starts: mondey", "p.yaml:19: week_starts is 'mondey'; expected monday or sunday; did you mean 'monday'?")]
    [TestCase("report: yes", "p.yaml:19: report is 'yes'; expected true or false")]
    [TestCase("sessions: 5", "p.yaml:19: sessions is '5'; expected a mapping with the keys gap, *")]
    [TestCase("sessions:\n  gap: 30", "p.yaml:20: sessions.gap is '30'; expected a duration such as 10s, 30m, 4h, 3d or 0, from 1s to 36500d")]
    [TestCase("sessions:\n  gap: 0", "p.yaml:20: sessions.gap is '0'; *")]
    [TestCase("sessions: { gap: 1 h }", "p.yaml:19: sessions.gap is '1 h'; *")]
    [TestCase("sessions: { gap: 999999999d }", "p.yaml:19: sessions.gap is '999999999d'; *")]
    [TestCase("sessions:\n  gap: 30m\n  carry_over: 20h", "p.yaml:21: sessions.gap + sessions.carry_over is 30m + 20h; expected at most 20h together*")]
    [TestCase("sessions:\n  carry_over: 0\n  gap: 1170m", "p.yaml:21: sessions.gap + events.dedupe.horizon is 1170m + 1h; expected at most 20h*")]
    [TestCase("sessions:\n  event_codes:\n    page_view: vv", "p.yaml:21: sessions.event_codes.page_view is 'vv'; expected one ASCII letter or digit")]
    [TestCase("sessions: { event_codes: { page_view: é } }", "p.yaml:19: sessions.event_codes.page_view is 'é'; *")]
    [TestCase("sessions: { counts: { \"page views\": x } }", "p.yaml:19: counter name 'page views'; expected a letter*")]
    [TestCase("sessions: { counts: { views: [] } }", "p.yaml:19: sessions.counts.views is an empty list; expected at least one event name")]
    [TestCase("sessions:\n  counts:\n    a: x\n    A: y", "p.yaml:22: name 'count_A' in table sessions a second time (first: p.yaml:21); *")]
    [TestCase("sessions: { engaged: { views: page_view } }", "p.yaml:19: sessions.engaged.views is 'page_view'; expected a list, such as [a, b]")]
    [TestCase("sessions: { engaged: { min_views: -1 } }", "p.yaml:19: sessions.engaged.min_views is '-1'; expected a whole number from 0 to *")]
    [TestCase("retention: { dya: 30 }", "p.yaml:19: unknown key 'dya' in retention; expected one of day, week, month; did you mean 'day'?")]
    [TestCase("retention: { day: 1.5 }", "p.yaml:19: retention.day is '1.5'; expected a whole number*")]
    [TestCase("anomalies: { min_change: 0.1 }", "p.yaml:19: anomalies.min_change is '0.1'; expected a percentage such as 1%*")]
    [TestCase("anomalies: { sensitivity: high }", "p.yaml:19: anomalies.sensitivity is 'high'; expected a number, 0 or more")]
    [TestCase("engine: { name: dukdb }", "p.yaml:19: engine.name is 'dukdb'; expected duckdb or spark; did you mean 'duckdb'?")]
    [TestCase("engine: { memory: 4G }", "p.yaml:19: engine.memory is '4G'; expected a size such as 4GB*")]
    [TestCase("engine: { threads: 0 }", "p.yaml:19: engine.threads is '0'; expected a whole number from 1 to 1024")]
    [TestCase("engine: { conf: { a: [] } }", "p.yaml:19: engine.conf.a is a list; *")]
    [TestCase("catalog: { kind: glue, uri: thrift://h:1 }", "p.yaml:19: catalog.kind is 'glue'; expected hive*")]
    [TestCase("catalog: { kind: hive }", "p.yaml:19: catalog has no uri; *")]
    [TestCase("catalog: { uri: h:9083 }", "p.yaml:19: catalog.uri is 'h:9083'; expected thrift://host:port")]
    [TestCase("checks: { rows_drop: wern }", "p.yaml:19: checks.rows_drop is 'wern'; *did you mean 'warn'?")]
    [TestCase("checks: { rows_drop: { warn: much } }", "p.yaml:19: checks.rows_drop.warn is 'much'; expected a limit such as 50% or 1000")]
    [TestCase("name: a\nname: b", "p.yaml:20: key 'name' in the file a second time; expected it once (first: p.yaml:19)")]
    [TestCase("? [a]\n: b", "p.yaml:19: a list as a key; expected text as a key")]
    [TestCase("name: *x", "p.yaml:19: the alias '*x' before its anchor; *")]
    [TestCase("name: !secret x", "p.yaml:19: the tag '!secret'; expected no tags")]
    [TestCase("name: \"a", "p.yaml:*: no valid YAML: *")]
    [TestCase("---\nname: b", "p.yaml:19: a second document; expected one YAML document")]
    public void Says_where_and_what(string added, string expected) => Matches(PipelineText.Error(added), expected);

    [Test]
    public void E6_an_engine_that_cannot_skip_exactly_refuses_it() =>
        Matches(PipelineText.Errors(PipelineText.Minimal.Replace("root: landing", "root: landing\n  on_corrupt: skip", StringComparison.Ordinal), "engine.name=spark")[0], "p.yaml:3: landing.on_corrupt is 'skip' with the engine spark; expected fail, or the engine duckdb*");

    [TestCase("root: landing", "root: s3://bucket/x", "p.yaml:2: landing.root is 's3://bucket/x'; expected a local path, or a URI with hdfs:// or webhdfs://")]
    [TestCase("  root: landing", "  rood: landing", "p.yaml:2: unknown key 'rood' in landing; *did you mean 'root'?\np.yaml:1: landing has no root; *")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "{yyyy}-{mm}-{dd}", "p.yaml:3: landing.layout is '{yyyy}-{mm}-{dd}': found '{mm}' at character 8; expected one of {yyyy}, {MM}, {dd}, {HH}, {topic}; did you mean '{MM}'?")]
    [TestCase("{yyyy}-{MM}-{dd}/{HH}", "{yyyy}/{dd}", "p.yaml:3: landing.layout is '{yyyy}/{dd}': found no {MM}; *")]
    [TestCase("  root: warehouse", "  root: warehouse\n  keep: { event: 3d }", "p.yaml:6: no table 'event' for warehouse.keep; *did you mean 'events'?")]
    [TestCase("  root: warehouse", "  root: warehouse\n  keep: { events: 3 }", "p.yaml:6: warehouse.keep.events is '3'; expected a duration of at least 1d, such as 400d")]
    [TestCase("  root: warehouse", "  root: warehouse\n  compression: zip", "p.yaml:6: warehouse.compression is 'zip'; expected zstd, snappy or gzip; did you mean 'gzip'?")]
    [TestCase("  root: landing", "  root: landing\n  topics: [a]", "p.yaml:3: landing.topics without a {topic} in landing.layout; *")]
    [TestCase("  root: landing", "  root: landing\n  files: \"[a.avro\"", "p.yaml:3: landing.files is '[a.avro': found '[' at character 1; expected a ']' behind it")]
    [TestCase("  root: landing", "  root: landing\n  done_flag: a/b", "p.yaml:3: landing.done_flag is 'a/b'; expected the name of a file, without folders")]
    [TestCase("  root: landing", "  root: landing\n  partitioned_by: arival_time", "p.yaml:3: landing.partitioned_by is 'arival_time'; expected arrival_time or event_time; did you mean 'arrival_time'?")]
    [TestCase("  event_id: id\n", "", "p.yaml:6: events has no event_id; expected events.event_id, which has no default")]
    [TestCase("event_id: id", "event_id: a..b", "p.yaml:7: path 'a..b' of events.event_id: found '.' at character 3; expected a field name*")]
    [TestCase("event_id: id", "event_id: []", "p.yaml:7: events.event_id is an empty list; expected at least one path")]
    [TestCase("event_id: id", "event_id: { type: uuid }", "p.yaml:7: events.event_id has no path; expected one of path, all or constant")]
    [TestCase("event_id: id", "event_id: { path: id, constant: x }", "p.yaml:7: events.event_id has path and constant; *")]
    [TestCase("event_id: id", "event_id: { path: id, type: uid }", "p.yaml:7: events.event_id.type is 'uid'; expected text or uuid; did you mean 'uuid'?")]
    [TestCase("event_id: id", "event_id: { path: id, type: uuid, prefix: a }", "p.yaml:7: events.event_id has a prefix and the type uuid; *")]
    [TestCase("event_id: id", "event_id: { path: id, unit: s }", "p.yaml:7: events.event_id has unit; expected it at events.occurred_at only")]
    [TestCase("event_id: id", "event_id: { path: id, separator: s }", "p.yaml:7: events.event_id has a separator; expected it beside all only")]
    [TestCase("event_id: id", "event_id: { pth: id }", "p.yaml:7: unknown key 'pth' in events.event_id; *did you mean 'path'?\np.yaml:7: events.event_id has no path; *")]
    [TestCase("event_id: id", "event_id: $topic", "p.yaml:7: events.event_id reads $topic, but landing.layout '{yyyy}-{MM}-{dd}/{HH}' has no {topic}; *")]
    [TestCase("occurred_at: at", "occurred_at: { path: at, unit: s, format: iso }", "p.yaml:9: events.occurred_at has both unit and format; expected one of them")]
    [TestCase("occurred_at: at", "occurred_at: { path: at, unit: sec }", "p.yaml:9: events.occurred_at.unit is 'sec'; expected s, ms, us or ns*")]
    [TestCase("occurred_at: at", "occurred_at: { path: at, type: text }", "p.yaml:9: events.occurred_at has type; *")]
    [TestCase("type: bigint", "type: double", "p.yaml:13: events.dimensions.build.type is 'double'; expected text, bigint, boolean, date or decimal(p,s)*")]
    [TestCase("decimal(18,2)", "decimal(39,2)", "p.yaml:16: events.measures.price.type is 'decimal(39,2)'; expected decimal(p,s) with p from 1 to 38 and s from 0 to p")]
    [TestCase("decimal(18,2)", "decimal(4,5)", "p.yaml:16: *")]
    [TestCase("decimal(18,2)", "decimal", "p.yaml:16: *")]
    [TestCase("width: width", "width: { constant: 1 }", "p.yaml:18: events.measures.width is text without a type; *")]
    [TestCase("width: width", "width: { constant: 1.5, type: bigint }", "p.yaml:18: events.measures.width has the constant '1.5' and the type bigint; expected a whole number")]
    [TestCase("width: width", "Price: width", "p.yaml:18: name 'Price' in table events a second time (first: p.yaml:16); *\np.yaml:18: name 'sum_Price' *")]
    [TestCase("platform: app", "user_id: app", "p.yaml:14: name 'user_id' in table events *\np.yaml:14: name 'first_user_id' *")]
    [TestCase("platform: app", "dt: app", "p.yaml:14: name 'dt' in table events *")]
    [TestCase("platform: app", "my-platform: app", "p.yaml:14: column name 'my-platform'; *")]
    [TestCase("  measures:", "  exclude: [ { platfrm: bot } ]\n  measures:", "p.yaml:15: no dimension 'platfrm' for events.exclude; expected a dimension: country, build, platform; did you mean 'platform'?")]
    [TestCase("  measures:", "  exclude: [ { platform: null } ]\n  measures:", "p.yaml:15: events.exclude[0].platform is nothing; expected a value (null never passes)")]
    [TestCase("  measures:", "  exclude:\n    - { platform: bot }\n    - { build: x }\n  measures:", "p.yaml:17: events.exclude[1].build is compared with 'x'; expected a whole number, for its type bigint")]
    [TestCase("  measures:", "  exclude: [ {} ]\n  measures:", "p.yaml:15: a condition of events.exclude without columns; *")]
    [TestCase("  measures:", "  max_reject_ratio: 101%\n  measures:", "p.yaml:15: events.max_reject_ratio is '101%'; expected a percentage such as 1%, from 0% to 100%")]
    [TestCase("  measures:", "  dedupe: { horizon: 20h }\n  measures:", "p.yaml:15: sessions.gap + events.dedupe.horizon is 30m + 20h; *")]
    public void Says_where_and_what_in_the_required_sections(string replaced, string by, string expected)
    {
        string[] errors = PipelineText.Errors(PipelineText.Minimal.Replace(replaced, by, StringComparison.Ordinal));
        string[] patterns = expected.Split('\n');
        Assert.That(errors, Has.Length.EqualTo(patterns.Length), string.Join('\n', errors));
        foreach (string pattern in patterns)
        {
            Assert.That(errors.Any(e => IsLike(e, pattern)), $"{pattern} in\n{string.Join('\n', errors)}");
        }
    }

    // Below, line 19 is "cubes:", 20 "c:", 21 "measures:", and what a test adds begins at line 22.
    [TestCase("dimensions: [contry]", "p.yaml:22: no column of events 'contry' for cubes.c.dimensions; *did you mean 'country'?")]
    [TestCase("dimensions: [country, country]", "p.yaml:22: name 'country' in table cube_c a second time (first: p.yaml:22); *")]
    [TestCase("dimensions: []", "p.yaml:22: no dimensions in cubes.c; expected at least one, in dimensions or levels")]
    [TestCase("rollups: []", "p.yaml:20: no dimensions in cubes.c; expected at least one, in dimensions or levels")]
    [TestCase("dimensions: [country]\n    rollups: some", "p.yaml:23: cubes.c.rollups is 'some'; expected all, or lists*")]
    [TestCase("dimensions: [country]\n    rollups: [country]", "p.yaml:23: a rollup of cubes.c.rollups is 'country'; expected a list of the dimensions kept*")]
    [TestCase("dimensions: [country]\n    rollups:\n      - []\n      - [contry]", "p.yaml:25: no dimension of cubes.c 'contry' for cubes.c.rollups; *did you mean 'country'?")]
    [TestCase("dimensions: [country]\n    source: session", "p.yaml:23: cubes.c.source is 'session'; expected events or sessions; did you mean 'sessions'?")]
    [TestCase("dimensions: [country]\n    source: sessions", "p.yaml:22: no column of sessions 'country' for cubes.c.dimensions; *")]
    [TestCase("dimensions: [event_id]\n    levels: { of: occurred_at, names: [a] }", "p.yaml:23: cubes.c.levels.of is occurred_at, a timestamp; expected a text column")]
    [TestCase("levels: { names: [a, b] }\n    rollups: [[b]]", "p.yaml:23: a rollup that keeps level 'b' without 'a'; expected all levels before it too")]
    [TestCase("levels: { names: [a, A] }", "p.yaml:22: name 'A' in table cube_c a second time *")]
    [TestCase("levels: { names: [N] }", "p.yaml:21: name 'n' in table cube_c a second time *")]
    [TestCase("levels: { names: [dt] }", "p.yaml:22: name 'dt' in table cube_c a second time *")]
    [TestCase("levels: { of: event_nam, names: [a] }", "p.yaml:22: no column of events 'event_nam' *did you mean 'event_name'?")]
    public void Checks_cubes(string body, string expected) =>
        Matches(PipelineText.Error($"cubes:\n  c:\n    measures: {{ n: count }}\n    {body}"), expected);

    [TestCase("cnt", "p.yaml:19: cubes.c.measures.m is 'cnt'; expected count, count(column), sum(column), min(column), max(column) or distinct(column); did you mean 'count'?")]
    [TestCase("smu(price)", "p.yaml:19: cubes.c.measures.m is 'smu(price)'; *did you mean 'sum(column)'?")]
    [TestCase("sum", "p.yaml:19: cubes.c.measures.m is 'sum'; *")]
    [TestCase("sum(prise)", "p.yaml:19: no column of events 'prise' for cubes.c.measures.m; *did you mean 'price'?")]
    [TestCase("sum(country)", "p.yaml:19: cubes.c.measures.m is the sum of country, a text; expected a bigint, decimal, double or boolean column")]
    [TestCase("sum(occurred_at)", "p.yaml:19: cubes.c.measures.m is the sum of occurred_at, a timestamp; *")]
    public void Checks_cube_measures(string measure, string expected) =>
        Matches(PipelineText.Error($"cubes: {{ c: {{ dimensions: [event_name], measures: {{ m: {measure} }} }} }}"), expected);

    [TestCase("[country, seen]", "p.yaml:20: name 'last_seen' in table actors *\np.yaml:20: no dimension 'seen' for metrics.dimensions; *")]
    [TestCase("[country, price]", "p.yaml:20: no dimension 'price' for metrics.dimensions; *")]
    [TestCase("[country, country]", "p.yaml:20: name 'last_country' in table actors a second time *")]
    public void Checks_the_dimensions_of_metrics(string dimensions, string expected)
    {
        string[] errors = PipelineText.Errors(PipelineText.Minimal + $"metrics:\n  dimensions: {dimensions}");
        Assert.That(errors.Zip(expected.Split('\n')).All(p => IsLike(p.First, p.Second)), string.Join('\n', errors));
    }

    [TestCase("dau: { measure: count }", "p.yaml:21: name 'dau' in metrics.declare a second time (first: its own); *")]
    [TestCase("DAU: { measure: count }", "p.yaml:21: name 'DAU' *")]
    [TestCase("x: { measure: sum(speed) }", "p.yaml:21: metrics.declare.x.measure is the sum of speed, a double; *")]
    [TestCase("x: { measure: count(price) }", "p.yaml:21: metrics.declare.x.measure is 'count(price)'; expected count, sum(column) or distinct(column)*")]
    [TestCase("x: { measure: min(price) }", "p.yaml:21: metrics.declare.x.measure is 'min(price)'; *")]
    [TestCase("x: { source: sessions, measure: sum(count_order) }", "p.yaml:21: no column of sessions 'count_order' for metrics.declare.x.measure; *")]
    [TestCase("x: { where: { country: LT } }", "p.yaml:21: metrics.declare.x has no measure; *")]
    [TestCase("x: { measure: count, where: { event_nme: a } }", "p.yaml:21: no column of events 'event_nme' for metrics.declare.x.where.event_nme; *did you mean 'event_name'?")]
    [TestCase("x: { source: sessions, measure: count, where: { is_bounce: maybe } }", "p.yaml:21: metrics.declare.x.where.is_bounce is compared with 'maybe'; expected true or false, for its type boolean")]
    [TestCase("x: { ratio: [dau] }", "p.yaml:21: metrics.declare.x.ratio is a list; expected a list of two metrics, such as [gmv, orders]")]
    [TestCase("x: { ratio: [dau, wau] }", "p.yaml:21: 'wau' in metrics.declare.x.ratio, which has no rows of period 1; *")]
    [TestCase("x: { ratio: [dau, sesions] }", "p.yaml:21: no metric 'sesions' for metrics.declare.x.ratio; *did you mean 'sessions'?")]
    [TestCase("x: { ratio: [dau, y] }\n    y: { measure: count }", "p.yaml:21: 'y' in metrics.declare.x.ratio, which is not declared before it; *")]
    [TestCase("x: { ratio: [dau, x] }", "p.yaml:21: 'x' in metrics.declare.x.ratio, which is not declared before it; *")]
    [TestCase("x: { ratio: [dau, dau], measure: count }", "p.yaml:21: metrics.declare.x has ratio and measure; *")]
    public void Checks_declared_metrics(string declared, string expected) =>
        Matches(PipelineText.Error($"metrics:\n  declare:\n    {declared}"), expected);

    [TestCase("{ steps: [] }", "p.yaml:20: funnels.f.steps is an empty list; expected a list of at least one step*")]
    [TestCase("{ window: 0, steps: [a] }", "p.yaml:20: funnels.f.window is '0'; expected a duration*")]
    [TestCase("{ window: 1h }", "p.yaml:20: funnels.f has no steps; *")]
    [TestCase("{ steps: [ { event: a, where: { contry: LT } } ] }", "p.yaml:20: no dimension 'contry' for funnels.f.steps; *did you mean 'country'?")]
    [TestCase("{ steps: [ { where: { country: LT } } ] }", "p.yaml:20: funnels.f.steps[0] has no event; *")]
    public void Checks_funnels(string funnel, string expected) =>
        Matches(PipelineText.Error($"funnels:\n  f: {funnel}"), expected);

    [Test]
    public void Limits_dimensions_to_31_and_to_12_under_all()
    {
        string Cube(int count, string rollups) =>
            $"cubes: {{ c: {{ levels: {{ names: [{string.Join(", ", Enumerable.Range(0, count).Select(i => $"l{i}"))}] }}, rollups: {rollups}, measures: {{ n: count }} }} }}";
        Assert.Multiple(() =>
        {
            Assert.That(PipelineText.Load(Cube(31, "[]")).Cubes[0].AllDimensions, Has.Count.EqualTo(31));
            Assert.That(PipelineText.Load(Cube(12, "all")).Cubes[0].Rollups, Is.Null);
            Matches(PipelineText.Error(Cube(32, "[]")), "p.yaml:19: 32 dimensions in cubes.c; expected at most 31");
            Matches(PipelineText.Error(Cube(13, "all")), "p.yaml:19: 13 dimensions in cubes.c; expected at most 12 under rollups: all");
        });
    }

    [Test]
    public void Shows_all_errors_in_the_order_of_their_lines()
    {
        string[] errors = PipelineText.Errors(
            PipelineText.Minimal.Replace("{HH}", "{hh}", StringComparison.Ordinal) + "zone: Mars\nreport: 3\nsessions: { gap: x }", "engine.name=spork");
        Assert.That(errors.Select(e => e[..e.IndexOf(": ", StringComparison.Ordinal)]),
            Is.EqualTo(new[] { "p.yaml:3", "p.yaml:19", "p.yaml:20", "p.yaml:21", "--set engine.name" }));
    }

    [Test]
    public void Reports_an_empty_file_by_what_it_lacks() => Assert.That(
        PipelineText.Errors(""), Is.EqualTo(new[]
        {
            "p.yaml:1: the file has no landing; expected landing, which has no default",
            "p.yaml:1: the file has no warehouse; expected warehouse, which has no default",
            "p.yaml:1: the file has no events; expected events, which has no default",
        }));

    [Test]
    public void Reports_a_missing_file()
    {
        BatchEtlException error = Assert.Throws<BatchEtlException>(() => PipelineFile.Load("none.yaml", [], Path.GetTempPath()));
        Assert.Multiple(() =>
        {
            Assert.That(error.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(error.Message, Does.StartWith("none.yaml: cannot be read"));
        });
    }

    [Test]
    public void Refuses_what_grows_by_aliases()
    {
        string text = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + string.Concat(
            "bcdefgh".Select(c => $"{c}: &{c} [{string.Join(", ", Enumerable.Repeat("*" + (char)(c - 1), 10))}]\n"));
        Matches(PipelineText.Errors(text)[0], "p.yaml:*: more than 100000 values; expected fewer");
    }

    private static void Matches(string error, string pattern) => Assert.That(IsLike(error, pattern), $"{error}\nis not like\n{pattern}");

    private static bool IsLike(string text, string pattern)
    {
        string[] parts = pattern.Split('*');
        return System.Text.RegularExpressions.Regex.IsMatch(
            text, "\\A" + string.Join(".*", parts.Select(System.Text.RegularExpressions.Regex.Escape)) + "\\z");
    }
}
