using System.Text.Json.Nodes;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Spark.Landed;

/// <summary>
/// The part of a writer's schema that some leaves need, as a reader schema for Spark: fields that nobody asks for are left
/// out, logical types are (Spark's own casts lose or stop at values that E1 knows), and a recursive type is written out as
/// deep as the leaves reach.
/// </summary>
internal sealed class NeededSchema
{
    /// <summary>What stands in a record of which no field is needed: a field that no writer has.</summary>
    private const string NoField = "_none";

    private readonly Needs _root = new();
    private readonly HashSet<string> _defined = new(StringComparer.Ordinal);
    private int _records;

    public NeededSchema(RecordSchema writer, IEnumerable<LeafPath> paths)
    {
        foreach (var path in paths)
        {
            _root.Add(path.Steps);
        }

        Json = Emit(writer, _root).ToJsonString();
    }

    /// <summary>The reader schema.</summary>
    public string Json { get; }

    private JsonNode Emit(AvroSchema schema, Needs needs) => schema switch
    {
        RecordSchema record => Record(record, needs),
        EnumSchema symbols => Defined(symbols, () => new JsonObject { ["type"] = "enum", ["symbols"] = new JsonArray([.. symbols.Symbols.Select(s => (JsonNode)s)]) }),
        FixedSchema bytes => Defined(bytes, () => new JsonObject { ["type"] = "fixed", ["size"] = bytes.Size }),
        ArraySchema array => new JsonObject { ["type"] = "array", ["items"] = Emit(array.Items, needs.Elements()) },
        MapSchema map => new JsonObject { ["type"] = "map", ["values"] = Emit(map.Values, needs.Values()) },
        UnionSchema union => Union(union, needs),
        _ => schema.BranchName,
    };

    /// <summary>
    /// Each copy of a record has a namespace of its own: Avro finds records of a union by their short name then, and copies
    /// with other fields do not clash.
    /// </summary>
    private JsonObject Record(RecordSchema record, Needs needs)
    {
        var name = record.Name;
        var space = $"c{_records++}";
        var fields = record.Fields
            .Select(f => (f.Name, f.Schema, Needs: needs.Field(f.Name)))
            .Where(f => f.Needs is not null)
            .Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["type"] = Emit(f.Schema, f.Needs!) })
            .ToList();
        if (fields.Count == 0)
        {
            fields.Add(new JsonObject { ["name"] = NoField, ["type"] = "boolean", ["default"] = false });
        }

        return new JsonObject { ["type"] = "record", ["name"] = name, ["namespace"] = space, ["fields"] = new JsonArray([.. fields]) };
    }

    /// <summary>Enums and fixed are compared by their full names, so they are written once and named afterwards.</summary>
    private JsonNode Defined(NamedSchema schema, Func<JsonObject> make)
    {
        if (!_defined.Add(schema.FullName))
        {
            return schema.FullName;
        }

        var json = make();
        json["name"] = schema.Name;
        json["namespace"] = schema.FullName.Length > schema.Name.Length ? schema.FullName[..^(schema.Name.Length + 1)] : "";
        return json;
    }

    private JsonArray Union(UnionSchema union, Needs needs)
    {
        var branches = union.Branches.Select((b, i) => Emit(b, needs.Branch(i))).ToList();
        if (UnionShape.IsMerged(union))
        {
            branches.Add("boolean");
        }

        return new JsonArray([.. branches]);
    }

    /// <summary>Which parts of a value are needed.</summary>
    private sealed class Needs
    {
        private readonly Dictionary<string, Needs> _fields = new(StringComparer.Ordinal);
        private readonly Dictionary<int, Needs> _branches = [];

        /// <summary>Fields by which an array's elements are found: needed whatever branch an element is of, the first one counts.</summary>
        private readonly HashSet<string> _keyFields = new(StringComparer.Ordinal);
        private Needs? _elements;
        private Needs? _values;

        public void Add(IEnumerable<LeafStep> steps)
        {
            var at = this;
            foreach (var step in steps)
            {
                at = step switch
                {
                    FieldStep field => at.FieldNeeded(field.Name),
                    BranchStep branch => at.BranchNeeded(branch.Index),
                    MapEntryStep => at._values ??= new Needs(),
                    KeyedElementStep keyed => at.ElementNeeded(keyed.KeyField),
                    _ => throw new ArgumentOutOfRangeException(nameof(steps)),
                };
            }
        }

        public Needs? Field(string name) => _fields.GetValueOrDefault(name) ?? (_keyFields.Contains(name) ? new Needs() : null);

        public Needs Branch(int index)
        {
            var branch = BranchNeeded(index);
            branch._keyFields.UnionWith(_keyFields);
            return branch;
        }

        public Needs Elements() => _elements ?? new Needs();

        public Needs Values() => _values ?? new Needs();

        private Needs FieldNeeded(string name) => _fields.TryGetValue(name, out var known) ? known : _fields[name] = new Needs();

        private Needs BranchNeeded(int index) => _branches.TryGetValue(index, out var known) ? known : _branches[index] = new Needs();

        private Needs ElementNeeded(string keyField)
        {
            _elements ??= new Needs();
            _elements._keyFields.Add(keyField);
            return _elements;
        }
    }
}
