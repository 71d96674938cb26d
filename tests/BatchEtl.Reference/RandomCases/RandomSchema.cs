using System.Text.Json.Nodes;
using BatchEtl.Reference.Landed;

namespace BatchEtl.Reference.RandomCases;

/// <summary>A place in the landed schema that a path leads to.</summary>
/// <param name="Path">As written in the mapping.</param>
/// <param name="ByKey">Through an array by key.</param>
/// <param name="Put">Puts a value (null: none) into a record under construction.</param>
internal sealed record Slot(string Path, bool ByKey, Action<Dictionary<string, object?>, object?> Put);

/// <summary>A value of one of several leaves that share a place.</summary>
internal sealed record OfLeaf(int Index, object Value);

/// <summary>A random record schema in several versions, built place by place.</summary>
internal sealed class RandomSchema(Random random, int versions)
{
    private readonly List<(string Name, Func<int, string> Type, Func<int, bool> In)> _fields = [];
    private readonly Dictionary<string, List<(string Name, Func<int, string> Type, Func<int, bool> In)>> _shared = new()
    {
        ["ctx"] = [], ["ctx.dev"] = [], ["payload.Click"] = [], ["payload.View"] = [], ["payload.Buy"] = [],
    };

    private readonly bool _nullableContext = random.Next(2) == 0;
    private int _names;

    public int Versions => versions;

    /// <summary>Records without a field are legal, but nobody lands them.</summary>
    private const string Filler = """{"name":"filler","type":["null","int"]}""";

    public static readonly string[] Branches = ["Click", "View", "Buy"];

    public string Name() => $"n{_names++}";

    /// <summary>A new place for values of these types (several: a union).</summary>
    /// <param name="always">In all versions of the schema, and in all branches.</param>
    /// <param name="nullable">Whether null may land there.</param>
    /// <param name="keyField">The key field of arrays by key.</param>
    public Slot Place(IReadOnlyList<Leaf> leaves, bool always, bool nullable, string keyField = "key")
    {
        var name = $"f{_names++}";
        var from = always ? 0 : random.Next(versions);
        var to = always || random.Next(2) == 0 ? versions - 1 : random.Next(from, versions);
        bool In(int version) => version >= from && version <= to;
        var nullFirst = random.Next(4) != 0;

        string Leaves(int version, bool orNull)
        {
            var types = leaves.Select(l => version == 0 ? l.Json : l.Newer).ToList();
            if (orNull)
            {
                types.Insert(nullFirst ? 0 : types.Count, "\"null\"");
            }

            return types.Count == 1 ? types[0] : $"[{string.Join(",", types)}]";
        }

        object? Value(object? value, bool orNull)
        {
            if (leaves.Count == 1 && (!orNull || value is null))
            {
                return orNull ? new InBranch(nullFirst ? 0 : 1, null) : value;
            }

            var of = value as OfLeaf ?? new OfLeaf(0, value!);
            return value is null
                ? new InBranch(nullFirst ? 0 : leaves.Count, null)
                : new InBranch(of.Index + (orNull && nullFirst ? 1 : 0), of.Value);
        }

        // Where null has no place in the type, a value that is missing becomes any good one.
        object Some() => leaves.Count > 1 ? new OfLeaf(0, leaves[0].Good[0]) : leaves[0].Good[0];

        switch (random.Next(!nullable ? 4 : always ? 7 : 9))
        {
            case 0 or 1:
                _fields.Add((name, v => Leaves(v, nullable), In));
                return new(name, false, (r, value) => r[name] = Value(value ?? (nullable ? null : Some()), nullable));

            case 2:
                _shared["ctx"].Add((name, v => Leaves(v, nullable), In));
                return new("ctx." + name, false, (r, value) => Child(r, "ctx")[name] = Value(value ?? (nullable ? null : Some()), nullable));

            case 3:
                _shared["ctx.dev"].Add((name, v => Leaves(v, nullable), In));
                return new("ctx.dev." + name, false, (r, value) => Child(Child(r, "ctx"), "dev")[name] = Value(value ?? (nullable ? null : Some()), nullable));

            case 4:
                var key = random.GetItems(new[] { "a", "a.b", "page key", "ключ" }, 1)[0];
                _fields.Add((name, v => $$"""{"type":"map","values":{{Leaves(v, true)}}}""", In));
                return new($"{name}['{key}']", false, (r, value) => r[name] = Entries(key, value, v => Value(v, true), Some));

            case 5 or 6:
                var keyType = random.Next(2) == 0 ? "\"string\"" : "[\"null\",\"string\"]";
                var record = Name();
                var inner = Name();
                var deep = random.Next(2) == 0;
                _fields.Add((
                    name,
                    v =>
                    {
                        var type = deep
                            ? $$"""["null",{"type":"record","name":"{{inner}}","fields":[{"name":"v","type":{{Leaves(v, true)}}}]}]"""
                            : Leaves(v, true);
                        var item = $$"""{"name":"{{keyField}}","type":{{keyType}}},{"name":"value","type":{{type}}}""";
                        return $$"""{"type":"array","items":{"type":"record","name":"{{record}}","fields":[{{item}}]}""" + "}";
                    },
                    In));
                return new($"{name}['page'].value{(deep ? ".v" : "")}", true, (r, value) => r[name] = Parameters(keyField, "page", value, v =>
                {
                    var landed = Value(v, true);
                    return deep ? v is null && random.Next(2) == 0 ? null : new Dictionary<string, object?> { ["v"] = landed } : landed;
                }, Some));

            default:
                var branches = always ? Branches : [.. Branches.Where(_ => random.Next(3) != 0).DefaultIfEmpty("View")];
                foreach (var branch in branches)
                {
                    _shared["payload." + branch].Add((name, v => Leaves(v, true), In));
                }

                return new("payload." + name, false, (r, value) =>
                {
                    if (r.TryGetValue("payload", out var p) && p is InBranch { Value: Dictionary<string, object?> fields })
                    {
                        fields[name] = Value(value, true);
                    }
                });
        }
    }

    /// <summary>A record with a branch of the payload and nothing else yet; null: no payload.</summary>
    public static Dictionary<string, object?> NewRecord(string? branch) => new()
    {
        ["payload"] = branch is null ? new InBranch(0, null) : branch == "" ? new InBranch(1, "text")
            : new InBranch(2 + Array.IndexOf(Branches, branch), new Dictionary<string, object?>()),
    };

    /// <summary>The schema of a version.</summary>
    public string Json(int version)
    {
        string Fields(IEnumerable<(string Name, Func<int, string> Type, Func<int, bool> In)> fields) =>
            string.Join(",", fields.Where(f => f.In(version)).Select(f => $$"""{"name":"{{f.Name}}","type":{{f.Type(version)}}}"""));
        string Record(string name, string fields) => $$"""{"type":"record","name":"{{name}}","fields":[{{fields}}]}""";

        var seen = new HashSet<string>();
        var device = Record("Device", Joined(Filler, Fields(_shared["ctx.dev"])));
        var context = Record("Context", Joined(Fields(_shared["ctx"]), $$"""{"name":"dev","type":{{device}}}"""));
        var branches = Branches.Select(b => Reused(Record("shop." + b, Joined(Filler, Fields(_shared["payload." + b]))), seen));
        return JsonNode.Parse(Record("Landed", Joined(
            Fields(_fields),
            $$"""{"name":"ctx","type":{{(_nullableContext ? $"[\"null\",{context}]" : context)}}}""",
            $$"""{"name":"payload","type":["null","string",{{string.Join(",", branches)}}]}""")))!.ToJsonString();
    }

    /// <summary>Now and then the nullable record is null, with all that is in it.</summary>
    public void MaybeWithoutContext(Dictionary<string, object?> record)
    {
        if (_nullableContext && random.Next(30) == 0)
        {
            record["ctx"] = null;
        }
        else
        {
            Child(record, "ctx");
        }
    }

    private static string Joined(params string[] fields) => string.Join(",", fields.Where(f => f.Length > 0));

    /// <summary>A named type may be defined once; in further branches it stands by its name.</summary>
    private static string Reused(string json, HashSet<string> seen)
    {
        var node = JsonNode.Parse(json)!;
        return Visit(node).ToJsonString();

        JsonNode Visit(JsonNode at)
        {
            if (at is JsonObject o && o["type"] is JsonValue type && type.TryGetValue<string>(out var kind) && kind is "fixed" or "enum" && at is JsonObject named)
            {
                // Inside a record of the namespace shop a plain name would be shop's.
                var name = (string)named["name"]!;
                return seen.Add(name) ? at.DeepClone() : JsonValue.Create("shop." + name);
            }

            return at switch
            {
                JsonObject record => new JsonObject(record.Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : (JsonNode?)Visit(p.Value)))),
                JsonArray array => new JsonArray([.. array.Select(i => i is null ? null : Visit(i))]),
                _ => at.DeepClone(),
            };
        }
    }

    private static Dictionary<string, object?> Child(Dictionary<string, object?> record, string name)
    {
        if (record.GetValueOrDefault(name) is not Dictionary<string, object?> child)
        {
            record[name] = child = name == "ctx" ? new Dictionary<string, object?> { ["dev"] = new Dictionary<string, object?>() } : [];
        }

        return child;
    }

    private KeyValuePair<string, object?>[] Entries(string key, object? value, Func<object?, object?> land, Func<object> some)
    {
        var entries = new List<KeyValuePair<string, object?>> { new("other", land(some())) };
        if (value is not null || random.Next(2) == 0)
        {
            if (random.Next(4) == 0)
            {
                entries.Add(new(key, land(some())));
            }

            entries.Add(new(key, land(value)));
        }

        return random.Next(8) == 0 && value is null ? [] : [.. entries];
    }

    private object?[] Parameters(string keyField, string key, object? value, Func<object?, object?> land, Func<object> some)
    {
        var items = new List<object?> { Item("other", some()) };
        if (value is not null || random.Next(2) == 0)
        {
            items.Add(Item(key, value));
            if (random.Next(4) == 0)
            {
                items.Add(Item(key, some()));
            }
        }

        return [.. items];

        Dictionary<string, object?> Item(string k, object? v) => new() { [keyField] = k, ["value"] = land(v) };
    }
}
