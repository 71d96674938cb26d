using System.Collections;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Generic;

// The object model of whole values: null; bool; int; long; float; double; byte[] for bytes; string; AvroRecord; AvroEnum;
// AvroFixed; IReadOnlyList<object?> for arrays; IReadOnlyDictionary<string, object?> for maps; a union is what it holds.
// Logical types stay as they are stored.

/// <summary>A record: one value per field of its schema, in its order.</summary>
public sealed class AvroRecord
{
    internal AvroRecord(RecordSchema schema, object?[] values)
    {
        Schema = schema;
        Values = values;
    }

    public RecordSchema Schema { get; }

    public IReadOnlyList<object?> Values { get; }

    /// <summary>The value of a field.</summary>
    /// <exception cref="KeyNotFoundException">The record has no such field.</exception>
    public object? this[string field] => Schema.Field(field) is { } found
        ? Values[found.Position]
        : throw new KeyNotFoundException($"Record {Schema.FullName} has no field '{field}'.");
}

/// <summary>A symbol of an enum.</summary>
public sealed record AvroEnum(EnumSchema Schema, string Symbol);

/// <summary>The bytes of a fixed.</summary>
public sealed record AvroFixed(FixedSchema Schema, ReadOnlyMemory<byte> Bytes);

/// <summary>An array whose items take no bytes: one value, however often it was counted.</summary>
internal sealed class RepeatedItems(object? item, int count) : IReadOnlyList<object?>
{
    public int Count => count;

    public object? this[int index] => (uint)index < (uint)count ? item : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<object?> GetEnumerator() => Enumerable.Repeat(item, count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
