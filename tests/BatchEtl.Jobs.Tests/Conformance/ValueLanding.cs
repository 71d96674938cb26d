using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Landed;
using AvroTypes = global::Avro;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>
/// Puts cases into a folder: their pipeline file and one Avro file per case and landing folder. Apache.Avro reads the schema; the bytes are written by
/// <see cref="AvroWriting"/>, because Apache's writer can't write what many rules are about (text that is not UTF-8, equal map keys, dates of any year).
/// </summary>
internal static partial class ValueLanding
{
    private const string PipelineText = """
        {
          "landing": { "root": "landing", "layout": "{yyyy}{MM}{dd}", "partitioned_by": "arrival_time" },
          "warehouse": { "root": "warehouse" },
          "events": { "event_id": "id", "event_name": "name", "occurred_at": "t", "actor_id": "actor", "max_reject_ratio": "100%" }
        }
        """;

    public static Pipeline Write(IReadOnlyList<ValueCase> cases, string folder)
    {
        var pipeline = JsonNode.Parse(PipelineText)!;
        foreach (var of in cases)
        {
            Land(of, folder);
            foreach (var section in new[] { "landing", "events" })
            {
                Merge(pipeline[section]!.AsObject(), of.Json[section]?.AsObject() ?? [], of);
            }
        }

        var file = Path.Combine(folder, "pipeline.json");
        File.WriteAllText(file, pipeline.ToJsonString());
        return PipelineFile.Load(file, [], folder);
    }

    /// <summary>The record as JSON; what a row does not say makes a valid event that no other row is like.</summary>
    public static JsonObject Record(ValueRow row)
    {
        var noon = new DateTimeOffset(row.Case.Day, new TimeOnly(12, 0), TimeSpan.Zero);
        var own = row.Case.Suffix.Length == 0 ? $"{row.Index}" : $"{row.Case.Suffix}-{row.Index}";
        var record = new JsonObject { ["id"] = $"e{own}", ["name"] = "n", ["actor"] = $"a{own}", ["t"] = (noon.ToUnixTimeSeconds() + row.Index) * 1_000_000 };
        if (row.Json.TryGetPropertyValue("in", out var value))
        {
            record[row.Case.Named("v")] = value?.DeepClone();
        }

        foreach (var (key, given) in row.Json["record"]?.AsObject() ?? [])
        {
            record[key] = given?.DeepClone();
        }

        return record;
    }

    private static void Merge(JsonObject section, JsonObject given, ValueCase of)
    {
        foreach (var (key, value) in given)
        {
            if (of.Suffix.Length > 0 && key == "dimensions")
            {
                section[key] ??= new JsonObject();
                section[key]![of.Named("v")] = Renamed(value!["v"]!, of);
            }
            else
            {
                section[key] = value?.DeepClone();
            }
        }
    }

    /// <summary>A mapping whose paths begin with the case's own name of its field.</summary>
    private static JsonNode Renamed(JsonNode mapping, ValueCase of) => mapping switch
    {
        JsonArray list => new JsonArray([.. list.Select(i => Renamed(i!, of))]),
        JsonObject fields => new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, f.Key is "path" or "all" ? Renamed(f.Value!, of) : f.Value?.DeepClone()))),
        _ when mapping.GetValueKind() == System.Text.Json.JsonValueKind.String && Field().IsMatch(mapping.GetValue<string>()) => of.Named("v") + mapping.GetValue<string>()[1..],
        _ => mapping.DeepClone(),
    };

    [GeneratedRegex(@"^v($|[.\[])")]
    private static partial Regex Field();

    private static void Land(ValueCase of, string folder)
    {
        var schema = Schema(of);
        var parsed = (AvroTypes.RecordSchema)AvroTypes.Schema.Parse(WithoutLogicalTypes(JsonNode.Parse(schema)!).ToJsonString());
        foreach (var landed in of.Rows.GroupBy(r => r.Folder))
        {
            AvroWriting.Write(Path.Combine(folder, "landing", landed.Key, of.FileName), schema, landed.Select(row => Value(parsed, Record(row))));
        }
    }

    private static string Schema(ValueCase of)
    {
        var fields = (JsonObject)JsonNode.Parse("""
            { "id": ["null", "string"], "name": ["null", "string"], "actor": ["null", "string"], "t": ["null", { "type": "long", "logicalType": "timestamp-micros" }] }
            """)!;
        if (of.Json["avro"] is { } type)
        {
            fields[of.Named("v")] = type.DeepClone();
        }

        foreach (var (name, given) in of.Json["fields"]?.AsObject() ?? [])
        {
            fields[name] = given!.DeepClone();
        }

        return new JsonObject
        {
            ["type"] = "record",
            ["name"] = "landed",
            ["fields"] = new JsonArray([.. fields.Select(f => new JsonObject { ["name"] = f.Key, ["type"] = f.Value!.DeepClone() })]),
        }.ToJsonString();
    }

    /// <summary>How values are written; Apache.Avro does not know all logical types (uuid in a fixed).</summary>
    private static JsonNode WithoutLogicalTypes(JsonNode schema)
    {
        switch (schema)
        {
            case JsonObject named:
                named.Remove("logicalType");
                named.Where(p => p.Value is not null).ToList().ForEach(p => WithoutLogicalTypes(p.Value!));
                break;
            case JsonArray list:
                list.ToList().ForEach(i => WithoutLogicalTypes(i!));
                break;
        }

        return schema;
    }

    /// <summary>
    /// JSON as <see cref="AvroWriting"/> wants it. A union of null and one other type takes the bare value, others { branch: value };
    /// bytes are { "hex": … }, of decimals also the unscaled number; maps are lists of [key, value]; NaN and infinities are texts.
    /// </summary>
    private static object? Value(AvroTypes.Schema schema, JsonNode? json)
    {
        if (json is JsonObject { Count: 1 } hex && hex["hex"] is { } digits)
        {
            return schema is AvroTypes.UnionSchema nullable ? new InBranch(OnlyBranch(nullable), Convert.FromHexString(digits.GetValue<string>())) : Convert.FromHexString(digits.GetValue<string>());
        }

        switch (schema)
        {
            case AvroTypes.UnionSchema union when json is null:
                return new InBranch(union.Schemas.ToList().FindIndex(s => s.Tag == AvroTypes.Schema.Type.Null), null);
            case AvroTypes.UnionSchema { Count: 2 } union when union.Schemas.Any(s => s.Tag == AvroTypes.Schema.Type.Null):
                return new InBranch(OnlyBranch(union), Value(union[OnlyBranch(union)], json));
            case AvroTypes.UnionSchema union:
                var (branch, inside) = json!.AsObject().Single();
                var index = union.Schemas.ToList().FindIndex(s => s.Name == branch || s.Fullname == branch);
                return new InBranch(index, Value(union[index], inside));
            case AvroTypes.RecordSchema record:
                return record.Fields.ToDictionary(f => f.Name, f => Value(f.Schema, json![f.Name]));
            case AvroTypes.ArraySchema array:
                return json!.AsArray().Select(item => Value(array.ItemSchema, item)).ToArray();
            case AvroTypes.MapSchema map:
                return json!.AsArray().Select(entry => KeyValuePair.Create(entry![0]!.GetValue<string>(), Value(map.ValueSchema, entry[1]))).ToArray();
            case AvroTypes.FixedSchema fixedSize:
                return Unscaled(json!, fixedSize.Size);
        }

        return schema.Tag switch
        {
            AvroTypes.Schema.Type.Null => null,
            AvroTypes.Schema.Type.Boolean => json!.GetValue<bool>(),
            AvroTypes.Schema.Type.Int or AvroTypes.Schema.Type.Long => json!.GetValue<long>(),
            AvroTypes.Schema.Type.Float or AvroTypes.Schema.Type.Double => double.Parse(Plain(json!), CultureInfo.InvariantCulture),
            AvroTypes.Schema.Type.Bytes => Unscaled(json!, 0),
            _ => json!.GetValue<string>(),
        };
    }

    private static int OnlyBranch(AvroTypes.UnionSchema union) => union.Schemas.ToList().FindIndex(s => s.Tag != AvroTypes.Schema.Type.Null);

    private static byte[] Unscaled(JsonNode json, int size)
    {
        var value = BigInteger.Parse(Plain(json), CultureInfo.InvariantCulture);
        var bytes = value.ToByteArray(isBigEndian: true);
        return [.. Enumerable.Repeat(value.Sign < 0 ? (byte)0xFF : (byte)0, Math.Max(0, size - bytes.Length)), .. bytes];
    }

    private static string Plain(JsonNode json) => json.GetValueKind() == System.Text.Json.JsonValueKind.String ? json.GetValue<string>() : json.ToJsonString();
}
