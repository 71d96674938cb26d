using System.IO.Compression;
using System.Text;
using Avro.IO;
using Snappier;
using ZstdSharp;

namespace BatchEtl.Reference.Landed;

/// <summary>
/// A landed value with the schema of the union branch that holds it. Value is null, bool, long (int and long), double (float and double),
/// byte[] (bytes, fixed, and the undecoded bytes of a string), string (an enum's symbol), List&lt;LandedValue&gt; (array),
/// List&lt;LandedEntry&gt; (map, with equal keys kept) or LandedValue[] (a record's fields).
/// </summary>
internal sealed record LandedValue(AvroSchema Schema, object? Value)
{
    public static LandedValue OfText(string text) => new(AvroSchema.Text, Encoding.UTF8.GetBytes(text));
}

internal sealed record LandedEntry(byte[] Key, LandedValue Value);

/// <summary>A whole container file in memory. A file of no bytes has no schema and no records (E6).</summary>
internal sealed record AvroFile(AvroSchema? Schema, IReadOnlyList<LandedValue> Records)
{
    /// <param name="schemas">Schemas parsed so far by their text; files share them.</param>
    public static AvroFile Read(string path, Dictionary<string, AvroSchema> schemas)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0)
        {
            return new AvroFile(null, []);
        }

        using var stream = new MemoryStream(bytes);
        var decoder = new BinaryDecoder(stream);
        if (!ReadFixed(decoder, 4).AsSpan().SequenceEqual("Obj\u0001"u8))
        {
            throw new InvalidDataException($"{path}: expected the magic of an Avro file");
        }

        var metadata = ((List<LandedEntry>)Decode(Metadata, decoder).Value!)
            .ToDictionary(e => Encoding.UTF8.GetString(e.Key), e => (byte[])e.Value.Value!);
        var marker = ReadFixed(decoder, 16);
        var json = Encoding.UTF8.GetString(metadata["avro.schema"]);
        if (!schemas.TryGetValue(json, out var schema))
        {
            schemas[json] = schema = AvroSchema.Parse(json);
        }

        var codec = metadata.TryGetValue("avro.codec", out var name) ? Encoding.UTF8.GetString(name) : "null";
        var records = new List<LandedValue>();
        while (stream.Position < stream.Length)
        {
            var count = decoder.ReadLong();
            var block = Decompress(codec, decoder.ReadBytes());
            using var blockStream = new MemoryStream(block);
            var blockDecoder = new BinaryDecoder(blockStream);
            for (var i = 0L; i < count; i++)
            {
                records.Add(Decode(schema, blockDecoder));
            }

            if (blockStream.Position != block.Length || !ReadFixed(decoder, 16).AsSpan().SequenceEqual(marker))
            {
                throw new InvalidDataException($"{path}: damaged block before byte {stream.Position}");
            }
        }

        return new AvroFile(schema, records);
    }

    private static readonly AvroSchema Metadata = AvroSchema.Parse("""{"type":"map","values":"bytes"}""");

    private static LandedValue Decode(AvroSchema schema, BinaryDecoder decoder) => schema.Kind switch
    {
        AvroKind.Null => new(schema, null),
        AvroKind.Boolean => new(schema, decoder.ReadBoolean()),
        AvroKind.Int => new(schema, (long)decoder.ReadInt()),
        AvroKind.Long => new(schema, decoder.ReadLong()),
        AvroKind.Float => new(schema, (double)decoder.ReadFloat()),
        AvroKind.Double => new(schema, decoder.ReadDouble()),
        AvroKind.Bytes or AvroKind.String => new(schema, decoder.ReadBytes()),
        AvroKind.Fixed => new(schema, ReadFixed(decoder, schema.Size)),
        AvroKind.Enum => new(schema, schema.Symbols[decoder.ReadEnum()]),
        AvroKind.Record => new(schema, schema.Fields.Select(f => Decode(f.Schema, decoder)).ToArray()),
        AvroKind.Union => Decode(schema.Inner[decoder.ReadUnionIndex()], decoder),
        AvroKind.Array => new(schema, DecodeArray(schema, decoder)),
        AvroKind.Map => new(schema, DecodeMap(schema, decoder)),
        _ => throw new InvalidOperationException(schema.Kind.ToString()),
    };

    private static List<LandedValue> DecodeArray(AvroSchema schema, BinaryDecoder decoder)
    {
        var values = new List<LandedValue>();
        for (var n = decoder.ReadArrayStart(); n != 0; n = decoder.ReadArrayNext())
        {
            for (var i = 0L; i < n; i++)
            {
                values.Add(Decode(schema.Inner[0], decoder));
            }
        }

        return values;
    }

    private static List<LandedEntry> DecodeMap(AvroSchema schema, BinaryDecoder decoder)
    {
        var entries = new List<LandedEntry>();
        for (var n = decoder.ReadMapStart(); n != 0; n = decoder.ReadMapNext())
        {
            for (var i = 0L; i < n; i++)
            {
                entries.Add(new LandedEntry(decoder.ReadBytes(), Decode(schema.Inner[0], decoder)));
            }
        }

        return entries;
    }

    private static byte[] ReadFixed(BinaryDecoder decoder, int size)
    {
        var bytes = new byte[size];
        decoder.ReadFixed(bytes);
        return bytes;
    }

    private static byte[] Decompress(string codec, byte[] block) => codec switch
    {
        "null" => block,
        "deflate" => ReadAll(new DeflateStream(new MemoryStream(block), CompressionMode.Decompress)),
        "zstandard" => ReadAll(new DecompressionStream(new MemoryStream(block))),
        // The last four bytes are a checksum.
        "snappy" => Snappy.DecompressToArray(block.AsSpan(0, block.Length - 4)),
        _ => throw new NotSupportedException($"codec {codec}"),
    };

    private static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            using var all = new MemoryStream();
            stream.CopyTo(all);
            return all.ToArray();
        }
    }
}
