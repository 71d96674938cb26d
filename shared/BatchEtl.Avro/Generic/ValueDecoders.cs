using BatchEtl.Avro.Decoding;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Generic;

/// <summary>Reads one value of a fixed pair of writer's and reader's schema.</summary>
internal delegate object? Decoder(ref ValueCursor cursor);

/// <summary>
/// Makes decoders: schema resolution by Avro 1.12. What cannot be resolved is an error at once, but in a writer's union
/// only when a value of that branch comes.
/// </summary>
internal sealed unsafe class ValueDecoders
{
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly Dictionary<(AvroSchema Writer, AvroSchema Reader), Holder> _records = [];
    private readonly ValueSkipper _skipper = new();

    /// <exception cref="AvroSchemaException">The writer's values cannot be read as the reader's.</exception>
    public static Decoder Make(AvroSchema writer, AvroSchema reader)
    {
        var decoders = new ValueDecoders();
        var decoder = decoders.Resolve(writer, reader);
        decoders._skipper.Seal();
        return decoder;
    }

    private Decoder Resolve(AvroSchema writer, AvroSchema reader)
    {
        if (writer is UnionSchema written)
        {
            return FromUnion(written, reader);
        }

        if (reader is UnionSchema wanted)
        {
            var branch = SchemaMatch.Branch(writer, wanted)
                ?? throw Mismatch(writer, reader, "no branch of the reader's union matches");
            return Resolve(writer, branch);
        }

        if (!SchemaMatch.Matches(writer, reader))
        {
            throw Mismatch(writer, reader, SchemaMatch.Reason(writer, reader));
        }

        return (writer, reader) switch
        {
            (RecordSchema from, RecordSchema to) => Record(from, to),
            (EnumSchema from, EnumSchema to) => Enum(from, to),
            (FixedSchema from, FixedSchema to) => (ref ValueCursor cursor) => new AvroFixed(to, cursor.Fixed(from.Size).ToArray()),
            (ArraySchema from, ArraySchema to) => Array(from, to),
            (MapSchema from, MapSchema to) => Map(from, to),
            _ => Primitive(writer.Type, reader.Type),
        };
    }

    private static Decoder Primitive(AvroType writer, AvroType reader) => (writer, reader) switch
    {
        (AvroType.Null, _) => (ref ValueCursor _) => null,
        (AvroType.Boolean, _) => (ref ValueCursor cursor) => cursor.Boolean() ? True : False,
        (AvroType.Int, AvroType.Int) => (ref ValueCursor cursor) => cursor.Int(),
        (AvroType.Int, AvroType.Long) => (ref ValueCursor cursor) => (long)cursor.Int(),
        (AvroType.Int, AvroType.Float) => (ref ValueCursor cursor) => (float)cursor.Int(),
        (AvroType.Int, _) => (ref ValueCursor cursor) => (double)cursor.Int(),
        (AvroType.Long, AvroType.Long) => (ref ValueCursor cursor) => cursor.Long(),
        (AvroType.Long, AvroType.Float) => (ref ValueCursor cursor) => (float)cursor.Long(),
        (AvroType.Long, _) => (ref ValueCursor cursor) => (double)cursor.Long(),
        (AvroType.Float, AvroType.Float) => (ref ValueCursor cursor) => cursor.Float(),
        (AvroType.Float, _) => (ref ValueCursor cursor) => (double)cursor.Float(),
        (AvroType.Double, _) => (ref ValueCursor cursor) => cursor.Double(),
        (_, AvroType.Bytes) => (ref ValueCursor cursor) => cursor.Prefixed().ToArray(),
        _ => (ref ValueCursor cursor) => cursor.Text(),
    };

    private Decoder FromUnion(UnionSchema written, AvroSchema reader)
    {
        var branches = written.Branches.Select(branch =>
        {
            try
            {
                return Resolve(branch, reader);
            }
            catch (AvroSchemaException exception)
            {
                return Failing(exception);
            }
        }).ToArray();
        return (ref ValueCursor cursor) => branches[cursor.Branch(branches.Length)](ref cursor);
    }

    private Decoder Record(RecordSchema from, RecordSchema to)
    {
        if (_records.TryGetValue((from, to), out var known))
        {
            return known.Decode;
        }

        var holder = new Holder();
        _records[(from, to)] = holder;
        try
        {
            holder.Decoder = MakeRecord(from, to);
        }
        catch (AvroSchemaException exception)
        {
            // Records met on the way may refer to this one: it fails for them too.
            holder.Decoder = Failing(exception);
            throw;
        }

        return holder.Decode;
    }

    private Decoder MakeRecord(RecordSchema from, RecordSchema to)
    {
        var targets = new int[from.Fields.Count];
        var decoders = new Decoder?[from.Fields.Count];
        var skips = new int[from.Fields.Count];
        var values = new object?[to.Fields.Count];
        var found = new bool[to.Fields.Count];
        foreach (var field in to.Fields)
        {
            var source = from.Field(field.Name) ?? field.Aliases.Select(from.Field).FirstOrDefault(match => match is not null);
            if (source is not null && decoders[source.Position] is null)
            {
                decoders[source.Position] = Resolve(source.Schema, field.Schema);
                targets[source.Position] = field.Position;
                found[field.Position] = true;
            }
            else if (field.Default is { } json)
            {
                values[field.Position] = DefaultValue.Of(json, field.Schema, $"{to.FullName}.{field.Name}");
            }
            else
            {
                throw new AvroSchemaException($"The writer's record {from.FullName} has no field '{field.Name}', and the reader's has no default for it.");
            }
        }

        for (var i = 0; i < decoders.Length; i++)
        {
            skips[i] = decoders[i] is null ? _skipper.Entry(from.Fields[i].Schema) : 0;
        }

        var recursive = from.IsRecursive;
        return (ref ValueCursor cursor) =>
        {
            if (recursive)
            {
                cursor.Nest();
            }

            var record = (object?[])values.Clone();
            for (var i = 0; i < decoders.Length; i++)
            {
                if (decoders[i] is { } decoder)
                {
                    record[targets[i]] = decoder(ref cursor);
                }
                else
                {
                    cursor.Position = _skipper.Skip(skips[i], cursor.Position, cursor.End, cursor.Nesting);
                }
            }

            if (recursive)
            {
                cursor.Unnest();
            }

            return new AvroRecord(to, record);
        };
    }

    private static Decoder Enum(EnumSchema from, EnumSchema to)
    {
        var symbols = from.Symbols.Select(symbol => to.Symbols.Contains(symbol) ? symbol : to.Default)
            .Select(symbol => symbol is null ? null : new AvroEnum(to, symbol)).ToArray();
        return (ref ValueCursor cursor) =>
        {
            var index = cursor.Enum(symbols.Length);
            return symbols[index] ?? throw new AvroSchemaException(
                $"The reader's enum {to.FullName} has neither the symbol '{from.Symbols[index]}' nor a default.");
        };
    }

    private Decoder Array(ArraySchema from, ArraySchema to)
    {
        var item = Resolve(from.Items, to.Items);
        var least = _skipper.LeastBytes(from.Items);
        return (ref ValueCursor cursor) =>
        {
            var blocks = default(ItemBlocks);
            var items = new List<object?>();
            var total = 0;
            while (blocks.Next(ref cursor.Position, cursor.End, least, out var count))
            {
                total += (int)count;
                for (; least > 0 && count > 0; count--)
                {
                    items.Add(item(ref cursor));
                }
            }

            return least > 0 || total == 0 ? items : new RepeatedItems(item(ref cursor), total);
        };
    }

    private Decoder Map(MapSchema from, MapSchema to)
    {
        var value = Resolve(from.Values, to.Values);
        var least = _skipper.LeastBytes(from.Values) + 1;
        return (ref ValueCursor cursor) =>
        {
            var blocks = default(ItemBlocks);
            var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
            while (blocks.Next(ref cursor.Position, cursor.End, least, out var count))
            {
                for (; count > 0; count--)
                {
                    var key = cursor.Text();
                    entries[key] = value(ref cursor);
                }
            }

            return entries;
        };
    }

    private static Decoder Failing(AvroSchemaException exception) =>
        (ref ValueCursor _) => throw new AvroSchemaException(exception.Message, exception);

    private static AvroSchemaException Mismatch(AvroSchema writer, AvroSchema reader, string reason) =>
        new($"The writer's {SchemaMatch.Described(writer)} cannot be read as the reader's {SchemaMatch.Described(reader)}: {reason}.");

    /// <summary>A record's decoder, which may be asked for before it is made.</summary>
    private sealed class Holder
    {
        public Decoder Decoder { get; set; } = null!;

        public object? Decode(ref ValueCursor cursor) => Decoder(ref cursor);
    }
}
