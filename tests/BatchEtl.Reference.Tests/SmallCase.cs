using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Landed;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>A landing folder with daily UTC folders and a few records, for tests of single rules.</summary>
internal sealed class SmallCase : IDisposable
{
    public const long Second = 1_000_000;
    public const long Minute = 60 * Second;
    public const long Hour = 60 * Minute;

    /// <summary>The day that most tests build.</summary>
    public static readonly DateOnly Day = new(2026, 5, 4);

    public static readonly long Start = Micros(Day);

    private readonly string _folder = Directory.CreateTempSubdirectory("reference-").FullName;
    private readonly List<string> _fields =
    [
        Field("id", "string"), Field("name", "string"), Field("t", "long"), Field("actor", "string"), Field("user", "string"),
    ];

    private readonly Dictionary<string, List<object?>> _records = [];

    public JsonObject Pipeline { get; } = (JsonObject)JsonNode.Parse("""
        {
          "landing": { "root": "landing", "layout": "{yyyy}{MM}{dd}", "partitioned_by": "event_time" },
          "warehouse": { "root": "warehouse" },
          "events": {
            "event_id": "id", "event_name": "name", "occurred_at": { "path": "t", "unit": "us" }, "actor_id": "actor", "user_id": "user",
            "dimensions": {}, "measures": {}, "max_reject_ratio": "100%"
          },
          "sessions": {}, "cubes": {}, "metrics": { "dimensions": [], "declare": {} }
        }
        """)!;

    public static long Micros(DateOnly day) => (day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 24 * Hour;

    /// <param name="type">JSON of the type, or a plain name; nullable.</param>
    public SmallCase With(string field, string type, string? dimension = null, string? measure = null)
    {
        _fields.Add(Field(field, type));
        var events = Pipeline["events"]!;
        if (dimension is not null)
        {
            events["dimensions"]![field] = JsonNode.Parse(dimension);
        }

        if (measure is not null)
        {
            events["measures"]![field] = JsonNode.Parse(measure);
        }

        return this;
    }

    public SmallCase Set(string section, string json)
    {
        foreach (var (key, value) in (JsonObject)JsonNode.Parse(json)!)
        {
            Pipeline[section]![key] = value?.DeepClone();
        }

        return this;
    }

    /// <summary>A record in the folder of its day.</summary>
    public SmallCase Add(string? id, string? name, long? t, string? actor, params (string Field, object? Value)[] more) =>
        AddTo(DateTime.UnixEpoch.AddTicks((t ?? Start) * 10).ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture), id, name, t, actor, more);

    public SmallCase AddTo(string folder, string? id, string? name, long? t, string? actor, params (string Field, object? Value)[] more)
    {
        var record = new Dictionary<string, object?> { ["id"] = id, ["name"] = name, ["t"] = t, ["actor"] = actor };
        foreach (var (field, value) in more)
        {
            record[field] = value;
        }

        if (!_records.TryGetValue(folder, out var records))
        {
            _records[folder] = records = [];
        }

        records.Add(record);
        return this;
    }

    /// <summary>Builds days in a row from the first on.</summary>
    public IReadOnlyList<ReferenceDay> Build(int days = 1)
    {
        var schema = $$"""{"type":"record","name":"landed","fields":[{{string.Join(",", _fields)}}]}""";
        foreach (var (folder, records) in _records)
        {
            AvroWriting.Write(Path.Combine(_folder, "landing", folder, "part-0.avro"), schema, records, "deflate");
        }

        var file = Path.Combine(_folder, "pipeline.json");
        File.WriteAllText(file, Pipeline.ToJsonString());
        var pipeline = PipelineFile.Load(file, [], _folder);
        var warehouse = new ReferenceWarehouse();
        return [.. Enumerable.Range(0, days).Select(n => warehouse.Build(pipeline, Day.AddDays(n), Start + 365 * 24 * Hour))];
    }

    public static object?[] Column(ReferenceDay day, string table, string column)
    {
        Assert.That(day.Refused, Is.Null);
        var built = day.Tables[table];
        return [.. built.Rows.Select(r => r[built.IndexOf(column)])];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Field(string name, string type) =>
        $$"""{"name":"{{name}}","type":{{(type.StartsWith('[') ? type : $"[\"null\",{(type.StartsWith('{') ? type : $"\"{type}\"")}]")}}}""";
}
