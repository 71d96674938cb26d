using BatchEtl.Reference.Days;

namespace BatchEtl.Reference.RandomCases;

/// <summary>Random activity: bursts with gaps at the limits, chains over midnight and over the cut, duplicates around the horizon.</summary>
internal sealed class RandomDrafts(
    Random random, IReadOnlyList<Span> days, long gap, long carryOver, long horizon, long grain, int names)
{
    private const long Hour = 3_600_000_000;

    private readonly int _actors = 3 + random.Next(15);
    private readonly string?[] _branches = [null, "", .. RandomSchema.Branches, .. RandomSchema.Branches];
    private long _ids;

    /// <param name="content">Draws the values of dimensions, measures and user.</param>
    public List<Draft> Draw(Func<object?[]> content)
    {
        var wanted = random.Next(4) == 0 ? random.Next(1000, 3000) : random.Next(200, 700);
        var drafts = new List<Draft>();
        while (drafts.Count < wanted)
        {
            var actor = random.Next(_actors);
            var (time, count) = Burst();
            for (var i = 0; i < count && drafts.Count < wanted; i++)
            {
                var draft = new Draft(_ids++, random.Next(names), Grained(time), actor, _branches[random.Next(_branches.Length)]) { Content = content() };
                drafts.Add(draft);
                time += Step();
                for (var again = random.Next(8) == 0 ? 1 + random.Next(3) : 0; again > 0; again--)
                {
                    drafts.Add(Again(draft, content));
                }
            }
        }

        var shuffled = drafts.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    private (long Time, int Count) Burst()
    {
        var day = days[random.Next(days.Count)];
        return random.Next(10) switch
        {
            // Over midnight and on.
            0 or 1 => (day.End - gap - random.NextInt64(gap), 2 + random.Next(60)),
            // At the borders exactly.
            2 => (day.Start, 3),
            3 => (day.End + carryOver - random.Next(2), 3),
            // Around the cut.
            4 => (day.End + carryOver - (2 * gap), 6),
            // Before history, after the last day.
            5 => (days[0].Start - random.NextInt64(8 * Hour), 4),
            6 => (days[^1].End + random.NextInt64(carryOver + (4 * Hour)), 4),
            _ => (day.Start + random.NextInt64(day.End - day.Start), 1 + random.Next(12)),
        };
    }

    private long Step() => random.Next(10) switch
    {
        0 => gap,
        1 => gap + grain,
        2 => gap - grain,
        3 => 0,
        4 => grain,
        5 => random.NextInt64(2 * gap),
        _ => random.NextInt64(gap),
    };

    /// <summary>The same event_id once more: at the same time or around the horizon, with the same or other content.</summary>
    private Draft Again(Draft draft, Func<object?[]> content)
    {
        var later = random.Next(8) switch
        {
            0 or 1 or 2 => 0,
            3 => horizon,
            4 => horizon + grain,
            5 => grain,
            6 => random.NextInt64((2 * horizon) + 1),
            _ => random.NextInt64(20 * Hour),
        };
        var copy = draft with { Time = Grained(draft.Time + later) };
        return random.Next(3) switch
        {
            0 => copy,
            1 => copy with { Content = content() },
            _ => copy with { Actor = random.Next(_actors), Name = random.Next(names) },
        };
    }

    private long Grained(long time) => time - (((time % grain) + grain) % grain);
}
