namespace BatchEtl.Cli.Output;

/// <summary>Values as a row of small bars.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>A bar per value, from the least to the largest; a blank where there is none.</summary>
    public static string Of(IReadOnlyList<double?> values)
    {
        var (least, largest) = (values.Min(), values.Max());
        return string.Concat(values.Select(v => v is not { } n ? ' '
            : largest == least ? Bars[Bars.Length / 2]
            : Bars[(int)Math.Round((n - least!.Value) / (largest!.Value - least.Value) * (Bars.Length - 1))]));
    }
}
