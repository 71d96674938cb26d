using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Container;

/// <summary>Looks at block headers and sync markers only, a few hundred bytes per block.</summary>
internal sealed class BlockScanner(AvroSource source, AvroFileHeader header)
{
    private const int SyncBytes = 16;
    private readonly byte[] _piece = new byte[256];
    private long _pieceStart;
    private int _pieceLength;

    /// <summary>Reads the header of the block at a position and checks the marker behind it.</summary>
    /// <exception cref="AvroFormatException">No block with its marker stands there.</exception>
    public AvroBlock Block(long start, long firstRecord)
    {
        var position = start;
        var records = Long(ref position, "a block's count of records");
        if (records < 0)
        {
            throw Error(start, "a block's count of records, 0 or more", $"{records}");
        }

        var sizeAt = position;
        var size = Long(ref position, "a block's size in bytes");
        if (size < 0)
        {
            throw Error(sizeAt, "a block's size in bytes, 0 or more", $"{size}");
        }

        if (size > source.Length - position - SyncBytes)
        {
            throw Error(sizeAt, $"a block of {size} bytes and a sync marker", $"the file's end {source.Length - position} bytes on");
        }

        var marker = Piece(position + size, SyncBytes);
        if (!marker.SequenceEqual(header.Sync.Span))
        {
            throw Error(position + size, "the file's sync marker " + Convert.ToHexString(header.Sync.Span), Convert.ToHexString(marker));
        }

        if (records > long.MaxValue - firstRecord)
        {
            throw Error(start, "fewer than 2^63 records", "more");
        }

        return new AvroBlock(start, position + size + SyncBytes, firstRecord, records, size);
    }

    private long Long(ref long position, string what)
    {
        var bytes = Piece(position, 10);
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i == bytes.Length)
            {
                throw Error(position, what, "the file's end");
            }

            if (i == 9 && bytes[i] > 1)
            {
                break;
            }

            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                position += i + 1;
                return VarInt.ZigZag(value);
            }
        }

        throw Error(position, what, "an integer of more than 64 bits");
    }

    private ReadOnlySpan<byte> Piece(long position, int count)
    {
        if (position < _pieceStart || position + count > _pieceStart + _pieceLength)
        {
            _pieceStart = position;
            _pieceLength = source.ReadFull(position, _piece);
        }

        var at = (int)(position - _pieceStart);
        return _piece.AsSpan(at, Math.Min(count, _pieceLength - at));
    }

    private AvroFormatException Error(long position, string expected, string found) => new(source.Name, position, expected, found);
}
