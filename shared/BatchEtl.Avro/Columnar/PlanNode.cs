using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Columnar;

/// <summary>A place in the schema that paths lead to or through.</summary>
internal sealed class PlanNode(AvroSchema schema)
{
    public AvroSchema Schema { get; } = schema;

    public List<(int Column, LeafKind Kind)> Leaves { get; } = [];

    /// <summary>Fields of a record or branches of a union, by their place.</summary>
    public SortedDictionary<int, PlanNode> Children { get; } = [];

    public List<(string Key, PlanNode Node)> Entries { get; } = [];

    public List<(string KeyField, string Key, PlanNode Node)> Keyed { get; } = [];

    /// <summary>All columns that are read here or below.</summary>
    public IEnumerable<int> Columns() => Leaves.Select(leaf => leaf.Column)
        .Concat(Children.Values.Concat(Entries.Select(entry => entry.Node)).Concat(Keyed.Select(element => element.Node))
            .SelectMany(node => node.Columns()))
        .Distinct();

    /// <summary>Adds a path's leaf below this node.</summary>
    /// <exception cref="ArgumentException">The schema has no such place, or none of this kind.</exception>
    public void Add(LeafPath path, int column, LeafKind kind)
    {
        var node = this;
        foreach (var step in path.Steps)
        {
            node = node.Step(step, path);
        }

        if (!Fits(kind, node.Schema))
        {
            throw new ArgumentException($"Column {column}: {Shown(path)} is a {Described(node.Schema)}, which cannot be read as {kind}.");
        }

        node.Leaves.Add((column, kind));
    }

    private PlanNode Step(LeafStep step, LeafPath path)
    {
        switch (step, Schema)
        {
            case (FieldStep field, RecordSchema record) when record.Field(field.Name) is { } found:
                return Child(found.Position, found.Schema);
            case (BranchStep branch, UnionSchema union) when branch.Index >= 0 && branch.Index < union.Branches.Count:
                return Child(branch.Index, union.Branches[branch.Index]);
            case (MapEntryStep entry, MapSchema map):
            {
                var node = Entries.Find(known => known.Key == entry.Key).Node;
                if (node is null)
                {
                    node = new PlanNode(map.Values);
                    Entries.Add((entry.Key, node));
                }

                return node;
            }

            case (KeyedElementStep element, ArraySchema array):
            {
                var node = Keyed.Find(known => known.KeyField == element.KeyField && known.Key == element.Key).Node;
                if (node is null)
                {
                    node = new PlanNode(array.Items);
                    Keyed.Add((element.KeyField, element.Key, node));
                }

                return node;
            }

            default:
                throw new ArgumentException($"{Shown(path)}: the step {step} finds no place in a {Described(Schema)}.");
        }
    }

    private PlanNode Child(int place, AvroSchema schema)
    {
        if (!Children.TryGetValue(place, out var child))
        {
            child = new PlanNode(schema);
            Children[place] = child;
        }

        return child;
    }

    private static bool Fits(LeafKind kind, AvroSchema schema) => kind switch
    {
        LeafKind.Boolean => schema.Type == AvroType.Boolean,
        LeafKind.Int64 => schema.Type is AvroType.Int or AvroType.Long,
        LeafKind.Double => schema.Type is AvroType.Float or AvroType.Double,
        LeafKind.Text or LeafKind.TextInvalid => schema.Type is AvroType.String or AvroType.Enum,
        LeafKind.Uuid => schema is { Type: AvroType.String } or FixedSchema { Size: 16 },
        LeafKind.Decimal or LeafKind.DecimalText => schema.Logical?.Kind == LogicalKind.Decimal,
        LeafKind.Branch => schema.Type == AvroType.Union,
        _ => true,
    };

    private static string Described(AvroSchema schema) => schema switch
    {
        NamedSchema named => $"{named.Type} {named.FullName}",
        UnionSchema union => $"union of {string.Join(", ", union.Branches.Select(branch => branch.BranchName))}",
        _ => schema.BranchName,
    };

    private static string Shown(LeafPath path) => path.Steps.Count == 0 ? "the record" : string.Join(" / ", path.Steps.Select(step => step switch
    {
        FieldStep field => field.Name,
        BranchStep branch => $"branch {branch.Index}",
        MapEntryStep entry => $"['{entry.Key}']",
        KeyedElementStep element => $"[{element.KeyField} = '{element.Key}']",
        _ => step.ToString(),
    }));
}
