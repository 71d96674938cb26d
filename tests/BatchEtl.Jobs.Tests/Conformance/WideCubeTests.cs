using System.Globalization;
using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Landed;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>A cube of as many dimensions as there may be: grouping_id takes 31 bits (C3). No user_id is mapped, nor a measure.</summary>
[TestFixture(TestedEngine.DuckDb)]
[TestFixture(TestedEngine.Spark)]
public sealed class WideCubeTests(TestedEngine engine)
{
    [Test]
    public void EveryRowOf31Dimensions()
    {
        using var temp = new TemporaryFolder();
        var day = new DateOnly(2026, 5, 4);
        var names = Enumerable.Range(0, 31).Select(i => $"d{i}").ToList();
        const string schema = """
            { "type": "record", "name": "landed", "fields": [
              { "name": "id", "type": "string" }, { "name": "name", "type": "string" }, { "name": "actor", "type": "string" },
              { "name": "t", "type": { "type": "long", "logicalType": "timestamp-micros" } } ] }
            """;
        var noon = new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero).ToUnixTimeSeconds();
        AvroWriting.Write(Path.Combine(temp.Path, "landing", "20260504", "part.avro"), schema, Enumerable.Range(0, 12).Select(i => (object?)new Dictionary<string, object?>
        {
            ["id"] = $"e{i}", ["name"] = $"n{i % 3}", ["actor"] = $"a{i % 5}", ["t"] = (noon + i) * 1_000_000,
        }));
        var file = Path.Combine(temp.Path, "pipeline.json");
        File.WriteAllText(file, new JsonObject
        {
            ["landing"] = new JsonObject { ["root"] = "landing", ["layout"] = "{yyyy}{MM}{dd}" },
            ["warehouse"] = new JsonObject { ["root"] = "warehouse" },
            ["events"] = new JsonObject
            {
                ["event_id"] = "id", ["event_name"] = "name", ["occurred_at"] = "t", ["actor_id"] = "actor",
                ["dimensions"] = new JsonObject(names.Select((n, i) => KeyValuePair.Create<string, JsonNode?>(n, i % 2 == 0 ? "name" : "actor"))),
            },
            ["cubes"] = new JsonObject
            {
                ["wide"] = new JsonObject
                {
                    ["source"] = "events",
                    ["dimensions"] = new JsonArray([.. names]),
                    ["rollups"] = new JsonArray(new JsonArray(), new JsonArray("d0"), new JsonArray("d30")),
                    ["measures"] = new JsonObject { ["events"] = "count", ["actors"] = "distinct(actor_id)" },
                },
            },
        }.ToJsonString());
        var pipeline = PipelineFile.Load(file, [], temp.Path);
        using var harness = new DayHarness(engine, pipeline, Path.Combine(temp.Path, "built"));
        var build = harness.Build(day);
        var rows = build.Engine.Rows($"SELECT grouping_id, d0, d30, events, actors FROM {build.Relation("cube_wide", day)} AS c", CancellationToken.None);
        var finest = rows.Where(r => Convert.ToInt32(r[0], CultureInfo.InvariantCulture) == 0).ToList();
        Assert.That(finest, Has.Count.EqualTo(12));
        Assert.That(finest.Select(r => $"{r[3]} {r[4]}"), Is.All.EqualTo("1 1"));
        Assert.That(rows.Except(finest).Select(r => string.Join(' ', r.Select(v => v ?? "-"))), Is.EquivalentTo(new[]
        {
            $"{int.MaxValue} - - 12 5",
            "1073741823 n0 - 4 4", "1073741823 n1 - 4 4", "1073741823 n2 - 4 4",
            "2147483646 - n0 4 4", "2147483646 - n1 4 4", "2147483646 - n2 4 4",
        }));
    }
}
