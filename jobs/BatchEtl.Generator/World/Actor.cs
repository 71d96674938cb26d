namespace BatchEtl.Generator.World;

/// <summary>A device and who uses it: a function of the seed, the day it came and its number on that day.</summary>
internal readonly struct Actor
{
    private readonly ulong key;

    public Actor(ulong seed, int cohort, long number, bool bot)
    {
        key = Draw.Of(seed ^ 0xAC7025, (ulong)(uint)cohort, (ulong)number);
        var draw = Draw.At(key, 2);
        Country = Vocabulary.Country(draw);
        Platform = bot ? (byte)3 : (draw >> 8 & 255) switch { < 104 => (byte)0, < 186 => (byte)1, _ => (byte)2 };
        AppVersion = (byte)(draw >> 16 & 3);
        Consent = (draw >> 18 & 15) != 0;
        User = !bot && (draw >> 24 & 255) < 120 ? (int)(10_000_000 + Draw.Below(Draw.At(key, 3), 89_999_999)) : 0;
    }

    public UuidBits Device => new(Draw.At(key, 0), Draw.At(key, 1));

    /// <summary>The number of the account, 0 for who has none.</summary>
    public int User { get; }

    public byte Country { get; }

    public byte Platform { get; }

    public byte AppVersion { get; }

    public bool Consent { get; }
}
