using ZstdSharp;

namespace BatchEtl.Generator.Container;

/// <summary>One zstandard frame, at level 1.</summary>
internal sealed class ZstandardCodec() : BlockCodec("zstandard")
{
    private const int Level = 1;

    public override byte[] Compress(byte[] uncompressedData)
    {
        using var compressor = new Compressor(Level);
        return compressor.Wrap(uncompressedData).ToArray();
    }

    public override byte[] Decompress(byte[] compressedData, int length)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(compressedData.AsSpan(0, length)).ToArray();
    }
}
