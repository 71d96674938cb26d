using System.Text;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Landed;

/// <summary>E1's paths, against a schema and against a record.</summary>
internal static class PathReading
{
    /// <summary>The types that a path can end at, nulls aside; null when the schema lacks the path.</summary>
    public static List<AvroSchema>? Types(AvroSchema schema, IReadOnlyList<PathStep> steps)
    {
        if (steps.Count > 0 && steps[0] is TopicStep)
        {
            return [AvroSchema.Text];
        }

        if (schema.Kind == AvroKind.Union)
        {
            var branches = schema.Inner.Select(b => Types(b, steps)).Where(t => t is not null).ToList();
            return branches.Count == 0 ? null : [.. branches.SelectMany(t => t!)];
        }

        if (steps.Count == 0)
        {
            return schema.Kind == AvroKind.Null ? [] : [schema];
        }

        var rest = steps.Skip(1).ToList();
        return (steps[0], schema.Kind) switch
        {
            (FieldStep field, AvroKind.Record) =>
                schema.Fields.FirstOrDefault(f => f.Name == field.Name) is { } found ? Types(found.Schema, rest) : null,
            (EntryStep, AvroKind.Map) => Types(schema.Inner[0], rest),
            (EntryStep entry, AvroKind.Array) when Types(schema.Inner[0], [new FieldStep(entry.KeyField)]) is not null =>
                Types(schema.Inner[0], rest),
            (BranchStep, _) => [AvroSchema.Text],
            _ => null,
        };
    }

    /// <summary>The value at the end of the path, or null: a null on the way, a branch or a schema without the field.</summary>
    public static LandedValue? Value(LandedValue record, IReadOnlyList<PathStep> steps, string? topic)
    {
        var at = record;
        foreach (var step in steps)
        {
            var next = step switch
            {
                TopicStep => topic is null ? null : LandedValue.OfText(topic),
                BranchStep => at.Schema.Name is null ? null : LandedValue.OfText(at.Schema.Name),
                FieldStep field => Field(at, field.Name),
                EntryStep entry => Entry(at, entry),
                _ => throw new InvalidOperationException(step.GetType().Name),
            };
            if (next?.Value is null)
            {
                return null;
            }

            at = next;
        }

        return at;
    }

    private static LandedValue? Field(LandedValue at, string name)
    {
        var index = at.Schema.Kind == AvroKind.Record ? at.Schema.Fields.FindIndex(f => f.Name == name) : -1;
        return index < 0 ? null : ((LandedValue[])at.Value!)[index];
    }

    private static LandedValue? Entry(LandedValue at, EntryStep entry)
    {
        var key = Encoding.UTF8.GetBytes(entry.Key);
        return at.Value switch
        {
            // Of equal map keys the last.
            List<LandedEntry> map => map.LastOrDefault(e => e.Key.AsSpan().SequenceEqual(key))?.Value,
            // Of equal keys in an array the first.
            List<LandedValue> array => array.FirstOrDefault(e => IsText(Field(e, entry.KeyField), entry.Key, key)),
            _ => null,
        };
    }

    private static bool IsText(LandedValue? value, string text, byte[] utf8) => value switch
    {
        { Schema.Kind: AvroKind.String, Value: byte[] bytes } => bytes.AsSpan().SequenceEqual(utf8),
        { Schema.Kind: AvroKind.Enum, Value: string symbol } => symbol == text,
        _ => false,
    };
}
