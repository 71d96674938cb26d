using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace BatchEtl.Avro.Tests;

/// <summary>Blocks as the codecs' own libraries make them.</summary>
internal static class Compressed
{
    public static byte[] Deflate(byte[] data, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var target = new MemoryStream();
        using (var stream = new DeflateStream(target, level, leaveOpen: true))
        {
            stream.Write(data);
        }

        return target.ToArray();
    }

    public static byte[] Snappy(byte[] data)
    {
        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(data));
        return [.. Snappier.Snappy.CompressToArray(data), .. checksum];
    }

    public static byte[] Zstandard(byte[] data)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(data).ToArray();
    }
}
