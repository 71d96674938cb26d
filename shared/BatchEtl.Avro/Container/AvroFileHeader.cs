using System.Text;
using BatchEtl.Avro.Codecs;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Container;

/// <summary>What stands before the first block of a container file.</summary>
public sealed class AvroFileHeader
{
    /// <summary>A header of more bytes is refused.</summary>
    public const int MaxBytes = 64 << 20;

    private AvroFileHeader(AvroSchema schema, string schemaJson, AvroCodec codec,
        IReadOnlyDictionary<string, byte[]> metadata, byte[] sync, long firstBlock)
    {
        Schema = schema;
        SchemaJson = schemaJson;
        Codec = codec;
        Metadata = metadata;
        Sync = sync;
        FirstBlock = firstBlock;
    }

    /// <summary>The schema by which the records were written.</summary>
    public AvroSchema Schema { get; }

    /// <summary>The schema's text as it stands in the file.</summary>
    public string SchemaJson { get; }

    public AvroCodec Codec { get; }

    /// <summary>The metadata; of equal keys the last.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata { get; }

    /// <summary>The 16 bytes that follow every block.</summary>
    public ReadOnlyMemory<byte> Sync { get; }

    /// <summary>The byte offset of the first block, or the file's length where there is none.</summary>
    public long FirstBlock { get; }

    /// <summary>Reads the header; null when the file has no bytes at all, which is no damage (E6).</summary>
    /// <exception cref="AvroFormatException">The header is damaged, or its schema or codec cannot be read.</exception>
    public static AvroFileHeader? Read(AvroSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length == 0)
        {
            return null;
        }

        var cursor = new HeaderCursor(source);
        var magic = cursor.Bytes(4, "the magic bytes 4F 62 6A 01");
        if (!magic.SequenceEqual("Obj\u0001"u8))
        {
            throw cursor.Error(0, "the magic bytes 4F 62 6A 01", Convert.ToHexString(magic));
        }

        var metadata = Map(cursor);
        var sync = cursor.Bytes(16, "a sync marker of 16 bytes").ToArray();
        var codec = CodecOf(metadata, cursor);
        if (!metadata.TryGetValue("avro.schema", out var json))
        {
            throw cursor.Error(4, "metadata with the key avro.schema", "the keys " + string.Join(", ", metadata.Keys));
        }

        try
        {
            return new AvroFileHeader(AvroSchema.Parse(json), Encoding.UTF8.GetString(json), codec, metadata, sync, cursor.Position);
        }
        catch (AvroSchemaException exception)
        {
            throw new AvroFormatException(source.Name, 4, "a valid schema in avro.schema", "this: " + exception.Message, exception);
        }
    }

    /// <summary>Looks whether the file ends where a block ends, without reading what lies before: whether it was written to its end.</summary>
    /// <param name="source">The header's file.</param>
    /// <exception cref="AvroFormatException">Behind the header there is something, and the file does not end with its sync marker.</exception>
    public void CheckEnd(AvroSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length <= FirstBlock)
        {
            return;
        }

        var at = Math.Max(FirstBlock, source.Length - Sync.Length);
        var end = new byte[source.Length - at];
        var read = source.ReadFull(at, end);
        if (!end.AsSpan(0, read).SequenceEqual(Sync.Span))
        {
            throw new AvroFormatException(source.Name, at, $"the file's sync marker {Convert.ToHexString(Sync.Span)} at its end", Convert.ToHexString(end.AsSpan(0, read)));
        }
    }

    private static Dictionary<string, byte[]> Map(HeaderCursor cursor)
    {
        var metadata = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (true)
        {
            var start = cursor.Position;
            var count = cursor.Long("the count of a block of metadata");
            if (count == 0)
            {
                return metadata;
            }

            long? size = null;
            if (count < 0)
            {
                count = count == long.MinValue ? throw cursor.Error(start, "a count over -2^63", "-2^63") : -count;
                size = cursor.Long("the byte size of a block of metadata");
            }

            var first = cursor.Position;
            for (; count > 0; count--)
            {
                var key = Encoding.UTF8.GetString(cursor.Prefixed("a metadata key"));
                metadata[key] = cursor.Prefixed("the metadata value of " + key).ToArray();
            }

            if (size is { } bytes && bytes != cursor.Position - first)
            {
                throw cursor.Error(start, $"a block of metadata of {bytes} bytes", $"one of {cursor.Position - first}");
            }
        }
    }

    private static AvroCodec CodecOf(Dictionary<string, byte[]> metadata, HeaderCursor cursor)
    {
        if (!metadata.TryGetValue("avro.codec", out var bytes))
        {
            return AvroCodec.Null;
        }

        var name = Encoding.UTF8.GetString(bytes);
        return AvroCodecs.Find(name) ?? throw cursor.Error(
            4, "the codec null, deflate, snappy, zstandard, bzip2 or xz", $"'{(name.Length <= 40 ? name : name[..40] + "…")}'");
    }

    /// <summary>Reads forward through growing pieces of the file, so that no length is believed before its bytes are there.</summary>
    private sealed class HeaderCursor(AvroSource source)
    {
        private byte[] _bytes = [];
        private int _length;
        private int _position;

        public long Position => _position;

        public AvroFormatException Error(long position, string expected, string found) =>
            new(source.Name, position, expected, found);

        public ReadOnlySpan<byte> Bytes(long count, string what)
        {
            if (count > source.Length - _position)
            {
                throw Error(_position, $"{what} ({count} bytes)", $"the file's end {source.Length - _position} bytes on");
            }

            Need(count);
            if (_length - _position < count)
            {
                throw Error(_position, $"{what} ({count} bytes)", "the file's end");
            }

            var part = _bytes.AsSpan(_position, (int)count);
            _position += (int)count;
            return part;
        }

        public ReadOnlySpan<byte> Prefixed(string what)
        {
            var start = _position;
            var length = Long("the length of " + what);
            return length < 0 ? throw Error(start, $"the length of {what}, 0 or more", $"{length}") : Bytes(length, what);
        }

        public long Long(string what)
        {
            ulong value = 0;
            var start = _position;
            for (var shift = 0; shift < 70; shift += 7)
            {
                Need(1);
                if (_position == _length)
                {
                    throw Error(start, what, "the file's end");
                }

                var next = _bytes[_position++];
                if (shift == 63 && next > 1)
                {
                    break;
                }

                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return (long)(value >> 1) ^ -(long)(value & 1);
                }
            }

            throw Error(start, what, "an integer of more than 64 bits");
        }

        private void Need(long count)
        {
            if (_length - _position >= count)
            {
                return;
            }

            if (_position + count > MaxBytes)
            {
                throw Error(_position, $"a header of at most {MaxBytes} bytes", "a longer one");
            }

            // Twice what is there, or what is asked for: the caller has checked it against the file's length.
            var wanted = (int)Math.Min(source.Length, Math.Max(_position + count, Math.Max(8192, 2L * _length)));
            Array.Resize(ref _bytes, wanted);
            _length += source.ReadFull(_length, _bytes.AsSpan(_length, wanted - _length));
        }
    }
}
