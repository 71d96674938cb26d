namespace BatchEtl.Generator.World;

/// <summary>Distributions as tables of equally likely values, so that a draw costs one look-up.</summary>
internal static class Quantiles
{
    public const int Count = 4096;

    /// <summary>exp(N(ln median, sigma)), cut at a bound.</summary>
    public static int[] LogNormal(double median, double sigma, int least, int most) =>
        Table(u => median * Math.Exp(sigma * Normal(u)), least, most);

    /// <summary>Exponential with a mean, cut at a bound.</summary>
    public static int[] Exponential(double mean, int least, int most) => Table(u => -mean * Math.Log(1 - u), least, most);

    /// <summary>The values 1 … weights.Count, as likely as their weights.</summary>
    public static int[] Weighted(IReadOnlyList<double> weights)
    {
        var shares = TrafficCurve.Apportion(Count, weights);
        return [.. shares.SelectMany((share, i) => Enumerable.Repeat(i + 1, (int)share))];
    }

    private static int[] Table(Func<double, double> inverse, int least, int most)
    {
        var table = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            table[i] = (int)Math.Clamp(Math.Round(inverse((i + 0.5) / Count)), least, most);
        }

        return table;
    }

    // The logistic fit: its probabilities are off by less than 0.01, which traffic does not notice.
    private static double Normal(double u) => Math.Log(u / (1 - u)) / 1.702;
}
