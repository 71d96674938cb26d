using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace BatchEtl.Avro.Decoding;

/// <summary>A variable-length integer as it stands, before its zigzag is undone.</summary>
internal unsafe struct RawVarInt
{
    public ulong Value;

    /// <summary>The byte behind it; null when it is longer than 10 bytes or holds bits over 64.</summary>
    public byte* Next;
}

/// <summary>
/// Avro's integers. The functions read at most 10 bytes from the first one on without asking where the data ends:
/// buffers are padded, and the caller compares the returned position with the end.
/// </summary>
internal static unsafe class VarInt
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ZigZag(ulong raw) => (long)(raw >> 1) ^ -(long)(raw & 1);

    /// <summary>Any legal integer, padded ("overlong") forms included.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RawVarInt Read(byte* p)
    {
        if (Bmi2.X64.IsSupported)
        {
            var word = *(ulong*)p;
            var stops = ~word & 0x8080808080808080;
            if (stops != 0)
            {
                // All bits below and with the first byte that has no continuation bit.
                var mask = stops ^ (stops - 1);
                RawVarInt fast;
                fast.Value = Bmi2.X64.ParallelBitExtract(word & mask, 0x7F7F7F7F7F7F7F7F);
                fast.Next = p + (BitOperations.TrailingZeroCount(stops) >> 3) + 1;
                return fast;
            }
        }

        return Slow(p);
    }

    private static RawVarInt Slow(byte* p)
    {
        RawVarInt result;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = *p++;
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                result.Value = value;
                result.Next = p;
                return result;
            }
        }

        result.Value = 0;
        result.Next = null;
        return result;
    }

    /// <summary>A checked integer for code that is not hot.</summary>
    public static long Checked(ref byte* p, byte* end, string what)
    {
        var raw = Read(p);
        if (raw.Next == null || raw.Next > end)
        {
            Fail(p, raw.Next, what);
        }

        p = raw.Next;
        return ZigZag(raw.Value);
    }

    [DoesNotReturn]
    public static void Fail(byte* p, byte* next, string what) => throw new MalformedDataException(
        (nint)p, what, next == null ? "an integer of more than 64 bits" : "the block's end");
}
