namespace BatchEtl.Generator.World;

/// <summary>What is for sale: category and price are functions of the number. Low numbers are popular.</summary>
internal static class Item
{
    private static readonly int[] Cents = Quantiles.LogNormal(1890, 1.05, 99, 240_000);

    public static int Popular(ulong twentyBits)
    {
        var x = twentyBits & 0xFFFFF;
        return (int)((x * x) >> 14);
    }

    public static byte Category(int item) => Vocabulary.Category(Draw.Mix((ulong)item + 77));

    /// <summary>The price in euro cents; people like prices that end in 00, 50 and 99.</summary>
    public static int PriceInCents(int item)
    {
        var draw = Draw.Mix((ulong)item + 4711);
        var cents = Cents[(int)(draw & (Quantiles.Count - 1))];
        return ((draw >> 20) & 7) switch
        {
            0 or 1 or 2 => Math.Max(100, cents / 100 * 100),
            3 or 4 => (cents / 100 * 100) + 99,
            5 => (cents / 100 * 100) + 50,
            _ => cents,
        };
    }
}
