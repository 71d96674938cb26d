using System.Numerics;
using System.Text.Json;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>A column, and what it must show for a record given in the truth form.</summary>
internal sealed record ProjectedLeaf(LeafColumn Column, Func<JsonElement, string?> Expected)
{
    private const int MaxDepth = 6;

    private delegate JsonElement? Getter(JsonElement record);

    /// <summary>Every leaf of a schema that can be projected, some levels deep, in every kind that fits.</summary>
    /// <param name="keys">Keys of maps and of array elements to ask for.</param>
    public static List<ProjectedLeaf> All(AvroSchema schema, IReadOnlyList<string> keys)
    {
        var leaves = new List<ProjectedLeaf>();
        Walk(schema, [], record => record, leaves, keys);
        return leaves;
    }

    private static void Walk(AvroSchema schema, List<LeafStep> steps, Getter get, List<ProjectedLeaf> leaves, IReadOnlyList<string> keys)
    {
        if (steps.Count > MaxDepth)
        {
            return;
        }

        Add(LeafKind.Present, value => value is { ValueKind: not JsonValueKind.Null } ? "true" : "false");
        switch (schema)
        {
            case RecordSchema record:
                foreach (var field in record.Fields)
                {
                    Walk(field.Schema, [.. steps, new FieldStep(field.Name)], r => get(r)?.GetProperty(field.Name), leaves, keys);
                }

                break;
            case UnionSchema union:
                Add(LeafKind.Branch, value => value is null ? null : Held(union, value.Value).Branch is NamedSchema named ? named.Name : null);
                for (var i = 0; i < union.Branches.Count; i++)
                {
                    var branch = union.Branches[i];
                    Walk(branch, [.. steps, new BranchStep(i)], r => get(r) is { } value && Held(union, value) is var held && held.Branch == branch ? held.Value : null, leaves, keys);
                }

                break;
            case MapSchema map:
                foreach (var key in keys)
                {
                    Walk(map.Values, [.. steps, new MapEntryStep(key)], r => get(r) is { } value && value.TryGetProperty(key, out var found) ? found : null, leaves, keys);
                }

                break;
            case ArraySchema array:
                foreach (var field in KeyFields(array.Items))
                {
                    foreach (var key in keys)
                    {
                        Walk(array.Items, [.. steps, new KeyedElementStep(field, key)], r => get(r) is { } value ? Element(array.Items, value, field, key) : null, leaves, keys);
                    }
                }

                break;
            default:
                AddValue(schema, Add);
                break;
        }

        void Add(LeafKind kind, Func<JsonElement?, string?> expected) =>
            leaves.Add(new ProjectedLeaf(new LeafColumn(kind, [new LeafPath([.. steps])]), record => expected(get(record))));
    }

    private static void AddValue(AvroSchema schema, Action<LeafKind, Func<JsonElement?, string?>> add)
    {
        switch (schema.Type)
        {
            case AvroType.Boolean:
                add(LeafKind.Boolean, value => value is { } v ? (v.GetBoolean() ? "true" : "false") : null);
                break;
            case AvroType.Int or AvroType.Long:
                add(LeafKind.Int64, value => value?.GetRawText());
                break;
            case AvroType.Float or AvroType.Double:
                add(LeafKind.Double, value => value is { } v ? ColumnTexts.Shown(Number(v)) : null);
                break;
            case AvroType.Enum:
                add(LeafKind.Text, value => value?.GetString());
                break;
            case AvroType.String:
                add(LeafKind.Text, value => value?.GetString());
                add(LeafKind.TextInvalid, _ => "false");
                add(LeafKind.Uuid, value => Guid.TryParseExact(value?.GetString(), "D", out var guid) ? guid.ToString("D") : null);
                break;
            case AvroType.Fixed when schema is FixedSchema { Size: 16 }:
                add(LeafKind.Uuid, value => value is not { } v ? null
                    : schema.Logical is null ? new Guid(v.GetBytesFromBase64(), bigEndian: true).ToString("D") : v.GetString());
                break;
        }

        if (schema.Logical?.Kind == LogicalKind.Decimal)
        {
            add(LeafKind.DecimalText, value => value?.GetString());
            add(LeafKind.Decimal, value => value is { } v && BigInteger.Parse(v.GetString()!.Replace(".", "", StringComparison.Ordinal)) is var unscaled
                && BigInteger.Abs(unscaled) < BigInteger.Pow(10, 38) ? unscaled.ToString() : null);
        }
    }

    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        _ => double.NegativeInfinity,
    };

    /// <summary>Undoes the truth form of a union: the branch, and the value in it.</summary>
    public static (AvroSchema Branch, JsonElement Value) Held(UnionSchema union, JsonElement value)
    {
        var others = union.Branches.Where(branch => branch.Type != AvroType.Null).ToList();
        if (value.ValueKind == JsonValueKind.Null)
        {
            return (union.Branches.First(branch => branch.Type == AvroType.Null), value);
        }

        return others.Count == 1
            ? (others[0], value)
            : (others.First(branch => branch.BranchName == value.GetProperty("@").GetString()), value.GetProperty("v"));
    }

    private static IEnumerable<string> KeyFields(AvroSchema items) => (items is UnionSchema union ? union.Branches : [items])
        .OfType<RecordSchema>()
        .SelectMany(record => record.Fields)
        .Where(field => (field.Schema is UnionSchema forms ? forms.Branches : [field.Schema]).Any(form => form.Type is AvroType.String or AvroType.Enum))
        .Select(field => field.Name)
        .Distinct();

    private static JsonElement? Element(AvroSchema items, JsonElement array, string field, string key)
    {
        foreach (var element in array.EnumerateArray())
        {
            var (branch, value) = items is UnionSchema union ? Held(union, element) : (items, element);
            if (branch is not RecordSchema record || record.Field(field) is not { } found)
            {
                continue;
            }

            var held = value.GetProperty(field);
            if (found.Schema is UnionSchema forms)
            {
                held = Held(forms, held).Value;
            }

            if (held.ValueKind == JsonValueKind.String && held.GetString() == key)
            {
                return element;
            }
        }

        return null;
    }
}
