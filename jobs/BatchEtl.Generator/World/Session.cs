namespace BatchEtl.Generator.World;

/// <summary>The facts that hold for all events of a session.</summary>
internal readonly struct Session
{
    public required ulong Key { get; init; }

    public required Actor Actor { get; init; }

    public required byte Country { get; init; }

    public required byte Source { get; init; }

    /// <summary>The first event that carries the user, past the last of a session without a login.</summary>
    public required int LoginAt { get; init; }

    public UuidBits EventId(int number) => new(Draw.At(Key, 1000 + (2 * number)), Draw.At(Key, 1001 + (2 * number)));

    /// <summary>The session of a key that starts on a day.</summary>
    public static Session Of(ulong key, SessionKind kind, int dayIndex, Population population)
    {
        var actor = kind == SessionKind.Bot
            ? population.Bot(dayIndex, Draw.At(key, 1))
            : population.OfSession(dayIndex, Draw.At(key, 1));
        var draw = Draw.At(key, 2);
        var travels = (draw & 127) == 0;
        return new Session
        {
            Key = key,
            Actor = actor,
            Country = travels ? Vocabulary.Country(draw >> 8) : actor.Country,
            Source = kind == SessionKind.Bot ? (byte)0 : Vocabulary.Source(draw >> 16),
            LoginAt = actor.User == 0 || (draw >> 24 & 7) == 0 ? int.MaxValue : (draw >> 27 & 3) == 0 ? (int)(draw >> 29 & 3) + 1 : 0,
        };
    }
}
