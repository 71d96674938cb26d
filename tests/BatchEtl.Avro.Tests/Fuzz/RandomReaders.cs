using System.Text.Json.Nodes;

namespace BatchEtl.Avro.Tests;

/// <summary>Changes a writer's schema into a reader's that it resolves to.</summary>
internal sealed class RandomReaders(Random random)
{
    private static readonly Dictionary<string, string[]> Promotions = new()
    {
        ["int"] = ["int", "long", "float", "double"],
        ["long"] = ["long", "float", "double"],
        ["float"] = ["float", "double"],
    };

    private int _added;

    public string Reader(string writer) => Change(JsonNode.Parse(writer)!, inUnion: false).ToJsonString();

    private JsonNode Change(JsonNode node, bool inUnion)
    {
        switch (node)
        {
            case JsonArray union:
                // Branches stay as they are in kind: promoted ones could become ambiguous.
                return new JsonArray([.. union.Select(branch => Change(branch!, inUnion: true))]);
            case JsonObject record when record["type"]!.ToString() == "record":
                return Record(record);
            case JsonObject array when array["type"]!.ToString() == "array":
                return new JsonObject { ["type"] = "array", ["items"] = Change(array["items"]!, false) };
            case JsonObject map when map["type"]!.ToString() == "map":
                return new JsonObject { ["type"] = "map", ["values"] = Change(map["values"]!, false) };
            case JsonObject symbols when symbols["type"]!.ToString() == "enum":
                var more = (JsonObject)symbols.DeepClone();
                ((JsonArray)more["symbols"]!).Insert(0, $"New{_added++}");
                return more;
            case JsonValue name when !inUnion && Promotions.TryGetValue(name.ToString(), out var wider) && random.Next(2) == 0:
                return wider[random.Next(wider.Length)];
            case JsonValue name when !inUnion && random.Next(6) == 0 && name.ToString() is "int" or "string" or "boolean":
                return new JsonArray("null", name.ToString());
            default:
                return node.DeepClone();
        }
    }

    private JsonObject Record(JsonObject record)
    {
        var fields = new List<JsonNode>();
        foreach (var field in record["fields"]!.AsArray())
        {
            var type = field!["type"]!;

            // Only a field that defines no type can go: others may refer to what it defines.
            if (type is JsonValue && random.Next(5) == 0)
            {
                continue;
            }

            // No aliases: beside an added default Apache.Avro 1.12.2 puts that default into the renamed field.
            fields.Add(new JsonObject { ["name"] = field["name"]!.ToString(), ["type"] = Change(type, false) });
        }

        if (random.Next(2) == 0)
        {
            fields.Insert(random.Next(fields.Count + 1), random.Next(4) switch
            {
                0 => new JsonObject { ["name"] = $"add{_added++}", ["type"] = new JsonArray("null", "string"), ["default"] = null },
                1 => new JsonObject { ["name"] = $"add{_added++}", ["type"] = "string", ["default"] = "ž" },
                2 => new JsonObject { ["name"] = $"add{_added++}", ["type"] = "double", ["default"] = 1.5 },
                _ => new JsonObject { ["name"] = $"add{_added++}", ["type"] = new JsonObject { ["type"] = "array", ["items"] = "long" }, ["default"] = new JsonArray(1, 2) },
            });
        }

        // A field that defines types stays before those that refer to them; the last may come first when it defines none.
        if (fields.Count > 1 && fields[^1]["type"] is JsonValue && IsPrimitive(fields[^1]["type"]!))
        {
            var last = fields[^1];
            fields.RemoveAt(fields.Count - 1);
            fields.Insert(0, last);
        }

        return new JsonObject { ["type"] = "record", ["name"] = record["name"]!.ToString(), ["fields"] = new JsonArray([.. fields]) };
    }

    private static bool IsPrimitive(JsonNode type) =>
        type.ToString() is "null" or "boolean" or "int" or "long" or "float" or "double" or "bytes" or "string";
}
