using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Generic;

/// <summary>
/// Values as JSON, by Avro's JSON encoding: bytes and fixed as strings of code points 0–255, unions as
/// <c>null</c> or <c>{"branch": value}</c>. Plain JSON leaves the unions' tags out. NaN and the infinities, for which JSON
/// has no number, are the strings "NaN", "Infinity" and "-Infinity".
/// </summary>
public static class AvroJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = int.MaxValue,
        SkipValidation = true,
    };

    /// <summary>Writes one value, on one line, without a line's end.</summary>
    /// <param name="value">A value as <see cref="GenericReader"/> gives it for this schema.</param>
    public static void Write(Stream target, AvroSchema schema, object? value, bool plain = false)
    {
        ArgumentNullException.ThrowIfNull(schema);
        using var writer = new Utf8JsonWriter(target, Options);
        Value(writer, schema, value, plain);
    }

    /// <summary>One value as a text of one line.</summary>
    public static string Text(AvroSchema schema, object? value, bool plain = false)
    {
        using var memory = new MemoryStream();
        Write(memory, schema, value, plain);
        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    private static void Value(Utf8JsonWriter writer, AvroSchema schema, object? value, bool plain)
    {
        switch (schema, value)
        {
            case (UnionSchema union, _):
                Union(writer, union, value, plain);
                break;
            case (_, null):
                writer.WriteNullValue();
                break;
            case (RecordSchema type, AvroRecord record):
                writer.WriteStartObject();
                foreach (var field in type.Fields)
                {
                    writer.WritePropertyName(field.Name);
                    Value(writer, field.Schema, record.Values[field.Position], plain);
                }

                writer.WriteEndObject();
                break;
            case (MapSchema map, IReadOnlyDictionary<string, object?> entries):
                writer.WriteStartObject();
                foreach (var (key, entry) in entries)
                {
                    writer.WritePropertyName(key);
                    Value(writer, map.Values, entry, plain);
                }

                writer.WriteEndObject();
                break;
            case (ArraySchema array, IReadOnlyList<object?> items):
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Value(writer, array.Items, item, plain);
                }

                writer.WriteEndArray();
                break;
            default:
                Scalar(writer, schema, value);
                break;
        }
    }

    private static void Scalar(Utf8JsonWriter writer, AvroSchema schema, object value)
    {
        switch (value)
        {
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case float or double:
                writer.WriteStringValue(Convert.ToDouble(value, CultureInfo.InvariantCulture) switch
                {
                    double.PositiveInfinity => "Infinity",
                    double.NegativeInfinity => "-Infinity",
                    _ => "NaN",
                });
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case AvroEnum symbol:
                writer.WriteStringValue(symbol.Symbol);
                break;
            case byte[] bytes:
                writer.WriteStringValue(Encoding.Latin1.GetString(bytes));
                break;
            case AvroFixed bytes:
                writer.WriteStringValue(Encoding.Latin1.GetString(bytes.Bytes.Span));
                break;
            default:
                throw new ArgumentException($"A {value.GetType().Name} is no value of the schema {schema.BranchName}.", nameof(value));
        }
    }

    private static void Union(Utf8JsonWriter writer, UnionSchema union, object? value, bool plain)
    {
        var branch = Branch(union, value);
        if (plain || value is null)
        {
            Value(writer, branch, value, plain);
            return;
        }

        writer.WriteStartObject();
        writer.WritePropertyName(branch.BranchName);
        Value(writer, branch, value, plain);
        writer.WriteEndObject();
    }

    /// <summary>The branch of a union that a value belongs to; no two branches have the same kind of object.</summary>
    internal static AvroSchema Branch(UnionSchema union, object? value) => union.Branches.FirstOrDefault(branch => (branch, value) switch
    {
        (RecordSchema type, AvroRecord record) => record.Schema == type,
        (EnumSchema type, AvroEnum symbol) => symbol.Schema == type,
        (FixedSchema type, AvroFixed bytes) => bytes.Schema == type,
        (MapSchema, IReadOnlyDictionary<string, object?>) or (ArraySchema, IReadOnlyList<object?>) => true,
        (PrimitiveSchema, _) => branch.Type == value switch
        {
            null => AvroType.Null,
            bool => AvroType.Boolean,
            int => AvroType.Int,
            long => AvroType.Long,
            float => AvroType.Float,
            double => AvroType.Double,
            byte[] => AvroType.Bytes,
            string => AvroType.String,
            _ => AvroType.Union,
        },
        _ => false,
    }) ?? throw new ArgumentException($"No branch of the union {union.BranchName} holds a {value?.GetType().Name ?? "null"}.", nameof(value));
}
