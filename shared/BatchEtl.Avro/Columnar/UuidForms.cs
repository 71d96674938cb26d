using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace BatchEtl.Avro.Columnar;

/// <summary>UUIDs as DuckDB stores them.</summary>
public static unsafe class UuidForms
{
    /// <summary>Reads 16 bytes in the order of the text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromBytes(byte* bytes, ulong* target)
    {
        target[0] = BinaryPrimitives.ReverseEndianness(((ulong*)bytes)[1]);
        target[1] = BinaryPrimitives.ReverseEndianness(((ulong*)bytes)[0]) ^ (1UL << 63);
    }

    /// <summary>Reads 36 bytes in the form 8-4-4-4-12; false, and nothing is written, when they have another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(byte* text, ulong* target)
    {
        // The 32 digits without the dashes: 0–7, 9–12, 14–17 and 19–22, 24–35.
        var low = Vector128.Shuffle(Vector128.Load(text), Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 16))
            .AsUInt16().WithElement(7, *(ushort*)(text + 16)).AsByte();
        var high = Vector128.Shuffle(Vector128.Load(text + 20), Vector128.Create((byte)16, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
            .WithElement(0, text[19]);
        var dashes = (text[8] ^ '-') | (text[13] ^ '-') | (text[18] ^ '-') | (text[23] ^ '-');
        var first = Digits(low, out var lowIsHex);
        var second = Digits(high, out var highIsHex);
        if (dashes != 0 || (lowIsHex & highIsHex) != Vector128<byte>.AllBitsSet)
        {
            return false;
        }

        var bytes = Vector128.Narrow(Pairs(first), Pairs(second)).AsUInt64();
        target[0] = BinaryPrimitives.ReverseEndianness(bytes.GetElement(1));
        target[1] = BinaryPrimitives.ReverseEndianness(bytes.GetElement(0)) ^ (1UL << 63);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Digits(Vector128<byte> text, out Vector128<byte> isHex)
    {
        var digits = text - Vector128.Create((byte)'0');
        var letters = (text | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a');
        var isDigit = Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9));
        isHex = isDigit | Vector128.LessThanOrEqual(letters, Vector128.Create((byte)5));
        return Vector128.ConditionalSelect(isDigit, digits, letters + Vector128.Create((byte)10));
    }

    /// <summary>Two digits to one byte, which stands in the low half of its 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Pairs(Vector128<byte> digits)
    {
        var pairs = digits.AsUInt16();
        return ((pairs << 4) | (pairs >> 8)) & Vector128.Create((ushort)0xFF);
    }
}
