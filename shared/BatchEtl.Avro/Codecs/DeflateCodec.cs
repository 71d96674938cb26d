using System.IO.Compression;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Codecs;

/// <summary>Raw deflate (RFC 1951): the block is exactly one stream.</summary>
internal sealed unsafe class DeflateCodec : BlockCodec
{
    private readonly DeflateSource _source = new();

    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length == 0)
        {
            // What .NET's stream, and so Apache.Avro for C#, makes of no data at all.
            written = 0;
            return pool.Rent(0);
        }

        _source.Open(source, length);
        var buffer = pool.Rent(Math.Min(limit, Math.Max(64 << 10, length * 5)));
        try
        {
            written = Inflate(ref buffer, pool, limit);
            CheckEnd(source + length, new ReadOnlySpan<byte>(buffer.Pointer, (int)written));
            return buffer;
        }
        catch (Exception exception)
        {
            pool.Return(buffer);
            if (exception is not InvalidDataException)
            {
                throw;
            }

            // Without the exception's text: it speaks of archives.
            throw Fault(HasZlibHeader(source, length) ? "a zlib header (RFC 1950)" : "damaged data");
        }
    }

    protected override void Dispose(bool disposing)
    {
        _source.Dispose();
        base.Dispose(disposing);
    }

    private long Inflate(ref NativeBuffer buffer, NativePool pool, long limit)
    {
        using var stream = new DeflateStream(_source, CompressionMode.Decompress, leaveOpen: true);
        long written = 0;
        while (true)
        {
            // One byte more than the limit tells a larger block from one that fits.
            var room = Math.Min(buffer.Capacity, limit + 1) - written;
            if (room == 0)
            {
                buffer = pool.Grow(buffer, written, 0);
                continue;
            }

            var read = stream.Read(new Span<byte>(buffer.Pointer + written, (int)room));
            if (read == 0)
            {
                return written;
            }

            written += read;
            if (written > limit)
            {
                throw TooLarge(AvroCodec.Deflate, limit);
            }
        }
    }

    /// <summary>The stream must have taken every byte of the block and have asked for no more: .NET's is silent about both.</summary>
    private void CheckEnd(byte* sourceEnd, ReadOnlySpan<byte> inflated)
    {
        if (_source.AskedForMore)
        {
            throw Fault("a stream that is cut off");
        }

        if (_source.Left > 0 && !(_source.Left == DeflateSource.TrailerBytes && IsFastavroTrailer(sourceEnd - _source.Left, inflated)))
        {
            throw Fault("bytes behind the stream");
        }
    }

    /// <summary>
    /// fastavro cuts the last byte, not the last four, off a zlib stream: three bytes of the data's Adler-32 stand behind
    /// each of its blocks. Nothing else may.
    /// </summary>
    private static bool IsFastavroTrailer(byte* trailer, ReadOnlySpan<byte> inflated)
    {
        uint low = 1;
        uint high = 0;
        while (!inflated.IsEmpty)
        {
            // 5552 bytes are the most whose sums stay within 32 bits.
            var piece = inflated[..Math.Min(5552, inflated.Length)];
            foreach (var value in piece)
            {
                low += value;
                high += low;
            }

            low %= 65521;
            high %= 65521;
            inflated = inflated[piece.Length..];
        }

        return trailer[0] == high >> 8 && trailer[1] == (high & 0xFF) && trailer[2] == low >> 8;
    }

    private static bool HasZlibHeader(byte* source, long length) =>
        length >= 2 && (source[0] & 15) == 8 && ((source[0] << 8) | source[1]) % 31 == 0;

    private static MalformedDataException Fault(string found) => new(0, "a raw deflate stream (RFC 1951)", found);
}
