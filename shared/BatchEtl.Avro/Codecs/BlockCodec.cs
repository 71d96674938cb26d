using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Codecs;

/// <summary>Decompresses blocks for one reader; not thread-safe.</summary>
internal abstract unsafe class BlockCodec : IDisposable
{
    /// <summary>Decompresses one block.</summary>
    /// <param name="limit">The most bytes that the result may have.</param>
    /// <param name="written">The bytes of the result.</param>
    /// <returns>A buffer from the pool that is now the caller's.</returns>
    /// <exception cref="MalformedDataException">The bytes are no block of this codec, or hold more than the limit.</exception>
    public abstract NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written);

    public static BlockCodec? Create(AvroCodec codec) => codec switch
    {
        AvroCodec.Null => null,
        AvroCodec.Deflate => new DeflateCodec(),
        AvroCodec.Snappy => new SnappyCodec(),
        AvroCodec.Zstandard => new ZstandardCodec(),
        AvroCodec.Bzip2 => new StreamCodec(AvroCodec.Bzip2),
        _ => new StreamCodec(AvroCodec.Xz),
    };

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    protected static MalformedDataException Fault(AvroCodec codec, string found, Exception? inner = null) =>
        new(0, $"a {codec.Name()} block", inner is null ? found : $"{found} ({inner.Message})");

    protected static MalformedDataException TooLarge(AvroCodec codec, long limit) =>
        new(0, $"a {codec.Name()} block of at most {limit} bytes when decompressed", "a larger one");
}
