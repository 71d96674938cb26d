namespace BatchEtl.Avro.Codecs;

/// <summary>
/// Decodes one code of deflate by look-up: the low bits of the input index the main table, whose entry is a symbol or
/// leads to a second table for longer codes.
/// An entry: bits 0–4 the bits to drop, 5–7 the kind, 8–15 extra bits (of a link: the second table's bits), 16–31 a value.
/// </summary>
internal static unsafe class HuffmanTable
{
    public const uint Literal = 0 << 5;
    public const uint Base = 1 << 5;
    public const uint EndOfBlock = 2 << 5;
    public const uint Link = 3 << 5;
    public const uint Invalid = 4 << 5;
    public const uint KindMask = 7 << 5;

    private const int MaxBits = 15;

    /// <summary>Makes a table from code lengths; false when they are no code that zlib would read.</summary>
    /// <param name="symbols">For each symbol its entry without the bits to drop.</param>
    public static bool Build(uint* table, int capacity, int mainBits, ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> symbols, bool complete)
    {
        var counts = stackalloc int[MaxBits + 1];
        new Span<int>(counts, MaxBits + 1).Clear();
        var longest = 0;
        foreach (var length in lengths)
        {
            counts[length]++;
            longest = Math.Max(longest, length);
        }

        var free = 1;
        for (var bits = 1; bits <= MaxBits; bits++)
        {
            free = (free << 1) - counts[bits];
            if (free < 0)
            {
                return false;
            }
        }

        // Only a code of one symbol, or of none, may leave room.
        if (free > 0 && (complete || longest > 1))
        {
            return false;
        }

        new Span<uint>(table, 1 << mainBits).Fill(Invalid | 1);
        var codes = stackalloc int[MaxBits + 2];
        var code = 0;
        counts[0] = 0;
        for (var bits = 1; bits <= MaxBits; bits++)
        {
            code = (code + counts[bits - 1]) << 1;
            codes[bits] = code;
        }

        var used = 1 << mainBits;
        return Place(table, capacity, mainBits, lengths, symbols, codes, counts, ref used);
    }

    private static bool Place(uint* table, int capacity, int mainBits, ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> symbols,
        int* codes, int* counts, ref int used)
    {
        // Symbols in order of length, so that a second table is made by its shortest code and can count its longest.
        for (var bits = 1; bits <= MaxBits; bits++)
        {
            var left = counts[bits];
            for (var symbol = 0; left > 0 && symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] != bits)
                {
                    continue;
                }

                left--;
                counts[bits] = left;
                var reversed = Reverse(codes[bits]++, bits);
                if (bits <= mainBits)
                {
                    for (var i = reversed; i < 1 << mainBits; i += 1 << bits)
                    {
                        table[i] = symbols[symbol] | (uint)bits;
                    }

                    continue;
                }

                var slot = reversed & ((1 << mainBits) - 1);
                if ((table[slot] & KindMask) != Link)
                {
                    var more = bits - mainBits;
                    var room = (1 << more) - 1 - left;
                    while (room > 0 && mainBits + more < MaxBits)
                    {
                        more++;
                        room = (room << 1) - counts[mainBits + more];
                    }

                    if (used + (1 << more) > capacity)
                    {
                        return false;
                    }

                    table[slot] = Link | ((uint)used << 16) | ((uint)more << 8) | (uint)mainBits;
                    new Span<uint>(table + used, 1 << more).Fill(Invalid | 1);
                    used += 1 << more;
                }

                var second = table + (table[slot] >> 16);
                var secondBits = (int)(table[slot] >> 8) & 0xFF;
                for (var i = reversed >> mainBits; i < 1 << secondBits; i += 1 << (bits - mainBits))
                {
                    second[i] = symbols[symbol] | (uint)(bits - mainBits);
                }
            }
        }

        return true;
    }

    private static int Reverse(int code, int bits)
    {
        var reversed = 0;
        for (var i = 0; i < bits; i++)
        {
            reversed = (reversed << 1) | ((code >> i) & 1);
        }

        return reversed;
    }
}
