using BatchEtl.Avro.Decoding;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;

namespace BatchEtl.Avro.Codecs;

/// <summary>bzip2 and xz through managed streams: rare in landed files, so simple rather than fast.</summary>
internal sealed unsafe class StreamCodec(AvroCodec codec) : BlockCodec
{
    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length == 0)
        {
            throw Fault(codec, "0 bytes");
        }

        using var compressed = new UnmanagedMemoryStream(source, length);
        var buffer = pool.Rent(Math.Min(limit, Math.Max(256 << 10, length * 4)));
        long used = 0;
        try
        {
            using var stream = Open(compressed);
            var piece = new byte[64 << 10];
            int read;
            while ((read = stream.Read(piece, 0, piece.Length)) > 0)
            {
                if (used + read > limit)
                {
                    throw TooLarge(codec, limit);
                }

                if (used + read > buffer.Capacity)
                {
                    buffer = pool.Grow(buffer, used, used + read);
                }

                piece.AsSpan(0, read).CopyTo(new Span<byte>(buffer.Pointer + used, read));
                used += read;
            }
        }
        catch (Exception exception)
        {
            pool.Return(buffer);
            if (exception is MalformedDataException or OutOfMemoryException)
            {
                throw;
            }

            // The library throws whatever comes to it on damaged data, down to index errors.
            throw Fault(codec, "damaged data", exception);
        }

        written = used;
        return buffer;
    }

    private Stream Open(Stream compressed) => codec == AvroCodec.Bzip2
        ? BZip2Stream.Create(compressed, CompressionMode.Decompress, true, false, true)
        : new XZStream(compressed);
}
