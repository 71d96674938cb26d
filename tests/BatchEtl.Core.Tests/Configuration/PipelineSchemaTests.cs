using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Configuration.Reading;
using BatchEtl.Core.Errors;
using Json.Schema;

namespace BatchEtl.Core.Tests.Configuration;

/// <summary>The schema and the loader must not drift apart.</summary>
public class PipelineSchemaTests
{
    private static readonly string Files = Path.Combine(TestContext.CurrentContext.TestDirectory, "Configuration", "Files");
    private static readonly JsonObject Definitions = JsonNode.Parse(PipelineSchema.Text)!["$defs"]!.AsObject();
    private static readonly JsonSchema Schema = JsonSchema.FromText(PipelineSchema.Text);

    [Test]
    public void Every_key_of_the_loader_stands_in_the_schema_and_vice_versa() => Assert.Multiple(() =>
    {
        IEnumerable<string> objects = Definitions.Where(d => d.Value!["properties"] is not null).Select(d => d.Key);
        Assert.That(objects, Is.EquivalentTo(KeySet.All.Select(k => k.Name)));
        foreach (KeySet keys in KeySet.All)
        {
            JsonNode definition = Definitions[keys.Name]!;
            Assert.That(definition["properties"]!.AsObject().Select(p => p.Key), Is.EquivalentTo(keys.Keys), keys.Name);
            Assert.That(definition["required"]?.AsArray().Select(r => r!.GetValue<string>()) ?? [], Is.EquivalentTo(keys.Required), keys.Name);
            Assert.That(definition["additionalProperties"]!.GetValue<bool>(), Is.False, keys.Name);
        }
    });

    [Test]
    public void Every_key_is_read_by_the_loader()
    {
        // An unread key would go unnoticed with any value; a mapping of an unknown key fits none.
        var silent = new List<string>();
        foreach ((string at, KeySet keys) in new[]
        {
            ("", KeySet.Pipeline), ("landing.", KeySet.Landing), ("warehouse.", KeySet.Warehouse), ("events.", KeySet.Events),
            ("events.dimensions.x.", KeySet.Column), ("events.occurred_at.", KeySet.Column), ("events.dedupe.", KeySet.Dedupe), ("sessions.", KeySet.Sessions),
            ("sessions.engaged.", KeySet.Engaged), ("cubes.c.", KeySet.Cube), ("cubes.c.levels.", KeySet.Levels), ("metrics.", KeySet.Metrics),
            ("metrics.declare.m.", KeySet.Metric), ("retention.", KeySet.Retention), ("funnels.f.", KeySet.Funnel),
            ("anomalies.", KeySet.Anomalies), ("catalog.", KeySet.Catalog), ("checks.x.", KeySet.Check), ("engine.", KeySet.Engine),
        })
        {
            string text = PipelineText.Minimal.Replace("occurred_at: at", "occurred_at: { path: at }", StringComparison.Ordinal);
            silent.AddRange(keys.Keys.Select(k => at + k).Where(key =>
                !PipelineText.Errors(text, key + "={'a b': [[{'c d': {}}]]}").Any(e => e.Contains(key.Split('.')[^1], StringComparison.Ordinal))));
        }

        Assert.That(silent, Is.Empty);
    }

    private static IEnumerable<TestCaseData> Good() =>
    [
        new("") { TestName = "minimal" },
        new(File.ReadAllText(Path.Combine(Files, "example.yaml"))) { TestName = "example" },
        new(File.ReadAllText(Path.Combine(Files, "snowplow.json"))) { TestName = "snowplow" },
        .. new[]
        {
            "zone: null\nsessions: ~\ncubes:\nfunnels: {}\ncatalog: null\nchecks: { x: null }\nengine: {}",
            "sessions: { gap: 1s, carry_over: 0, event_codes: { a: 1, b: x }, counts: { n: a, m: [a, b] }, engaged: { min_duration: 0, min_views: 0, views: [], conversions: [a] } }",
            "cubes: { c: { levels: { names: [a, b] }, rollups: [[a], []], measures: { n: count, d: distinct( actor_id ) } } }",
            "cubes: { c: { source: sessions, dimensions: [is_bounce], rollups: all, measures: { n: max(events) } } }",
            "metrics: { dimensions: [country], declare: { a: { measure: count, where: { event_name: [x, 1, true] } }, b: { ratio: [a, dau] } } }",
            "funnels: { f: { steps: [a, { event: b, where: { country: LT } }] } }",
            "checks: { a: off, b: { warn: 50% }, c: { fail: 3.5 } }",
            "engine: { name: spark, master: yarn, memory: 1.5GiB, threads: 8, temp: /t, conf: { a: 1, b: true, c: x } }",
            "catalog: { uri: \"thrift://h:9083\" }",
            "retention: { day: 0, week: 1, month: null }\nanomalies: { sensitivity: 2.5, min_change: 0, min_volume: 0 }\nreport: false\non_finish: echo",
        }.Select(t => new TestCaseData(t)),
    ];

    private static IEnumerable<string> Bad() =>
    [
        "x: 1", "zone: 5", "name: ''", "week_starts: friday", "report: 'true'", "sessions: []", "sessions: { gap: 0 }", "sessions: { gap: 5 }",
        "sessions: { gap: 1w }", "sessions: { carry_over: -1h }", "sessions: { event_codes: { a: ab } }", "sessions: { event_codes: { a: 10 } }", "sessions: { counts: { n: [] } }",
        "sessions: { counts: { 'a b': x } }", "sessions: { engaged: { min_views: 1.5 } }", "sessions: { engaged: { views: a } }",
        "cubes: { c: null }", "cubes: { c: { dimensions: [country] } }", "cubes: { c: { dimensions: [country], measures: {} } }",
        "cubes: { c: { dimensions: [country], measures: { n: avg(price) } } }", "cubes: { '1c': { dimensions: [country], measures: { n: count } } }",
        "cubes: { c: { dimensions: country, measures: { n: count } } }", "cubes: { c: { dimensions: [country], rollups: [country], measures: { n: count } } }",
        "cubes: { c: { levels: {}, measures: { n: count } } }", "metrics: { declare: { a: {} } }", "metrics: { declare: { a: { measure: min(price) } } }",
        "metrics: { declare: { a: { ratio: [dau] } } }", "metrics: { declare: { a: { ratio: [dau, dau], measure: count } } }", "metrics: { declare: { a: { measure: count, where: { event_name: null } } } }",
        "metrics: { declare: { a: { measure: count, where: { event_name: [] } } } }", "funnels: { f: null }", "funnels: { f: { steps: [] } }", "funnels: { f: { steps: [{}] } }",
        "funnels: { f: { steps: [a], window: 0 } }", "retention: { day: -1 }", "retention: { day: '1' }", "anomalies: { min_change: 10 }", "anomalies: { sensitivity: '5' }",
        "engine: { name: x }", "engine: { memory: 4 }", "engine: { threads: 0 }", "engine: { conf: { a: [] } }", "catalog: {}", "catalog: { uri: h }", "catalog: { kind: glue, uri: 'thrift://h' }",
        "checks: { a: maybe }", "checks: { a: {} }", "checks: { a: { warn: 1, fail: 2 } }", "checks: { a: { warn: 5 % } }", "checks: []",
    ];

    private static IEnumerable<string> BadSets() =>
    [
        "landing=null", "landing.root=null", "landing.root=s3://x", "landing.layout='{yyyy}'", "landing.layout='{yyyy}{MM}{dd}{mm}'", "landing.topics=[]", "landing.topics=a",
        "landing.on_corrupt=ignore", "landing.lateness=3", "landing.skip_files=a", "landing.done_flag=[a]", "warehouse.keep={events: 0}", "warehouse.keep={events: 5}", "warehouse.compression=none",
        "events.event_id=null", "events.event_id=[]", "events.event_id=[null]", "events.event_id=5", "events.event_id={}", "events.event_id={path: a, constant: b}", "events.event_id=a..b", "events.event_id=a.$branch.b",
        "events.event_id={path: a, separator: x}", "events.event_id={all: []}", "events.event_id={all: a}", "events.event_id={path: a, type: string}", "events.event_id={path: a, empty_is_null: 1}", "events.event_id={path: a, key: a.b}",
        "events.occurred_at={path: a, unit: h}", "events.occurred_at={path: a, unit: s, format: iso}", "events.occurred_at={path: a, format: rfc}", "events.exclude=[{}]", "events.exclude={platform: x}",
        "events.exclude=[{platform: [null]}]", "events.max_reject_ratio=1", "events.max_reject_ratio=0.5", "events.dedupe=1h", "events.allow_empty=1", "events.dimensions={'a b': x}", "events.dimensions={a: null}", "events.measures=[a]",
    ];

    [TestCaseSource(nameof(Good))]
    public void Both_accept_good_files(string text)
    {
        text = text.Contains("landing", StringComparison.Ordinal) ? text : PipelineText.Minimal + text;
        PipelineFile.Parse(text, "p.yaml", PipelineText.Folder);
        EvaluationResults results = Evaluate(YamlSource.Parse(text, "p.yaml"));
        Assert.That(results.IsValid, JsonSerializer.Serialize(results));
    }

    [TestCaseSource(nameof(Bad))]
    public void Both_refuse_bad_files(string text)
    {
        PipelineText.Errors(PipelineText.Minimal + text);
        Assert.That(Evaluate(YamlSource.Parse(PipelineText.Minimal + text, "p.yaml")).IsValid, Is.False);
    }

    [TestCaseSource(nameof(BadSets))]
    public void Both_refuse_bad_values(string set)
    {
        PipelineText.Errors(PipelineText.Minimal, set);
        var root = (MapNode)YamlSource.Parse(PipelineText.Minimal, "p.yaml");
        Assert.That(Evaluate(SettingOverride.Parse(set).Apply(root, new ErrorList())).IsValid, Is.False);
    }

    private static EvaluationResults Evaluate(SourceNode node) =>
        Schema.Evaluate(JsonSerializer.SerializeToElement(ToJson(node)), new EvaluationOptions { OutputFormat = OutputFormat.List });

    private static JsonNode? ToJson(SourceNode node) => node switch
    {
        MapNode map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        ListNode list => new JsonArray([.. list.Items.Select(ToJson)]),
        ScalarNode { Kind: ScalarKind.Null } => null,
        ScalarNode { Kind: ScalarKind.Boolean } scalar => scalar.Text == "true",
        ScalarNode { Kind: ScalarKind.Integer } scalar => long.Parse(scalar.Text, CultureInfo.InvariantCulture),
        ScalarNode { Kind: ScalarKind.Float } scalar => double.Parse(scalar.Text, CultureInfo.InvariantCulture),
        ScalarNode scalar => scalar.Text,
        _ => throw new InvalidOperationException(node.Described),
    };
}
