using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using BatchEtl.Avro.Decoding;
using Snappier;

namespace BatchEtl.Avro.Codecs;

/// <summary>
/// Snappy, followed by the big-endian CRC-32 of the decompressed bytes. A last literal that claims more bytes than there
/// are passes when those that are there have the length and the checksum.
/// </summary>
internal sealed unsafe class SnappyCodec : BlockCodec
{
    private readonly NativeMemoryView _source = new();
    private readonly NativeMemoryView _target = new();
    private readonly Segment _body = new();
    private readonly Segment _lastByte = new();

    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length < 5)
        {
            throw Fault(AvroCodec.Snappy, $"{length} bytes");
        }

        var compressed = (int)length - 4;
        var size = Size(new ReadOnlySpan<byte>(source, compressed));
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
        try
        {
            Expand(source, compressed, buffer.Pointer, (int)size);
            var expected = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(source + compressed, 4));
            var actual = Crc32.HashToUInt32(new ReadOnlySpan<byte>(buffer.Pointer, (int)size));
            if (actual != expected)
            {
                throw new MalformedDataException(0, $"a snappy block with the CRC-32 {expected:x8}", $"{actual:x8}");
            }
        }
        catch
        {
            pool.Return(buffer);
            throw;
        }

        written = size;
        return buffer;
    }

    protected override void Dispose(bool disposing)
    {
        ((IDisposable)_source).Dispose();
        ((IDisposable)_target).Dispose();
        base.Dispose(disposing);
    }

    private static long Size(ReadOnlySpan<byte> compressed)
    {
        try
        {
            // The library gives 2^31 and more as negative numbers.
            return (uint)Snappy.GetUncompressedLength(compressed);
        }
        catch (InvalidDataException exception)
        {
            throw Fault(AvroCodec.Snappy, "no length", exception);
        }
    }

    private void Expand(byte* source, int length, byte* target, int size)
    {
        _source.Show(source, length);
        _target.Show(target, size);

        // The library stops at the claimed length and does not say whether half an element stands behind it. Given a piece
        // more than it needs it complains, and data that is whole needs its last byte.
        var all = _source.Memory;
        _body.Set(all[..^1], 0, _lastByte);
        _lastByte.Set(all[^1..], length - 1, null);
        try
        {
            // To a writer rather than to a span: a span is filled from a second buffer of the block's size.
            Snappy.Decompress(new ReadOnlySequence<byte>(_body, 0, _lastByte, 1), _target);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            throw Fault(AvroCodec.Snappy, "damaged data", exception);
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> memory, long runningIndex, Segment? next)
        {
            Memory = memory;
            RunningIndex = runningIndex;
            Next = next;
        }
    }
}
