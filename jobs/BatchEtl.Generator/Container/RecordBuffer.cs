using System.Buffers.Binary;

namespace BatchEtl.Generator.Container;

/// <summary>Avro's binary encoding of one record, in an array that is used again. Does not grow: the caller knows its bound.</summary>
internal struct RecordBuffer(int capacity)
{
    public byte[] Bytes { get; } = new byte[capacity];

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    public void Long(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        var at = Length;
        while (zigzag > 0x7F)
        {
            Bytes[at++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        Bytes[at++] = (byte)zigzag;
        Length = at;
    }

    /// <summary>One byte as it is: a boolean, or a small union branch or length already doubled.</summary>
    public void Byte(byte value) => Bytes[Length++] = value;

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Bytes.AsSpan(Length), value);
        Length += sizeof(double);
    }

    /// <summary>A string of UTF-8.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        Long(utf8.Length);
        Raw(utf8);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Reserves bytes for the caller to fill.</summary>
    public Span<byte> Reserve(int length)
    {
        var span = Bytes.AsSpan(Length, length);
        Length += length;
        return span;
    }

    /// <summary>A non-negative decimal's unscaled value as bytes: big-endian two's complement, as short as it goes.</summary>
    public void Unscaled(int value)
    {
        var length = value < 0x80 ? 1 : value < 0x8000 ? 2 : value < 0x80_0000 ? 3 : 4;
        Byte((byte)(length << 1));
        for (var shift = (length - 1) * 8; shift >= 0; shift -= 8)
        {
            Byte((byte)(value >> shift));
        }
    }
}
