using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BatchEtl.Avro.Codecs;

/// <summary>The CRC-32 of zlib (polynomial EDB88320, reflected).</summary>
internal static unsafe class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Of(byte* data, long length)
    {
        var crc = uint.MaxValue;
        if (Pclmulqdq.IsSupported && Sse2.IsSupported && length >= 64)
        {
            var whole = length & ~15L;
            crc = Folded(crc, data, whole);
            data += whole;
            length -= whole;
        }

        return ~ByTable(crc, data, length);
    }

    /// <summary>Eight bytes at a time through eight tables.</summary>
    internal static uint ByTable(uint crc, byte* data, long length)
    {
        fixed (uint* table = Table)
        {
            for (; length >= 8; length -= 8, data += 8)
            {
                var low = *(uint*)data ^ crc;
                var high = *(uint*)(data + 4);
                crc = table[(7 * 256) + (byte)low] ^ table[(6 * 256) + (byte)(low >> 8)]
                    ^ table[(5 * 256) + (byte)(low >> 16)] ^ table[(4 * 256) + (low >> 24)]
                    ^ table[(3 * 256) + (byte)high] ^ table[(2 * 256) + (byte)(high >> 8)]
                    ^ table[256 + (byte)(high >> 16)] ^ table[high >> 24];
            }

            for (; length > 0; length--, data++)
            {
                crc = (crc >> 8) ^ table[(byte)(crc ^ *data)];
            }
        }

        return crc;
    }

    /// <summary>
    /// Folds 64 bytes at a time by carry-less multiplication (Gopal et al., "Fast CRC Computation for Generic
    /// Polynomials Using PCLMULQDQ"); a multiple of 16 bytes, at least 64.
    /// </summary>
    private static uint Folded(uint crc, byte* data, long length)
    {
        var by64 = Vector128.Create(0x154442bd4UL, 0x1c6e41596UL);
        var by16 = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
        var a = Vector128.Load((ulong*)data) ^ Vector128.Create(crc, 0u, 0u, 0u).AsUInt64();
        var b = Vector128.Load((ulong*)(data + 16));
        var c = Vector128.Load((ulong*)(data + 32));
        var d = Vector128.Load((ulong*)(data + 48));
        data += 64;
        for (length -= 64; length >= 64; length -= 64, data += 64)
        {
            a = Fold(a, by64) ^ Vector128.Load((ulong*)data);
            b = Fold(b, by64) ^ Vector128.Load((ulong*)(data + 16));
            c = Fold(c, by64) ^ Vector128.Load((ulong*)(data + 32));
            d = Fold(d, by64) ^ Vector128.Load((ulong*)(data + 48));
        }

        a = Fold(a, by16) ^ b;
        a = Fold(a, by16) ^ c;
        a = Fold(a, by16) ^ d;
        for (; length >= 16; length -= 16, data += 16)
        {
            a = Fold(a, by16) ^ Vector128.Load((ulong*)data);
        }

        // The 16 bytes that are left have the same remainder as all that was folded into them.
        return ByTable(0, (byte*)&a, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            }

            table[i] = value;
        }

        for (var i = 256; i < table.Length; i++)
        {
            table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        }

        return table;
    }
}
