using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Schemas;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;

namespace BatchEtl.Landing;

/// <summary>Where the mapping's paths lead in a landed Avro schema (E1).</summary>
internal static class LandedPaths
{
    /// <summary>A landed schema with its leaves, and the Avro column behind each of its columns.</summary>
    public static (LandedSchema Schema, IReadOnlyDictionary<string, LeafColumn> Columns) Resolve(
        int id, AvroSchema root, IReadOnlyCollection<FieldPath> paths)
    {
        var leaves = new Dictionary<FieldPath, IReadOnlyList<LandedLeaf>>();
        var columns = new List<LandedColumn>();
        var sources = new Dictionary<string, LeafColumn>();
        foreach (var path in paths)
        {
            var found = new List<LandedLeaf>();
            if (path.Steps is [TopicStep])
            {
                found.Add(new LandedLeaf(LandedKind.Text, null, 0, 0, -1, IsName: true, IsTopic: true));
            }
            else
            {
                foreach (var ends in Ends(root, path.Steps, 0, []).GroupBy(e => e.Kind))
                {
                    var leaf = ends.Key with { Id = columns.Count };
                    found.Add(leaf);
                    IReadOnlyList<LeafPath> positions = [.. ends.Select(e => e.Path)];
                    foreach (var (form, kind) in Forms(ends.Key))
                    {
                        var column = new LandedColumn(leaf.Column(form), form, leaf.Scale);
                        columns.Add(column);
                        sources[column.Name] = new LeafColumn(kind, positions);
                    }
                }
            }

            leaves[path] = found;
        }

        return (new LandedSchema(id, leaves, columns), sources);
    }

    private readonly record struct End(LandedLeaf Kind, LeafPath Path);

    private static IEnumerable<End> Ends(AvroSchema schema, IReadOnlyList<PathStep> steps, int next, IReadOnlyList<LeafStep> taken)
    {
        if (next < steps.Count && steps[next] is Core.Configuration.BranchStep)
        {
            return schema is UnionSchema
                ? [new End(Leaf(LandedKind.Text) with { IsName = true }, new LeafPath(taken))]
                : [];
        }

        if (schema is UnionSchema union)
        {
            return union.Branches.SelectMany((branch, i) => Ends(branch, steps, next, [.. taken, new Avro.Columnar.BranchStep(i)]));
        }

        if (next == steps.Count)
        {
            return schema.Type == AvroType.Null ? [] : [new End(KindOf(schema), new LeafPath(taken))];
        }

        return (schema, steps[next]) switch
        {
            (RecordSchema record, Core.Configuration.FieldStep field) when record.Field(field.Name) is { } found =>
                Ends(found.Schema, steps, next + 1, [.. taken, new Avro.Columnar.FieldStep(field.Name)]),
            (MapSchema map, EntryStep entry) =>
                Ends(map.Values, steps, next + 1, [.. taken, new MapEntryStep(entry.Key)]),
            (ArraySchema array, EntryStep entry) when HasKey(array.Items, entry.KeyField) =>
                Ends(array.Items, steps, next + 1, [.. taken, new KeyedElementStep(entry.KeyField, entry.Key)]),
            _ => [],
        };
    }

    /// <summary>Whether the items of an array are records with a text key field, perhaps in a union with null.</summary>
    private static bool HasKey(AvroSchema items, string keyField) => items switch
    {
        RecordSchema record => record.Field(keyField)?.Schema is { } key && IsText(key),
        UnionSchema union => union.Branches.Any(b => HasKey(b, keyField)),
        _ => false,
    };

    private static bool IsText(AvroSchema schema) => schema switch
    {
        UnionSchema union => union.Branches.Any(IsText),
        _ => schema.Type is AvroType.String or AvroType.Enum,
    };

    private static LandedLeaf KindOf(AvroSchema schema)
    {
        var logical = schema.Logical;
        return schema.Type switch
        {
            AvroType.String or AvroType.Enum => Leaf(LandedKind.Text),
            AvroType.Boolean => Leaf(LandedKind.Boolean),
            AvroType.Float or AvroType.Double => Leaf(LandedKind.Floating),
            AvroType.Int when logical?.Kind == LogicalKind.Date => Leaf(LandedKind.Date),
            AvroType.Long when logical?.Kind == LogicalKind.TimestampMillis => Leaf(LandedKind.Timestamp, TimeUnit.Milliseconds),
            AvroType.Long when logical?.Kind == LogicalKind.TimestampMicros => Leaf(LandedKind.Timestamp, TimeUnit.Microseconds),
            AvroType.Long when logical?.Kind == LogicalKind.TimestampNanos => Leaf(LandedKind.Timestamp, TimeUnit.Nanoseconds),
            AvroType.Long when logical?.Kind == LogicalKind.LocalTimestampMillis => Leaf(LandedKind.LocalTimestamp, TimeUnit.Milliseconds),
            AvroType.Long when logical?.Kind == LogicalKind.LocalTimestampMicros => Leaf(LandedKind.LocalTimestamp, TimeUnit.Microseconds),
            AvroType.Long when logical?.Kind == LogicalKind.LocalTimestampNanos => Leaf(LandedKind.LocalTimestamp, TimeUnit.Nanoseconds),
            AvroType.Int or AvroType.Long => Leaf(LandedKind.Integer),
            AvroType.Bytes or AvroType.Fixed when logical?.Kind == LogicalKind.Decimal =>
                new LandedLeaf(LandedKind.Decimal, null, logical.Precision, logical.Scale, 0),
            AvroType.Fixed when logical?.Kind == LogicalKind.Uuid => Leaf(LandedKind.Uuid),
            AvroType.Fixed when schema is FixedSchema { Size: 16, Logical: null } => Leaf(LandedKind.Fixed16),
            _ => Leaf(LandedKind.Unfit),
        };
    }

    private static LandedLeaf Leaf(LandedKind kind, TimeUnit? unit = null) => new(kind, unit, 0, 0, 0);

    private static IEnumerable<(LandedForm Form, LeafKind Kind)> Forms(LandedLeaf leaf) => leaf.Kind switch
    {
        LandedKind.Text when leaf.IsName => [(LandedForm.Text, LeafKind.Branch)],
        LandedKind.Text =>
        [
            (LandedForm.Text, LeafKind.Text), (LandedForm.TextInvalid, LeafKind.TextInvalid), (LandedForm.Uuid, LeafKind.Uuid),
        ],
        LandedKind.Boolean => [(LandedForm.Boolean, LeafKind.Boolean)],
        LandedKind.Floating => [(LandedForm.Double, LeafKind.Double)],
        LandedKind.Decimal when leaf.Scale <= 38 =>
        [
            (LandedForm.Decimal, LeafKind.Decimal), (LandedForm.DecimalText, LeafKind.DecimalText), (LandedForm.Present, LeafKind.Present),
        ],
        LandedKind.Decimal => [(LandedForm.DecimalText, LeafKind.DecimalText), (LandedForm.Present, LeafKind.Present)],
        LandedKind.Uuid or LandedKind.Fixed16 => [(LandedForm.Uuid, LeafKind.Uuid)],
        LandedKind.Unfit => [(LandedForm.Present, LeafKind.Present)],
        _ => [(LandedForm.Int64, LeafKind.Int64)],
    };
}
