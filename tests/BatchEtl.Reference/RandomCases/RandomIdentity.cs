using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.RandomCases;

/// <summary>What a record is about, apart from its dimensions and measures.</summary>
internal sealed record Draft(long Id, int Name, long Time, int Actor, string? Branch)
{
    /// <summary>Content of the places of dimensions, measures and user_id, copied with a duplicate.</summary>
    public object?[] Content { get; init; } = [];
}

/// <summary>Random ways to land ids, names and actors.</summary>
internal sealed record Identity(JsonNode Mapping, IReadOnlyList<(Slot Slot, Func<Draft, object?> Value)> Places)
{
    public static Identity Id(Random random, RandomSchema schema)
    {
        switch (random.Next(6))
        {
            case 0:
                var id = schema.Place([Text], true, true);
                return new(id.Path, [(id, d => random.Next(80) switch { 0 => null, 1 => "", 2 => new byte[] { 0xFF, 0x41 }, _ => $"e{d.Id}\U0001F600" })]);

            case 1:
                var uuid = schema.Place([Text], true, true);
                return new(
                    new JsonObject { ["path"] = uuid.Path, ["type"] = "uuid" },
                    [(uuid, d => random.Next(60) switch { 0 => null, 1 => "", 2 => "no-uuid", _ => random.Next(2) == 0 ? Uuid(d.Id) : Uuid(d.Id).ToUpperInvariant() })]);

            case 2:
                var json = $$"""{"type":"fixed","name":"{{schema.Name()}}","size":16{{(random.Next(2) == 0 ? "" : ",\"logicalType\":\"uuid\"")}}}""";
                var bytes = schema.Place([new Leaf(json, json, "fixed", null, [new byte[16]], [])], true, false);
                return new(
                    new JsonObject { ["path"] = bytes.Path, ["type"] = "uuid" },
                    [(bytes, d => Convert.FromHexString(Uuid(d.Id).Replace("-", "", StringComparison.Ordinal)))]);

            case 3:
                var number = schema.Place([Long], true, true);
                return new(number.Path, [(number, d => random.Next(80) == 0 ? null : d.Id)]);

            case 4:
                var first = schema.Place([Text], true, true);
                var second = schema.Place([Long], true, true);
                return new(
                    new JsonObject { ["all"] = RandomColumns.Texts([first.Path, second.Path]), ["separator"] = "|" },
                    [(first, d => random.Next(80) switch { 0 => null, 1 => "", _ => $"s{d.Id / 7}" }), (second, d => random.Next(80) == 0 ? null : d.Id % 7)]);

            default:
                var plain = schema.Place([Text], true, true);
                var prefixed = schema.Place([Long], true, true);
                return new(
                    new JsonArray((JsonNode)plain.Path, new JsonObject { ["path"] = prefixed.Path, ["prefix"] = "n:" }),
                    [(plain, d => d.Id % 2 == 0 ? null : d.Id % 5 == 0 ? "" : $"e{d.Id}"), (prefixed, d => random.Next(80) == 0 ? null : d.Id)]);
        }
    }

    /// <summary>Also gives the names that events can have.</summary>
    public static (Identity Identity, string[] Names) Name(Random random, RandomSchema schema, bool hasTopics)
    {
        string[] names = ["page_view", "buy", "a:b:c", "a:b", "a::x", "näme \U0001F600", ":", "page_ping"];
        switch (random.Next(hasTopics ? 5 : 4))
        {
            case 0:
                var text = schema.Place([Text], true, true);
                return (new(text.Path, [(text, d => random.Next(90) switch { 0 => null, 1 => "", 2 => new byte[] { 0x80 }, _ => names[d.Name % names.Length] })]), names);

            case 1:
                string[] symbols = ["page_view", "buy", "a_b_c", "page_ping"];
                var json = $$"""{"type":"enum","name":"{{schema.Name()}}","symbols":["page_view","buy","a_b_c","page_ping"]}""";
                var symbol = schema.Place([new Leaf(json, json, "enum", null, ["buy"], [])], true, true);
                return (new(symbol.Path, [(symbol, d => symbols[d.Name % symbols.Length])]), symbols);

            case 2:
                var otherwise = schema.Place([Text], true, true);
                return (
                    new(new JsonArray("payload.$branch", otherwise.Path), [(otherwise, d => random.Next(3) == 0 ? null : names[d.Name % names.Length])]),
                    [.. RandomSchema.Branches, .. names]);

            case 3:
                var maybe = schema.Place([Text], true, true);
                return (
                    new(new JsonArray(new JsonObject { ["path"] = maybe.Path, ["prefix"] = "p:" }, new JsonObject { ["constant"] = "other" }),
                        [(maybe, d => random.Next(3) switch { 0 => null, 1 => "", _ => names[d.Name % names.Length] })]),
                    ["other", .. names.Select(n => "p:" + n)]);

            default:
                var rather = schema.Place([Text], true, true);
                return (
                    new(new JsonArray((JsonNode)rather.Path, "$topic"), [(rather, d => random.Next(2) == 0 ? null : names[d.Name % names.Length])]),
                    ["orders", "clicks.v2", .. names]);
        }
    }

    public static Identity Actor(Random random, RandomSchema schema)
    {
        switch (random.Next(3))
        {
            case 0:
                var text = schema.Place([Text], true, true);
                return new(text.Path, [(text, d => random.Next(90) switch { 0 => null, 1 => "", 2 => new byte[] { 0xC3 }, _ => $"ä{d.Actor}" })]);

            case 1:
                var number = schema.Place([Long], true, false);
                return new(new JsonObject { ["path"] = number.Path, ["type"] = "text" }, [(number, d => (long)d.Actor)]);

            default:
                var user = schema.Place([Long], true, true);
                var device = schema.Place([Text], true, true);
                return new(
                    new JsonArray(
                        new JsonObject { ["path"] = user.Path, ["prefix"] = "u:" },
                        new JsonObject { ["path"] = device.Path, ["prefix"] = "d:" }),
                    [(user, d => d.Actor % 2 == 0 ? null : (long)d.Actor), (device, d => random.Next(90) == 0 ? "" : $"{d.Actor}")]);
        }
    }

    private static Leaf Text => Leaf.Plain("string", ColumnType.Text, ["x"], []);

    private static Leaf Long => Leaf.Plain("long", ColumnType.BigInt, [0L], []);

    private static string Uuid(long id) =>
        Leaf.Uuid(SHA256.HashData(Encoding.UTF8.GetBytes(id.ToString(CultureInfo.InvariantCulture)))[..16]);
}
