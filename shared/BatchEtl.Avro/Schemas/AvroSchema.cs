using System.Text.Json;

namespace BatchEtl.Avro.Schemas;

/// <summary>The types of Avro.</summary>
public enum AvroType
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
}

/// <summary>
/// One node of a schema. Nodes are immutable and compared by reference; a named type is one node wherever it is
/// referred to, so recursive types make cycles.
/// </summary>
public abstract class AvroSchema
{
    private protected AvroSchema(AvroType type, LogicalType? logical)
    {
        Type = type;
        Logical = logical;
    }

    public AvroType Type { get; }

    /// <summary>The logical type, or null where there is none or an invalid one, which is to be ignored.</summary>
    public LogicalType? Logical { get; }

    /// <summary>The name by which a union's branch of this type is called: a full name, or the type's own name.</summary>
    public virtual string BranchName => Type switch
    {
        AvroType.Null => "null",
        AvroType.Boolean => "boolean",
        AvroType.Int => "int",
        AvroType.Long => "long",
        AvroType.Float => "float",
        AvroType.Double => "double",
        AvroType.Bytes => "bytes",
        AvroType.String => "string",
        AvroType.Array => "array",
        AvroType.Map => "map",
        _ => "union",
    };

    /// <summary>Parses a schema's JSON text.</summary>
    /// <exception cref="AvroSchemaException">The text is no JSON or no valid schema.</exception>
    public static AvroSchema Parse(string json) => AvroSchemaParser.Parse(json);

    /// <inheritdoc cref="Parse(string)"/>
    public static AvroSchema Parse(ReadOnlyMemory<byte> utf8Json) => AvroSchemaParser.Parse(utf8Json);

    public override string ToString() => BranchName;
}

/// <summary>null, boolean, int, long, float, double, bytes or string.</summary>
public sealed class PrimitiveSchema : AvroSchema
{
    internal PrimitiveSchema(AvroType type, LogicalType? logical = null)
        : base(type, logical)
    {
    }
}

/// <summary>A record, enum or fixed.</summary>
public abstract class NamedSchema : AvroSchema
{
    private protected NamedSchema(AvroType type, string fullName, IReadOnlyList<string> aliases, LogicalType? logical)
        : base(type, logical)
    {
        FullName = fullName;
        Aliases = aliases;
    }

    /// <summary>Namespace and name, joined by a dot; the name alone where the namespace is empty.</summary>
    public string FullName { get; }

    /// <summary>The part of the full name behind its last dot.</summary>
    public string Name => FullName[(FullName.LastIndexOf('.') + 1)..];

    /// <summary>The full names by which the type is known too.</summary>
    public IReadOnlyList<string> Aliases { get; }

    public override string BranchName => FullName;
}

/// <summary>A field of a record.</summary>
public sealed class RecordField
{
    internal RecordField(string name, int position, AvroSchema schema, IReadOnlyList<string> aliases, JsonElement? defaultValue)
    {
        Name = name;
        Position = position;
        Schema = schema;
        Aliases = aliases;
        Default = defaultValue;
    }

    public string Name { get; }

    /// <summary>The field's place in its record, from 0.</summary>
    public int Position { get; }

    public AvroSchema Schema { get; }

    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The default as JSON, or null where there is none; whether it fits the type is checked when it is used.</summary>
    public JsonElement? Default { get; }
}

/// <summary>A record (or an error, which is one).</summary>
public sealed class RecordSchema : NamedSchema
{
    private Dictionary<string, RecordField> _byName = [];

    internal RecordSchema(string fullName, IReadOnlyList<string> aliases)
        : base(AvroType.Record, fullName, aliases, null)
    {
    }

    public IReadOnlyList<RecordField> Fields { get; private set; } = [];

    /// <summary>Whether a value of this type can hold another of it.</summary>
    public bool IsRecursive { get; internal set; }

    /// <summary>The field of this name, or null.</summary>
    public RecordField? Field(string name) => _byName.GetValueOrDefault(name);

    internal void Complete(List<RecordField> fields)
    {
        Fields = fields;
        _byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
    }
}

/// <summary>An enum.</summary>
public sealed class EnumSchema : NamedSchema
{
    internal EnumSchema(string fullName, IReadOnlyList<string> aliases, IReadOnlyList<string> symbols, string? defaultSymbol)
        : base(AvroType.Enum, fullName, aliases, null)
    {
        Symbols = symbols;
        Default = defaultSymbol;
    }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>The symbol that stands for a writer's symbol unknown to the reader, or null.</summary>
    public string? Default { get; }
}

/// <summary>A fixed.</summary>
public sealed class FixedSchema : NamedSchema
{
    internal FixedSchema(string fullName, IReadOnlyList<string> aliases, int size, LogicalType? logical)
        : base(AvroType.Fixed, fullName, aliases, logical) => Size = size;

    /// <summary>Bytes of a value; may be 0.</summary>
    public int Size { get; }
}

/// <summary>An array.</summary>
public sealed class ArraySchema : AvroSchema
{
    internal ArraySchema(AvroSchema items)
        : base(AvroType.Array, null) => Items = items;

    public AvroSchema Items { get; }
}

/// <summary>A map; its keys are strings.</summary>
public sealed class MapSchema : AvroSchema
{
    internal MapSchema(AvroSchema values)
        : base(AvroType.Map, null) => Values = values;

    public AvroSchema Values { get; }
}

/// <summary>A union.</summary>
public sealed class UnionSchema : AvroSchema
{
    internal UnionSchema(IReadOnlyList<AvroSchema> branches)
        : base(AvroType.Union, null) => Branches = branches;

    public IReadOnlyList<AvroSchema> Branches { get; }
}
