using System.Text.Json;

namespace BatchEtl.Reference.Landed;

internal enum AvroKind
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

internal sealed record AvroField(string Name, AvroSchema Schema);

/// <summary>A node of a writer's schema; <see cref="Logical"/> is null where it is absent, unknown or does not fit (Avro: ignore it).</summary>
internal sealed class AvroSchema(AvroKind kind)
{
    public static readonly AvroSchema Text = new(AvroKind.String);

    public AvroKind Kind { get; } = kind;

    public string? Logical { get; private set; }

    public int Precision { get; private set; }

    public int Scale { get; private set; }

    /// <summary>Short name of a record, enum or fixed.</summary>
    public string? Name { get; private set; }

    public List<AvroField> Fields { get; } = [];

    public List<string> Symbols { get; } = [];

    /// <summary>Branches of a union, or the one element of an array or map.</summary>
    public List<AvroSchema> Inner { get; } = [];

    public int Size { get; private set; }

    public bool IsTimestamp => Logical is not null && Logical.Contains("timestamp", StringComparison.Ordinal);

    public bool IsLocal => Logical is not null && Logical.StartsWith("local-", StringComparison.Ordinal);

    public bool IsDecimal => Logical == "decimal";

    public static AvroSchema Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 512 });
        return Parse(document.RootElement, "", []);
    }

    private static AvroSchema Parse(JsonElement json, string space, Dictionary<string, AvroSchema> named)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            var name = json.GetString()!;
            if (Primitive(name) is { } primitive)
            {
                return new AvroSchema(primitive);
            }

            return named.TryGetValue(FullName(name, space), out var known) ? known : named[name];
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            var union = new AvroSchema(AvroKind.Union);
            union.Inner.AddRange(json.EnumerateArray().Select(b => Parse(b, space, named)));
            return union;
        }

        var type = json.GetProperty("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            return Parse(type, space, named);
        }

        return type.GetString() switch
        {
            "record" or "error" => Record(json, space, named),
            "enum" => Enum(json, space, named),
            "fixed" => Fixed(json, space, named),
            "array" => Container(AvroKind.Array, json.GetProperty("items"), space, named),
            "map" => Container(AvroKind.Map, json.GetProperty("values"), space, named),
            var name when Primitive(name!) is { } primitive => new AvroSchema(primitive).WithLogical(json),
            _ => Parse(type, space, named),
        };
    }

    private static AvroSchema Record(JsonElement json, string space, Dictionary<string, AvroSchema> named)
    {
        var schema = Named(AvroKind.Record, json, ref space, named);
        foreach (var field in json.GetProperty("fields").EnumerateArray())
        {
            schema.Fields.Add(new AvroField(field.GetProperty("name").GetString()!, Parse(field.GetProperty("type"), space, named)));
        }

        return schema;
    }

    private static AvroSchema Enum(JsonElement json, string space, Dictionary<string, AvroSchema> named)
    {
        var schema = Named(AvroKind.Enum, json, ref space, named);
        schema.Symbols.AddRange(json.GetProperty("symbols").EnumerateArray().Select(s => s.GetString()!));
        return schema;
    }

    private static AvroSchema Fixed(JsonElement json, string space, Dictionary<string, AvroSchema> named)
    {
        var schema = Named(AvroKind.Fixed, json, ref space, named);
        schema.Size = json.GetProperty("size").GetInt32();
        return schema.WithLogical(json);
    }

    private static AvroSchema Container(AvroKind kind, JsonElement element, string space, Dictionary<string, AvroSchema> named)
    {
        var schema = new AvroSchema(kind);
        schema.Inner.Add(Parse(element, space, named));
        return schema;
    }

    private static AvroSchema Named(AvroKind kind, JsonElement json, ref string space, Dictionary<string, AvroSchema> named)
    {
        var name = json.GetProperty("name").GetString()!;
        if (json.TryGetProperty("namespace", out var declared) && !name.Contains('.', StringComparison.Ordinal))
        {
            space = declared.GetString() ?? "";
        }

        var full = FullName(name, space);
        var dot = full.LastIndexOf('.');
        space = dot < 0 ? "" : full[..dot];
        var schema = new AvroSchema(kind) { Name = full[(dot + 1)..] };
        named[full] = schema;
        return schema;
    }

    private static string FullName(string name, string space) =>
        name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : space + "." + name;

    private static AvroKind? Primitive(string name) => name switch
    {
        "null" => AvroKind.Null,
        "boolean" => AvroKind.Boolean,
        "int" => AvroKind.Int,
        "long" => AvroKind.Long,
        "float" => AvroKind.Float,
        "double" => AvroKind.Double,
        "bytes" => AvroKind.Bytes,
        "string" => AvroKind.String,
        _ => null,
    };

    private AvroSchema WithLogical(JsonElement json)
    {
        var logical = json.TryGetProperty("logicalType", out var declared) && declared.ValueKind == JsonValueKind.String
            ? declared.GetString()
            : null;
        var fits = (logical, Kind) switch
        {
            ("date" or "time-millis", AvroKind.Int) => true,
            ("time-micros", AvroKind.Long) => true,
            ("timestamp-millis" or "timestamp-micros" or "timestamp-nanos", AvroKind.Long) => true,
            ("local-timestamp-millis" or "local-timestamp-micros" or "local-timestamp-nanos", AvroKind.Long) => true,
            ("uuid", AvroKind.String) => true,
            ("uuid", AvroKind.Fixed) => Size == 16,
            ("duration", AvroKind.Fixed) => Size == 12,
            ("decimal", AvroKind.Bytes or AvroKind.Fixed) => ReadDecimal(json),
            _ => false,
        };
        Logical = fits ? logical : null;
        return this;
    }

    private bool ReadDecimal(JsonElement json)
    {
        if (!json.TryGetProperty("precision", out var precision) || !precision.TryGetInt32(out var p) || p < 1)
        {
            return false;
        }

        var s = 0;
        if (json.TryGetProperty("scale", out var scale) && !scale.TryGetInt32(out s))
        {
            return false;
        }

        (Precision, Scale) = (p, s);
        // Avro: a fixed of n bytes holds no more than ⌊log10(2^(8n−1) − 1)⌋ digits.
        var room = Kind == AvroKind.Bytes ? int.MaxValue : (int)Math.Floor(Math.Log10(2) * (8 * Size - 1));
        return s >= 0 && s <= p && p <= room;
    }
}
