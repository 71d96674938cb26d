using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Landed;
using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.RandomCases;

/// <summary>A place that is filled anew for each record that is not a copy.</summary>
internal sealed record Filled(Slot Slot, Func<object?> Sample);

/// <summary>A random dimension or measure: its mapping, its type and the places that it reads.</summary>
/// <param name="Values">Some values that the column can have, as the cast gives them.</param>
internal sealed record RandomColumn(string Name, ColumnType Type, JsonNode Mapping, IReadOnlyList<Filled> Places, IReadOnlyList<object> Values);

/// <summary>Draws columns that cover E1's matrix over many seeds.</summary>
internal sealed class RandomColumns(Random random, RandomSchema schema, bool hasTopics)
{
    private static readonly ColumnType[] DimensionTypes =
    [
        ColumnType.Text, ColumnType.Text, ColumnType.Text, ColumnType.BigInt, ColumnType.Boolean, ColumnType.Date,
        ColumnType.Decimal(18, 2), ColumnType.Decimal(5, 2), ColumnType.Decimal(38, 10), ColumnType.Decimal(10, 0), ColumnType.Decimal(3, 3),
    ];

    private static readonly ColumnType[] MeasureTypes =
    [
        ColumnType.BigInt, ColumnType.Double, ColumnType.Decimal(18, 2), ColumnType.Decimal(22, 6), ColumnType.Decimal(6, 0), ColumnType.Decimal(30, 12),
    ];

    public RandomColumn Dimension(string name)
    {
        var type = DimensionTypes[random.Next(DimensionTypes.Length)];
        return type == ColumnType.Text && random.Next(3) == 0 ? TextOnly(name)
            : random.Next(5) < 2 && Undeclared(name, type, measure: false) is { } undeclared ? undeclared
            : Declared(name, type);
    }

    public RandomColumn Measure(string name)
    {
        var type = MeasureTypes[random.Next(MeasureTypes.Length)];
        return random.Next(5) < 2 && Undeclared(name, type, measure: true) is { } undeclared ? undeclared : Declared(name, type);
    }

    /// <summary>Joined texts, constants, prefixes, names of branches and topics.</summary>
    private RandomColumn TextOnly(string name)
    {
        switch (random.Next(hasTopics ? 5 : 4))
        {
            case 0:
                return new(name, ColumnType.Text, new JsonObject { ["constant"] = "main: é" }, [], ["main: é"]);

            case 1:
                return new(name, ColumnType.Text, "payload.$branch", [], RandomSchema.Branches);

            case 2:
                // A timestamp counts as its landed integer here.
                const string stamp = """{"type":"long","logicalType":"timestamp-millis"}""";
                List<Leaf> parts = [.. Leaf.For(ColumnType.Text, random, schema.Name).Take(2), new(stamp, stamp, "integer", null, [0L, -5L, 1774562400000L], [])];
                var places = parts.Take(2 + random.Next(2)).Select(l => Place([l], true, ColumnType.Text, "key")).ToList();
                return new(
                    name,
                    ColumnType.Text,
                    new JsonObject { ["all"] = Texts(places.Select(p => p.Slot.Path)), ["separator"] = random.GetItems(new[] { "|", "", "é" }, 1)[0] },
                    places,
                    []);

            case 3:
                var prefixed = new List<Filled>();
                var alternatives = new JsonArray();
                foreach (var prefix in new[] { "u:", null, "é " })
                {
                    var place = Place([Leaf.For(ColumnType.Text, random, schema.Name)[0]], prefixed.Count == 0, ColumnType.Text, "key");
                    prefixed.Add(place);
                    alternatives.Add((JsonNode)(prefix is null ? place.Slot.Path : new JsonObject { ["path"] = place.Slot.Path, ["prefix"] = prefix }));
                }

                if (random.Next(2) == 0)
                {
                    alternatives.Add(new JsonObject { ["constant"] = "none" });
                }

                var mapping = new JsonObject { ["path"] = alternatives, ["type"] = "text" };
                if (random.Next(2) == 0)
                {
                    mapping["empty_is_null"] = true;
                }

                return new(name, ColumnType.Text, mapping, prefixed, []);

            default:
                return new(name, ColumnType.Text, "$topic", [], ["orders", "clicks.v2"]);
        }
    }

    /// <summary>The path's own type.</summary>
    private RandomColumn? Undeclared(string name, ColumnType wanted, bool measure)
    {
        bool Allowed(ColumnType? own) => own is { } type && (measure
            ? type.Kind is TypeKind.BigInt or TypeKind.Double || (type.Kind == TypeKind.Decimal && IsSummable(type))
            : type.Kind is TypeKind.Text or TypeKind.BigInt or TypeKind.Boolean or TypeKind.Date or TypeKind.Decimal);
        var leaf = Leaf.For(wanted, random, schema.Name).FirstOrDefault(l => Allowed(l.Own));
        if (leaf is null)
        {
            return null;
        }

        var type = leaf.Own!.Value;
        var places = new List<Filled> { Place([leaf], true, type, "key") };
        var second = Leaf.For(wanted, random, schema.Name).FirstOrDefault(l => l.Own == type);
        if (second is not null && random.Next(4) == 0)
        {
            places.Add(Place([second], false, type, "key"));
        }

        return new(
            name, type, places.Count == 1 ? places[0].Slot.Path : Texts(places.Select(p => p.Slot.Path)), places, Values(leaf, type));
    }

    private RandomColumn Declared(string name, ColumnType type)
    {
        var keyField = random.Next(3) == 0 ? "name" : "key";
        var places = new List<Filled>();
        var values = new List<object>();
        for (var i = random.Next(4) == 0 ? 2 : 1; i > 0; i--)
        {
            var leaves = Leaf.For(type, random, schema.Name).Take(random.Next(3) == 0 ? 3 : 1).ToList();
            if (leaves.Count > 1 && random.Next(2) == 0 && Leaf.UnfitFor(type, random) is { } unfit)
            {
                leaves.Add(unfit);
            }

            leaves = [.. leaves.DistinctBy(l => l.Branch)];
            places.Add(Place(leaves, places.Count == 0 && random.Next(2) == 0, type, keyField));
            values.AddRange(leaves.SelectMany(l => Values(l, type)));
        }

        var mapping = new JsonObject
        {
            ["path"] = places.Count == 1 ? places[0].Slot.Path : Texts(places.Select(p => p.Slot.Path)),
            ["type"] = type.ToString(),
        };
        if (places.Any(p => p.Slot.ByKey) && (keyField != "key" || random.Next(2) == 0))
        {
            mapping["key"] = keyField;
        }

        if (random.Next(3) == 0)
        {
            mapping["empty_is_null"] = true;
        }

        return new(name, type, mapping, places, values);
    }

    /// <summary>A place whose values mostly fit the column, and sometimes don't.</summary>
    public Filled Place(List<Leaf> leaves, bool always, ColumnType type, string keyField)
    {
        var nullable = random.Next(4) != 0;
        var slot = schema.Place(leaves, always, nullable, keyField);
        var fitting = leaves.SelectMany((l, i) => l.Good.Concat(l.Bad).Where(v => Cast(l, v, type) is not null).Select(v => (object)new OfLeaf(i, v))).ToArray();
        var unfit = leaves.SelectMany((l, i) => l.Good.Concat(l.Bad).Where(v => Cast(l, v, type) is null).Select(v => (object)new OfLeaf(i, v))).ToArray();
        var few = fitting.Length > 5 ? random.GetItems(fitting, 5) : fitting;
        object? Plain(object value) => leaves.Count == 1 ? ((OfLeaf)value).Value : value;
        return new Filled(slot, () =>
        {
            var dice = random.Next(100);
            return nullable && dice < 15 ? null
                : unfit.Length > 0 && (dice > 97 || few.Length == 0) ? Plain(unfit[random.Next(unfit.Length)])
                : few.Length == 0 ? null
                : Plain(few[random.Next(few.Length)]);
        });
    }

    /// <summary>Sums of such a column stay below 38 digits, metrics of it below 32 before the point.</summary>
    public static bool IsSummable(ColumnType type) => type.Kind switch
    {
        TypeKind.BigInt or TypeKind.Boolean => true,
        TypeKind.Decimal => type.Precision <= 33 && type.Precision - type.Scale <= 22,
        _ => false,
    };

    public static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];

    private static List<object> Values(Leaf leaf, ColumnType type) => [.. leaf.Good.Select(v => Cast(leaf, v, type)).OfType<object>()];

    private static object? Cast(Leaf leaf, object value, ColumnType type)
    {
        var landedSchema = AvroSchema.Parse(leaf.Json);
        return Casting.Cast(new LandedValue(landedSchema, value switch
        {
            int n => (long)n,
            float f => (double)f,
            string text when landedSchema.Kind == AvroKind.String => System.Text.Encoding.UTF8.GetBytes(text),
            _ => value,
        }), type);
    }
}
