using System.Text.Json.Nodes;

namespace BatchEtl.Avro.Tests;

/// <summary>Random schemas, the same for the same seed.</summary>
/// <param name="logical">Whether decimals, UUIDs and the like are among them; Apache.Avro turns those into objects of its own.</param>
internal sealed class RandomSchemas(Random random, bool logical)
{
    private static readonly string[] Primitives = ["boolean", "int", "long", "float", "double", "bytes", "string", "null"];

    private readonly List<string> _enclosing = [];
    private readonly List<string> _known = [];
    private int _names;

    public string Record() => Record(0).ToJsonString();

    private JsonObject Record(int depth)
    {
        var name = Name("R");
        _enclosing.Add(name);
        var fields = new JsonArray();
        if (depth > 0 && random.Next(2) == 0)
        {
            fields.Add(new JsonObject { ["name"] = "key", ["type"] = random.Next(4) == 0 ? new JsonArray("null", "string") : "string" });
        }

        for (var i = random.Next(depth == 0 ? 1 : 0, 6); i > 0; i--)
        {
            fields.Add(new JsonObject { ["name"] = $"f{i}", ["type"] = Type(depth + 1) });
        }

        _enclosing.Remove(name);
        _known.Add(name);
        return new JsonObject { ["type"] = "record", ["name"] = name, ["fields"] = fields };
    }

    private JsonNode Type(int depth)
    {
        if (logical && random.Next(5) == 0)
        {
            return Logical();
        }

        return (depth > 4 ? random.Next(5) : random.Next(14)) switch
        {
            < 5 => Primitives[random.Next(Primitives.Length)],
            5 => new JsonObject { ["type"] = "enum", ["name"] = Known("E"), ["symbols"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 200)).Select(i => (JsonNode)$"S{i}")]) },
            6 => new JsonObject { ["type"] = "fixed", ["name"] = Known("F"), ["size"] = random.Next(1, 20) },
            7 or 8 => new JsonObject { ["type"] = "array", ["items"] = Type(depth + 1) },
            9 => new JsonObject { ["type"] = "map", ["values"] = Type(depth + 1) },
            10 => Record(depth),
            11 when _known.Count > 0 => _known[random.Next(_known.Count)],
            11 => "string",
            _ => Union(depth),
        };
    }

    private JsonArray Union(int depth)
    {
        var branches = new JsonArray();
        var kinds = new HashSet<string>();
        if (random.Next(3) > 0)
        {
            branches.Add("null");
            kinds.Add("null");
        }

        if (_enclosing.Count > 0 && random.Next(4) == 0 && kinds.Contains("null"))
        {
            branches.Add(_enclosing[^1]);
        }

        for (var i = random.Next(branches.Count == 0 ? 1 : 0, 4); i > 0; i--)
        {
            var branch = Type(depth + 1);
            var kind = branch switch
            {
                JsonArray => "union",
                JsonObject o when o["type"]!.ToString() is "array" or "map" => o["type"]!.ToString(),
                JsonObject o when o["name"] is { } name => name.ToString(),
                JsonObject o => o["type"]!.ToString(),
                _ => branch.ToString(),
            };
            if (kind != "union" && !_enclosing.Contains(kind) && kinds.Add(kind))
            {
                branches.Add(branch.DeepClone());
            }
            else if (branch is JsonObject dropped)
            {
                Forget(dropped);
            }
            else if (branch is JsonArray list)
            {
                Forget(list);
            }
        }

        if (branches.Count == 0)
        {
            branches.Add("string");
        }

        return branches;
    }

    /// <summary>Types defined in a branch that was not taken are not defined at all.</summary>
    private void Forget(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                if (o["name"] is { } name)
                {
                    _known.Remove(name.ToString());
                }

                foreach (var (_, value) in o)
                {
                    Forget(value);
                }

                break;
            case JsonArray a:
                foreach (var value in a)
                {
                    Forget(value);
                }

                break;
        }
    }

    private JsonObject Logical() => random.Next(6) switch
    {
        0 => new JsonObject { ["type"] = "bytes", ["logicalType"] = "decimal", ["precision"] = 60, ["scale"] = random.Next(20) },
        1 => new JsonObject { ["type"] = "fixed", ["name"] = Known("D"), ["size"] = 20, ["logicalType"] = "decimal", ["precision"] = 40, ["scale"] = random.Next(20) },
        2 => new JsonObject { ["type"] = "string", ["logicalType"] = "uuid" },
        3 => new JsonObject { ["type"] = "fixed", ["name"] = Known("U"), ["size"] = 16, ["logicalType"] = "uuid" },
        4 => new JsonObject { ["type"] = "int", ["logicalType"] = "date" },
        _ => new JsonObject { ["type"] = "long", ["logicalType"] = "timestamp-millis" },
    };

    private string Known(string prefix)
    {
        var name = Name(prefix);
        _known.Add(name);
        return name;
    }

    private string Name(string prefix) => $"{prefix}{_names++}";
}
