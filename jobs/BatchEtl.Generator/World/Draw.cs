namespace BatchEtl.Generator.World;

/// <summary>
/// Random numbers by counter: a number is a function of what it is drawn for, never of what was drawn before it,
/// so that any hour can be made alone and on any thread.
/// </summary>
internal static class Draw
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The finalizer of SplitMix64: a bijection whose output passes for random.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    public static ulong Of(ulong seed, ulong a, ulong b = 0) => Mix(Mix(Mix(seed + Golden) ^ a) + ((b + 1) * Golden));

    /// <summary>The n-th number of a stream.</summary>
    public static ulong At(ulong stream, int n) => Mix(stream + ((ulong)(n + 1) * Golden));

    /// <summary>A number from 0 to bound − 1.</summary>
    public static long Below(ulong draw, long bound) => (long)Math.BigMul(draw, (ulong)bound, out _);

    /// <summary>A number from 0 to under 1.</summary>
    public static double Unit(ulong draw) => (draw >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number whose expectation is the value.</summary>
    public static long Round(double value, ulong draw)
    {
        var floor = Math.Floor(value);
        return (long)floor + (Unit(draw) < value - floor ? 1 : 0);
    }
}
