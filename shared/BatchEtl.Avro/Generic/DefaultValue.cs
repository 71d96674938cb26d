using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Generic;

/// <summary>A field's default, from JSON to a value of the field's type; of a union the first branch that it fits.</summary>
internal static class DefaultValue
{
    /// <exception cref="AvroSchemaException">The JSON is no value of the type.</exception>
    public static object? Of(JsonElement json, AvroSchema schema, string field) => TryRead(json, schema, out var value)
        ? value
        : throw new AvroSchemaException($"The default of '{field}' is no {schema.BranchName}: {json.GetRawText()}.");

    private static bool TryRead(JsonElement json, AvroSchema schema, out object? value)
    {
        value = null;
        switch (schema)
        {
            case UnionSchema union:
                foreach (var branch in union.Branches)
                {
                    if (TryRead(json, branch, out value))
                    {
                        return true;
                    }
                }

                return false;
            case RecordSchema record:
                return TryRecord(json, record, out value);
            case EnumSchema symbols:
                if (json.ValueKind != JsonValueKind.String || !symbols.Symbols.Contains(json.GetString()))
                {
                    return false;
                }

                value = new AvroEnum(symbols, json.GetString()!);
                return true;
            case FixedSchema size:
                if (!TryBytes(json, out var content) || content.Length != size.Size)
                {
                    return false;
                }

                value = new AvroFixed(size, content);
                return true;
            case ArraySchema array:
                return TryArray(json, array, out value);
            case MapSchema map:
                return TryMap(json, map, out value);
            default:
                return TryPrimitive(json, schema.Type, out value);
        }
    }

    private static bool TryPrimitive(JsonElement json, AvroType type, out object? value)
    {
        value = null;
        var isNumber = json.ValueKind == JsonValueKind.Number;
        switch (type)
        {
            case AvroType.Null:
                return json.ValueKind == JsonValueKind.Null;
            case AvroType.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                value = json.GetBoolean();
                return true;
            case AvroType.Int when isNumber && json.TryGetInt32(out var number):
                value = number;
                return true;
            case AvroType.Long when isNumber && json.TryGetInt64(out var number):
                value = number;
                return true;
            case AvroType.Float when TryDouble(json, out var number):
                value = (float)number;
                return true;
            case AvroType.Double when TryDouble(json, out var number):
                value = number;
                return true;
            case AvroType.String when json.ValueKind == JsonValueKind.String:
                value = json.GetString();
                return true;
            case AvroType.Bytes when TryBytes(json, out var content):
                value = content;
                return true;
            default:
                return false;
        }
    }

    /// <summary>A number, or the names that JSON has no number for and other implementations write.</summary>
    private static bool TryDouble(JsonElement json, out double value)
    {
        value = json.ValueKind == JsonValueKind.String ? json.GetString() switch
        {
            "Infinity" or "INF" => double.PositiveInfinity,
            "-Infinity" or "-INF" => double.NegativeInfinity,
            _ => double.NaN,
        } : 0;
        return json.ValueKind == JsonValueKind.Number ? json.TryGetDouble(out value)
            : json.ValueKind == JsonValueKind.String && (!double.IsNaN(value) || json.GetString() == "NaN");
    }

    /// <summary>Code points 0 to 255 stand for bytes.</summary>
    private static bool TryBytes(JsonElement json, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (json.ValueKind != JsonValueKind.String || json.GetString()!.Any(letter => letter > 255))
        {
            return false;
        }

        bytes = [.. json.GetString()!.Select(letter => (byte)letter)];
        return true;
    }

    private static bool TryArray(JsonElement json, ArraySchema array, out object? value)
    {
        var items = new List<object?>();
        value = items;
        if (json.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var element in json.EnumerateArray())
        {
            if (!TryRead(element, array.Items, out var item))
            {
                return false;
            }

            items.Add(item);
        }

        return true;
    }

    private static bool TryMap(JsonElement json, MapSchema map, out object? value)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        value = entries;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var property in json.EnumerateObject())
        {
            if (!TryRead(property.Value, map.Values, out var item))
            {
                return false;
            }

            entries[property.Name] = item;
        }

        return true;
    }

    private static bool TryRecord(JsonElement json, RecordSchema record, out object? value)
    {
        value = null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var values = new object?[record.Fields.Count];
        foreach (var field in record.Fields)
        {
            // A field that the default leaves out has its own default, unless that would go round for ever.
            if (json.TryGetProperty(field.Name, out var given)
                ? !TryRead(given, field.Schema, out values[field.Position])
                : field.Default is not { } own || record.IsRecursive || !TryRead(own, field.Schema, out values[field.Position]))
            {
                return false;
            }
        }

        value = new AvroRecord(record, values);
        return true;
    }
}
