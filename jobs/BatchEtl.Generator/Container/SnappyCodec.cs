using System.Buffers.Binary;
using System.IO.Hashing;
using Avro;
using Snappier;

namespace BatchEtl.Generator.Container;

/// <summary>Raw snappy, then the CRC32 of the uncompressed data in four bytes, big-endian.</summary>
internal sealed class SnappyCodec() : BlockCodec("snappy")
{
    private const int ChecksumLength = 4;
    private byte[] buffer = [];

    public override byte[] Compress(byte[] uncompressedData)
    {
        var most = Snappy.GetMaxCompressedLength(uncompressedData.Length);
        if (buffer.Length < most)
        {
            buffer = new byte[most];
        }

        var length = Snappy.Compress(uncompressedData, buffer);
        var block = GC.AllocateUninitializedArray<byte>(length + ChecksumLength);
        buffer.AsSpan(0, length).CopyTo(block);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(length), Crc32.HashToUInt32(uncompressedData));
        return block;
    }

    public override byte[] Decompress(byte[] compressedData, int length)
    {
        if (length < ChecksumLength)
        {
            throw new AvroRuntimeException($"A snappy block ends with {ChecksumLength} bytes of checksum; found {length} bytes.");
        }

        var data = Snappy.DecompressToArray(compressedData.AsSpan(0, length - ChecksumLength));
        var expected = BinaryPrimitives.ReadUInt32BigEndian(compressedData.AsSpan(length - ChecksumLength));
        var found = Crc32.HashToUInt32(data);
        return found == expected ? data : throw new AvroRuntimeException($"Snappy block: expected CRC32 {expected:x8}, found {found:x8}.");
    }
}
