using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.Intrinsics;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Codecs;

/// <summary>
/// Snappy, followed by the big-endian CRC-32 of the decompressed bytes. Own, because padded buffers let it copy whole vectors
/// without asking, and because the library makes garbage for each block.
/// </summary>
internal sealed unsafe class SnappyCodec : BlockCodec
{
    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length < 5)
        {
            throw Fault(AvroCodec.Snappy, $"{length} bytes");
        }

        var end = source + length - 4;
        var size = Size(ref source, end);
        if (size > limit)
        {
            throw TooLarge(AvroCodec.Snappy, limit);
        }

        // Three bytes make at most 64: a greater length is a lie and not worth its memory.
        if (size > 64 + (length * 22))
        {
            throw Fault(AvroCodec.Snappy, $"{length} bytes that claim to be {size}");
        }

        var buffer = pool.Rent(size);
        var fault = Expand(source, end, buffer.Pointer, buffer.Pointer + size);
        if (fault is null)
        {
            var expected = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(end, 4));
            var actual = Crc32.HashToUInt32(new ReadOnlySpan<byte>(buffer.Pointer, (int)size));
            if (actual == expected)
            {
                written = size;
                return buffer;
            }

            pool.Return(buffer);
            throw new MalformedDataException(0, $"a snappy block with the CRC-32 {expected:x8}", $"{actual:x8}");
        }

        pool.Return(buffer);
        throw Fault(AvroCodec.Snappy, fault);
    }

    private static long Size(ref byte* source, byte* end)
    {
        var raw = VarInt.Read(source);
        if (raw.Next == null || raw.Next > end || raw.Value > uint.MaxValue)
        {
            throw Fault(AvroCodec.Snappy, "no length");
        }

        source = raw.Next;
        return (long)raw.Value;
    }

    /// <summary>Returns what is wrong, or null.</summary>
    private static string? Expand(byte* source, byte* sourceEnd, byte* target, byte* targetEnd)
    {
        var start = target;
        while (source < sourceEnd)
        {
            var tag = *source++;
            long length;
            if ((tag & 3) == 0)
            {
                length = (tag >> 2) + 1;
                if (length <= 16)
                {
                    if (length > sourceEnd - source || length > targetEnd - target)
                    {
                        return "a literal beyond the end";
                    }

                    Vector128.Load(source).Store(target);
                    source += length;
                    target += length;
                    continue;
                }

                if (length > 60)
                {
                    var bytes = (int)length - 60;
                    length = (*(uint*)source & (uint.MaxValue >> (32 - (8 * bytes)))) + 1L;
                    source += bytes;
                }

                if (length > sourceEnd - source || length > targetEnd - target)
                {
                    return "a literal beyond the end";
                }

                if (length <= 64)
                {
                    Vector128.Load(source).Store(target);
                    Vector128.Load(source + 16).Store(target + 16);
                    Vector128.Load(source + 32).Store(target + 32);
                    Vector128.Load(source + 48).Store(target + 48);
                }
                else
                {
                    Buffer.MemoryCopy(source, target, length, length);
                }

                source += length;
                target += length;
                continue;
            }

            long distance;
            if ((tag & 3) == 1)
            {
                length = 4 + ((tag >> 2) & 7);
                distance = ((tag >> 5) << 8) | *source;
                source++;
            }
            else if ((tag & 3) == 2)
            {
                length = (tag >> 2) + 1;
                distance = *(ushort*)source;
                source += 2;
            }
            else
            {
                length = (tag >> 2) + 1;
                distance = *(uint*)source;
                source += 4;
            }

            // An unsigned comparison for both: distance 0 wraps.
            if ((ulong)(distance - 1) >= (ulong)(target - start) || length > targetEnd - target || source > sourceEnd)
            {
                return "a copy from before the data or beyond the end";
            }

            MatchCopy.Copy(target, distance, length);
            target += length;
        }

        return target == targetEnd && source == sourceEnd ? null : "fewer bytes than it claims";
    }
}
