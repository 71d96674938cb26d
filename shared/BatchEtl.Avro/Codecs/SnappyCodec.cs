using System.Buffers.Binary;
using BatchEtl.Avro.Decoding;
using Snappier;

namespace BatchEtl.Avro.Codecs;

/// <summary>Snappy, followed by the big-endian CRC-32 of the decompressed bytes.</summary>
internal sealed unsafe class SnappyCodec : BlockCodec
{
    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length < 5)
        {
            throw Fault(AvroCodec.Snappy, $"{length} bytes");
        }

        var compressed = new ReadOnlySpan<byte>(source, (int)(length - 4));
        int size;
        try
        {
            size = Snappy.GetUncompressedLength(compressed);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or OverflowException)
        {
            throw Fault(AvroCodec.Snappy, "no length", exception);
        }

        if (size < 0 || size > limit)
        {
            throw TooLarge(AvroCodec.Snappy, limit);
        }

        // Three bytes make at most 64: a greater length is a lie and not worth its memory.
        if (size > 64 + (length * 22))
        {
            throw Fault(AvroCodec.Snappy, $"{length} bytes that claim to be {size}");
        }

        var buffer = pool.Rent(size);
        try
        {
            var made = Snappy.Decompress(compressed, new Span<byte>(buffer.Pointer, size));
            if (made != size)
            {
                throw Fault(AvroCodec.Snappy, $"{made} bytes instead of {size}");
            }

            var expected = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(source + length - 4, 4));
            var actual = Crc32.Of(buffer.Pointer, size);
            if (actual != expected)
            {
                throw new MalformedDataException(0, $"a snappy block with the CRC-32 {expected:x8}", $"{actual:x8}");
            }
        }
        catch (Exception exception)
        {
            pool.Return(buffer);
            if (exception is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                throw Fault(AvroCodec.Snappy, "damaged data", exception);
            }

            throw;
        }

        written = size;
        return buffer;
    }
}
