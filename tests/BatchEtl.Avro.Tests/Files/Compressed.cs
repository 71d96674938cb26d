using System.Buffers.Binary;
using System.IO.Compression;
using BatchEtl.Avro.Codecs;

namespace BatchEtl.Avro.Tests;

/// <summary>Blocks as the codecs' own libraries make them.</summary>
internal static unsafe class Compressed
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
        fixed (byte* pointer = data)
        {
            BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.Of(pointer, data.Length));
        }

        return [.. Snappier.Snappy.CompressToArray(data), .. checksum];
    }

    public static byte[] Zstandard(byte[] data)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(data).ToArray();
    }
}
