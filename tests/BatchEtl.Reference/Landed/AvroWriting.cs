using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace BatchEtl.Reference.Landed;

/// <summary>A value for a named branch of a union.</summary>
public sealed record InBranch(int Index, object? Value);

/// <summary>
/// Writes container files for tests, as plainly as the format allows, so that they can hold what libraries refuse to write (text that is not
/// UTF-8, equal map keys, dates of any year). Values: null, bool, int, long, float, double, string, byte[] (also for strings), object?[]
/// (arrays), KeyValuePair&lt;string, object?&gt;[] (maps), Dictionary&lt;string, object?&gt; (records; a field not named is null), and
/// <see cref="InBranch"/> where a union has more than null and one other branch.
/// </summary>
public static class AvroWriting
{
    public static void Write(string path, string schemaJson, IEnumerable<object?> records, string codec = "null", int recordsPerBlock = 100)
    {
        var schema = AvroSchema.Parse(schemaJson);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        var marker = Encoding.ASCII.GetBytes("batch-etl-marker");
        file.Write("Obj\u0001"u8);
        WriteLong(file, 2);
        WriteBytes(file, "avro.schema"u8);
        WriteBytes(file, Encoding.UTF8.GetBytes(schemaJson));
        WriteBytes(file, "avro.codec"u8);
        WriteBytes(file, Encoding.UTF8.GetBytes(codec));
        WriteLong(file, 0);
        file.Write(marker);
        foreach (var chunk in records.Chunk(recordsPerBlock))
        {
            using var block = new MemoryStream();
            foreach (var record in chunk)
            {
                Encode(block, schema, record);
            }

            WriteLong(file, chunk.Length);
            WriteBytes(file, codec == "deflate" ? Deflate(block.ToArray()) : block.ToArray());
            file.Write(marker);
        }
    }

    private static void Encode(Stream to, AvroSchema schema, object? value)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Boolean:
                to.WriteByte((bool)value! ? (byte)1 : (byte)0);
                break;
            case AvroKind.Int or AvroKind.Long:
                WriteLong(to, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case AvroKind.Float:
                to.Write(Little(4, b => BinaryPrimitives.WriteSingleLittleEndian(b, Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture))));
                break;
            case AvroKind.Double:
                to.Write(Little(8, b => BinaryPrimitives.WriteDoubleLittleEndian(b, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture))));
                break;
            case AvroKind.Bytes or AvroKind.String:
                WriteBytes(to, Bytes(value!));
                break;
            case AvroKind.Fixed:
                to.Write(Bytes(value!));
                break;
            case AvroKind.Enum:
                WriteLong(to, schema.Symbols.IndexOf((string)value!));
                break;
            case AvroKind.Record:
                var fields = (Dictionary<string, object?>)value!;
                schema.Fields.ForEach(f => Encode(to, f.Schema, fields.GetValueOrDefault(f.Name)));
                break;
            case AvroKind.Union:
                var branch = value as InBranch ?? new InBranch(schema.Inner.FindIndex(b => b.Kind == AvroKind.Null == (value is null)), value);
                WriteLong(to, branch.Index);
                Encode(to, schema.Inner[branch.Index], branch.Value);
                break;
            case AvroKind.Array:
                WriteItems(to, (object?[])value!, item => Encode(to, schema.Inner[0], item));
                break;
            case AvroKind.Map:
                WriteItems(to, (KeyValuePair<string, object?>[])value!, entry =>
                {
                    WriteBytes(to, Encoding.UTF8.GetBytes(entry.Key));
                    Encode(to, schema.Inner[0], entry.Value);
                });
                break;
            default:
                throw new InvalidOperationException(schema.Kind.ToString());
        }
    }

    private static void WriteItems<T>(Stream to, T[] items, Action<T> write)
    {
        if (items.Length > 0)
        {
            WriteLong(to, items.Length);
            Array.ForEach(items, write);
        }

        WriteLong(to, 0);
    }

    private static byte[] Bytes(object value) => value is string text ? Encoding.UTF8.GetBytes(text) : (byte[])value;

    private static byte[] Little(int size, Action<byte[]> write)
    {
        var bytes = new byte[size];
        write(bytes);
        return bytes;
    }

    private static void WriteBytes(Stream to, ReadOnlySpan<byte> bytes)
    {
        WriteLong(to, bytes.Length);
        to.Write(bytes);
    }

    private static void WriteLong(Stream to, long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        for (; zigzag >= 0x80; zigzag >>= 7)
        {
            to.WriteByte((byte)(zigzag | 0x80));
        }

        to.WriteByte((byte)zigzag);
    }

    private static byte[] Deflate(byte[] block)
    {
        using var to = new MemoryStream();
        using (var deflate = new DeflateStream(to, CompressionLevel.Optimal))
        {
            deflate.Write(block);
        }

        return to.ToArray();
    }
}
