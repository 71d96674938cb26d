using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>
/// A blocked Bloom filter over hashes: a key's bits lie in one 64-byte line. Says true for a key that was asked about
/// before, and now and then (about 1 in 200 at 16 bits a key) for another. Many threads may ask at once.
/// </summary>
internal sealed unsafe class SeenFilter : IDisposable
{
    private const int LineWords = 8;
    private readonly ulong* _lines;
    private readonly ulong _lineMask;

    /// <param name="expectedKeys">How many keys will be asked about; sizes the filter at 16–32 bits a key.</param>
    public SeenFilter(long expectedKeys)
    {
        var lines = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, expectedKeys / (LineWords * 64 / 16)));
        Bytes = lines * LineWords * sizeof(ulong);
        _lines = (ulong*)NativeMemory.AlignedAlloc((nuint)Bytes, 64);
        NativeMemory.Clear(_lines, (nuint)Bytes);
        _lineMask = (ulong)lines - 1;
    }

    /// <summary>Bytes of native memory.</summary>
    public long Bytes { get; }

    /// <summary>For each key whether it was there before; each is there afterwards.</summary>
    public void TestAndSet(ReadOnlySpan<ulong> keys, Span<byte> seen)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (i + 16 < keys.Length && System.Runtime.Intrinsics.X86.Sse.IsSupported)
            {
                System.Runtime.Intrinsics.X86.Sse.Prefetch0(Line(keys[i + 16]));
            }

            seen[i] = TestAndSet(keys[i]) ? (byte)1 : (byte)0;
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_lines);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* Line(ulong key) => _lines + ((key >> 20) & _lineMask) * LineWords;

    private bool TestAndSet(ulong key)
    {
        var line = Line(key);
        var mixed = key * 0x9E3779B97F4A7C15;
        var known = true;

        // Three bits in each of two words: as selective as six bits in the line and half the memory traffic.
        for (var half = 0; half < 2; half++)
        {
            var part = mixed >> (half * 24 + 8);
            var word = line + ((part >> 18) & (LineWords - 1));
            var bits = (1UL << (int)(part & 63)) | (1UL << (int)((part >> 6) & 63)) | (1UL << (int)((part >> 12) & 63));
            known &= (Interlocked.Or(ref *word, bits) & bits) == bits;
        }

        return known;
    }
}
