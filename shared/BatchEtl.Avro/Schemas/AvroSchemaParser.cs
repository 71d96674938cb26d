using System.Text.Json;

namespace BatchEtl.Avro.Schemas;

/// <summary>Schema JSON to nodes by the Avro 1.12 specification; unknown attributes are ignored, as it demands.</summary>
internal sealed class AvroSchemaParser
{
    private const int MaxJsonDepth = 1000;

    private static readonly Dictionary<string, AvroType> Primitives = new(StringComparer.Ordinal)
    {
        ["null"] = AvroType.Null,
        ["boolean"] = AvroType.Boolean,
        ["int"] = AvroType.Int,
        ["long"] = AvroType.Long,
        ["float"] = AvroType.Float,
        ["double"] = AvroType.Double,
        ["bytes"] = AvroType.Bytes,
        ["string"] = AvroType.String,
    };

    private readonly Dictionary<string, NamedSchema> _named = new(StringComparer.Ordinal);

    public static AvroSchema Parse(string json) => Parse(System.Text.Encoding.UTF8.GetBytes(json));

    public static AvroSchema Parse(ReadOnlyMemory<byte> utf8Json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        }
        catch (JsonException exception)
        {
            throw new AvroSchemaException("The schema is not valid JSON: " + exception.Message, exception);
        }

        using (document)
        {
            try
            {
                var parser = new AvroSchemaParser();
                var schema = parser.Node(document.RootElement, "");
                RecursionMarks.Set(parser._named.Values.OfType<RecordSchema>());
                return schema;
            }
            catch (InvalidOperationException exception)
            {
                // A JSON string with an escaped lone surrogate is only found when it is read.
                throw new AvroSchemaException("The schema holds a text that is no Unicode: " + exception.Message, exception);
            }
        }
    }

    private AvroSchema Node(JsonElement json, string space) => json.ValueKind switch
    {
        JsonValueKind.String => Reference(json.GetString()!, space),
        JsonValueKind.Array => Union(json, space),
        JsonValueKind.Object => Object(json, space),
        _ => throw new AvroSchemaException($"A schema is a name, an object or an array of branches, but here is {Shown(json)}."),
    };

    private AvroSchema Reference(string name, string space)
    {
        if (Primitives.TryGetValue(name, out var primitive))
        {
            return new PrimitiveSchema(primitive);
        }

        if (!name.Contains('.') && space.Length > 0 && _named.TryGetValue(space + "." + name, out var near))
        {
            return near;
        }

        return _named.TryGetValue(name, out var known)
            ? known
            : throw new AvroSchemaException($"The type '{name}' is neither primitive nor defined before its use (namespace '{space}').");
    }

    private UnionSchema Union(JsonElement json, string space)
    {
        var branches = new List<AvroSchema>(json.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in json.EnumerateArray())
        {
            var branch = Node(element, space);
            if (branch is UnionSchema)
            {
                throw new AvroSchemaException("A union holds a union, which is not allowed.");
            }

            if (!seen.Add(branch.BranchName))
            {
                throw new AvroSchemaException($"A union holds '{branch.BranchName}' twice.");
            }

            branches.Add(branch);
        }

        return new UnionSchema(branches);
    }

    private AvroSchema Object(JsonElement json, string space)
    {
        if (!json.TryGetProperty("type", out var type))
        {
            throw new AvroSchemaException($"A schema object has no 'type': {Shown(json)}.");
        }

        if (type.ValueKind != JsonValueKind.String)
        {
            // {"type": {"type": "long"}, "logicalType": …}: the inner schema, refined where it has no logical type of its own.
            var inner = Node(type, space);
            return inner is PrimitiveSchema { Logical: null } plain ? Primitive(json, plain.Type) : inner;
        }

        var name = type.GetString()!;
        switch (name)
        {
            case "record" or "error":
                return Record(json, space);
            case "enum":
                return Enum(json, space);
            case "fixed":
                return Fixed(json, space);
            case "array":
                return new ArraySchema(Node(Required(json, "items", name), space));
            case "map":
                return new MapSchema(Node(Required(json, "values", name), space));
            default:
                return Primitives.TryGetValue(name, out var primitive) ? Primitive(json, primitive) : Reference(name, space);
        }
    }

    private static PrimitiveSchema Primitive(JsonElement json, AvroType type) => new(type, LogicalOf(json, type, 0));

    private RecordSchema Record(JsonElement json, string space)
    {
        var (fullName, inner) = NameOf(json, space, "record");
        var record = new RecordSchema(fullName, AliasesOf(json, inner));
        Define(record);
        var list = Required(json, "fields", fullName);
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new AvroSchemaException($"The 'fields' of record '{fullName}' are no array.");
        }

        var fields = new List<RecordField>(list.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw new AvroSchemaException($"A field of record '{fullName}' is no object: {Shown(element)}.");
            }

            var name = Text(element, "name") ?? throw new AvroSchemaException($"A field of record '{fullName}' has no name.");
            CheckName(name, "field of record '" + fullName + "'");
            if (!seen.Add(name))
            {
                throw new AvroSchemaException($"Record '{fullName}' has two fields '{name}'.");
            }

            var schema = Node(Required(element, "type", fullName + "." + name), inner);
            JsonElement? value = element.TryGetProperty("default", out var found) ? found.Clone() : null;
            fields.Add(new RecordField(name, fields.Count, schema, Strings(element, "aliases", name), value));
        }

        record.Complete(fields);
        return record;
    }

    private EnumSchema Enum(JsonElement json, string space)
    {
        var (fullName, inner) = NameOf(json, space, "enum");
        Required(json, "symbols", fullName);
        var symbols = Strings(json, "symbols", fullName);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var symbol in symbols)
        {
            CheckName(symbol, "symbol of enum '" + fullName + "'");
            if (!seen.Add(symbol))
            {
                throw new AvroSchemaException($"Enum '{fullName}' has the symbol '{symbol}' twice.");
            }
        }

        var standIn = Text(json, "default");
        if (standIn is not null && !seen.Contains(standIn))
        {
            throw new AvroSchemaException($"The default '{standIn}' of enum '{fullName}' is none of its symbols.");
        }

        var schema = new EnumSchema(fullName, AliasesOf(json, inner), symbols, standIn);
        Define(schema);
        return schema;
    }

    private FixedSchema Fixed(JsonElement json, string space)
    {
        var (fullName, inner) = NameOf(json, space, "fixed");
        var size = Required(json, "size", fullName);
        if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt32(out var bytes) || bytes < 0)
        {
            throw new AvroSchemaException($"The size of fixed '{fullName}' is no integer from 0 to 2147483647: {Shown(size)}.");
        }

        var schema = new FixedSchema(fullName, AliasesOf(json, inner), bytes, LogicalOf(json, AvroType.Fixed, bytes));
        Define(schema);
        return schema;
    }

    private void Define(NamedSchema schema)
    {
        if (!_named.TryAdd(schema.FullName, schema))
        {
            throw new AvroSchemaException($"The type '{schema.FullName}' is defined twice.");
        }
    }

    private static (string FullName, string Space) NameOf(JsonElement json, string space, string kind)
    {
        var name = Text(json, "name") ?? throw new AvroSchemaException($"A {kind} has no name.");
        var dot = name.LastIndexOf('.');
        var own = dot >= 0 ? name[..dot] : Text(json, "namespace") ?? space;
        var shortName = name[(dot + 1)..];
        CheckName(shortName, kind);
        foreach (var part in own.Length == 0 ? [] : own.Split('.'))
        {
            CheckName(part, "namespace of " + kind + " '" + name + "'");
        }

        if (own.Length == 0 && Primitives.ContainsKey(shortName))
        {
            throw new AvroSchemaException($"A {kind} is named '{shortName}', as a primitive type is.");
        }

        return (own.Length == 0 ? shortName : own + "." + shortName, own);
    }

    private static string[] AliasesOf(JsonElement json, string space) =>
        [.. Strings(json, "aliases", "a named type").Select(alias => alias.Contains('.') || space.Length == 0 ? alias : space + "." + alias)];

    /// <summary>Letters of any script pass: Java 1.12 writes such names by default.</summary>
    private static void CheckName(string name, string of)
    {
        var valid = name.Length > 0 && (name[0] == '_' || char.IsLetter(name[0]));
        foreach (var letter in name)
        {
            valid &= letter == '_' || char.IsLetterOrDigit(letter) || char.IsSurrogate(letter);
        }

        if (!valid)
        {
            throw new AvroSchemaException($"'{name}' is no name for a {of}: it needs a letter or _, then letters, digits or _.");
        }
    }

    private static string[] Strings(JsonElement json, string property, string of)
    {
        if (!json.TryGetProperty(property, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            throw new AvroSchemaException($"The '{property}' of '{of}' are no array of strings.");
        }

        return [.. list.EnumerateArray().Select(item => item.GetString()!)];
    }

    private static string? Text(JsonElement json, string property)
    {
        if (!json.TryGetProperty(property, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new AvroSchemaException($"'{property}' is no string: {Shown(value)}.");
    }

    private static JsonElement Required(JsonElement json, string property, string of) =>
        json.TryGetProperty(property, out var value) ? value : throw new AvroSchemaException($"'{of}' has no '{property}'.");

    private static string Shown(JsonElement json)
    {
        var text = json.GetRawText();
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    private static LogicalType? LogicalOf(JsonElement json, AvroType type, int size)
    {
        if (!json.TryGetProperty("logicalType", out var name) || name.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return (name.GetString(), type) switch
        {
            ("decimal", AvroType.Bytes or AvroType.Fixed) => DecimalOf(json, type, size),
            ("uuid", AvroType.String) => new(LogicalKind.Uuid),
            ("uuid", AvroType.Fixed) when size == 16 => new(LogicalKind.Uuid),
            ("duration", AvroType.Fixed) when size == 12 => new(LogicalKind.Duration),
            ("date", AvroType.Int) => new(LogicalKind.Date),
            ("time-millis", AvroType.Int) => new(LogicalKind.TimeMillis),
            ("time-micros", AvroType.Long) => new(LogicalKind.TimeMicros),
            ("timestamp-millis", AvroType.Long) => new(LogicalKind.TimestampMillis),
            ("timestamp-micros", AvroType.Long) => new(LogicalKind.TimestampMicros),
            ("timestamp-nanos", AvroType.Long) => new(LogicalKind.TimestampNanos),
            ("local-timestamp-millis", AvroType.Long) => new(LogicalKind.LocalTimestampMillis),
            ("local-timestamp-micros", AvroType.Long) => new(LogicalKind.LocalTimestampMicros),
            ("local-timestamp-nanos", AvroType.Long) => new(LogicalKind.LocalTimestampNanos),
            _ => null,
        };
    }

    private static LogicalType? DecimalOf(JsonElement json, AvroType type, int size)
    {
        var scale = 0;
        if (!json.TryGetProperty("precision", out var digits) || digits.ValueKind != JsonValueKind.Number
            || !digits.TryGetInt32(out var precision) || precision < 1
            || (json.TryGetProperty("scale", out var behind)
                && (behind.ValueKind != JsonValueKind.Number || !behind.TryGetInt32(out scale)))
            || scale < 0 || scale > precision)
        {
            return null;
        }

        // floor(log10(2^(8n−1) − 1)) digits fit into n bytes.
        return type == AvroType.Fixed && (size == 0 || precision > Math.Floor(((8.0 * size) - 1) * Math.Log10(2)))
            ? null
            : new LogicalType(LogicalKind.Decimal, precision, scale);
    }
}
