using System.Globalization;
using System.Text.Json;

namespace BatchEtl.Spark;

/// <summary>Rows of JSON as CLR values, by Spark's schema: int, long, double, bool, decimal, string, DateTime for dates and timestamps.</summary>
internal static class RowsText
{
    public static IReadOnlyList<object?[]> Parse(SparkRows rows)
    {
        using var schema = JsonDocument.Parse(rows.SchemaJson);
        var types = schema.RootElement.GetProperty("fields").EnumerateArray()
            .Select(f => f.GetProperty("type"))
            .Select(t => t.ValueKind == JsonValueKind.String ? t.GetString()! : "nested")
            .ToList();
        return [.. rows.Rows.Select(row => Row(row, types))];
    }

    private static object?[] Row(string json, List<string> types)
    {
        using var row = JsonDocument.Parse(json);
        var cells = row.RootElement.EnumerateObject().Select((field, i) => Cell(field.Value, types[i])).ToArray();
        return cells.Length == types.Count ? cells : throw new SparkException($"expected {types.Count} fields, found {cells.Length} in {json}");
    }

    private static object? Cell(JsonElement value, string type) => value.ValueKind == JsonValueKind.Null ? null : type switch
    {
        "byte" or "short" or "integer" => value.GetInt32(),
        "long" => value.GetInt64(),
        "float" or "double" => value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble(),
        "boolean" => value.GetBoolean(),
        "date" or "timestamp" or "timestamp_ntz" => DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
        "string" => value.GetString(),
        _ when type.StartsWith("decimal", StringComparison.Ordinal) => value.GetDecimal(),
        _ => value.GetRawText(),
    };
}
