using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BatchEtl.Avro.Codecs;

/// <summary>Repeats what was written a little before: the heart of Lempel-Ziv decompression.</summary>
internal static unsafe class MatchCopy
{
    /// <summary>For each distance under 16 the places, modulo the distance, of 16 bytes.</summary>
    private static ReadOnlySpan<byte> Patterns =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
        0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
        0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
    ];

    /// <summary>Copies from <paramref name="distance"/> bytes before; may write 15 bytes behind the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* target, long distance, long length)
    {
        var end = target + length;
        if (distance >= 16)
        {
            var source = target - distance;
            do
            {
                Vector128.Load(source).Store(target);
                source += 16;
                target += 16;
            }
            while (target < end);
        }
        else
        {
            Repeat(target, (int)distance, end);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Repeat(byte* target, int distance, byte* end)
    {
        var places = Vector128.Load((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Patterns)) + (16 * distance));
        var pattern = Vector128.Shuffle(Vector128.Load(target - distance), places);
        var step = 16 - (16 % distance);
        do
        {
            pattern.Store(target);
            target += step;
        }
        while (target < end);
    }
}
