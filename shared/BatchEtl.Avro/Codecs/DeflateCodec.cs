using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Codecs;

/// <summary>Raw deflate (RFC 1951): the block is exactly one stream.</summary>
internal sealed unsafe class DeflateCodec : BlockCodec
{
    private readonly Inflater _inflater = new();

    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length == 0)
        {
            // What .NET's stream, and so Apache.Avro for C#, makes of no data at all.
            written = 0;
            return pool.Rent(0);
        }

        try
        {
            return _inflater.Inflate(source, length, pool, limit, out written);
        }
        catch (MalformedDataException) when (length >= 2 && (source[0] & 15) == 8 && ((source[0] << 8) | source[1]) % 31 == 0)
        {
            throw new MalformedDataException(0, "a raw deflate stream (RFC 1951)", "a zlib header (RFC 1950)");
        }
    }
}
