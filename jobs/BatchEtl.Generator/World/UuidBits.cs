namespace BatchEtl.Generator.World;

/// <summary>A version 4 UUID made of two random numbers.</summary>
internal readonly struct UuidBits(ulong high, ulong low)
{
    private static readonly ushort[] Lower = Pairs("0123456789abcdef");
    private static readonly ushort[] Upper = Pairs("0123456789ABCDEF");

    public const int TextLength = 36;

    /// <summary>Writes the 8-4-4-4-12 text, in capitals as some phones do or in small letters.</summary>
    public void Write(Span<byte> text, bool capitals)
    {
        var pairs = capitals ? Upper : Lower;
        var h = (high & 0xFFFFFFFFFFFF0FFF) | 0x4000;
        var l = (low & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
        text = text[..TextLength];
        Put(text, 0, pairs[(byte)(h >> 56)]);
        Put(text, 2, pairs[(byte)(h >> 48)]);
        Put(text, 4, pairs[(byte)(h >> 40)]);
        Put(text, 6, pairs[(byte)(h >> 32)]);
        text[8] = (byte)'-';
        Put(text, 9, pairs[(byte)(h >> 24)]);
        Put(text, 11, pairs[(byte)(h >> 16)]);
        text[13] = (byte)'-';
        Put(text, 14, pairs[(byte)(h >> 8)]);
        Put(text, 16, pairs[(byte)h]);
        text[18] = (byte)'-';
        Put(text, 19, pairs[(byte)(l >> 56)]);
        Put(text, 21, pairs[(byte)(l >> 48)]);
        text[23] = (byte)'-';
        Put(text, 24, pairs[(byte)(l >> 40)]);
        Put(text, 26, pairs[(byte)(l >> 32)]);
        Put(text, 28, pairs[(byte)(l >> 24)]);
        Put(text, 30, pairs[(byte)(l >> 16)]);
        Put(text, 32, pairs[(byte)(l >> 8)]);
        Put(text, 34, pairs[(byte)l]);
    }

    private static void Put(Span<byte> text, int at, ushort pair)
    {
        text[at] = (byte)pair;
        text[at + 1] = (byte)(pair >> 8);
    }

    private static ushort[] Pairs(string digits) =>
        [.. Enumerable.Range(0, 256).Select(b => (ushort)(digits[b >> 4] | (digits[b & 15] << 8)))];
}
