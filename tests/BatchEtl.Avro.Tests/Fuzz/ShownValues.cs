using System.Collections;
using BatchEtl.Avro.Generic;

namespace BatchEtl.Avro.Tests;

/// <summary>Values of either object model as texts that tell them apart.</summary>
internal static class ShownValues
{
    public static string Shown(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        int number => $"i{number}",
        long number => $"l{number}",
        float number => $"f{ColumnTexts.Shown(number)}",
        double number => $"d{ColumnTexts.Shown(number)}",
        byte[] bytes => "b" + Convert.ToHexString(bytes),
        string text => $"\"{text}\"",
        AvroEnum symbol => $"{symbol.Schema.Name}.{symbol.Symbol}",
        global::Avro.Generic.GenericEnum symbol => $"{symbol.Schema.Name}.{symbol.Value}",
        AvroFixed bytes => $"{bytes.Schema.Name}.{Convert.ToHexString(bytes.Bytes.Span)}",
        global::Avro.Generic.GenericFixed bytes => $"{bytes.Schema.Name}.{Convert.ToHexString(bytes.Value)}",
        AvroRecord record => $"{record.Schema.Name}({string.Join(",", record.Schema.Fields.Select(field => field.Name + ":" + Shown(record[field.Name])))})",
        global::Avro.Generic.GenericRecord record => $"{record.Schema.Name}({string.Join(",", record.Schema.Fields.Select(field => field.Name + ":" + Shown(record.GetValue(field.Pos))))})",
        IReadOnlyDictionary<string, object?> map => Map(map.Select(entry => (entry.Key, entry.Value))),
        IEnumerable items => "[" + string.Join(",", items.Cast<object?>().Select(Shown)) + "]",
        _ => throw new ArgumentException(value.GetType().FullName),
    };

    private static string Map(IEnumerable<(string Key, object? Value)> entries) =>
        "{" + string.Join(",", entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={Shown(entry.Value)}")) + "}";
}
