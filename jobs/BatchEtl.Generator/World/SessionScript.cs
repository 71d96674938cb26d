namespace BatchEtl.Generator.World;

/// <summary>Plays a session: which events, when, and when each of them lands.</summary>
internal sealed class SessionScript(double duplicateShare, double rejectShare)
{
    public const long HourMs = 3_600_000;

    /// <summary>One regular session in so many may re-deliver, counted from one that each hour draws.</summary>
    public const int RetryingStride = 16;

    /// <summary>How many hours after its first hour each kind may still land, offline ones aside.</summary>
    public static int Reach(SessionKind kind) => kind switch { SessionKind.Long => 6, SessionKind.Offline => 0, _ => 1 };

    // Regular: cut so that its last re-delivery lands before the hour after the next.
    private const int RegularLengthMs = 44 * 60_000;
    private const int LongLengthMs = 5 * 3_600_000;

    private static readonly int[] Lengths = Quantiles.Exponential(14.5, 1, 120);
    private static readonly int[] LongLengths = Quantiles.Exponential(60, 20, 240);
    private static readonly int[] GapsMs = Quantiles.LogNormal(19_000, 1.2, 300, 25 * 60_000);
    private static readonly int[] LongGapsMs = Quantiles.LogNormal(140_000, 1.1, 2_000, 29 * 60_000);
    private static readonly int[] BotGapsMs = Quantiles.LogNormal(2_000, 0.4, 200, 60_000);

    private static readonly byte[] Opening = Vocabulary.Spread(255, 58, 14, 26, 0, 0, 0, 1, 1);

    // From each event (row) to the next (column), in the order of EventKind.
    private static readonly byte[][] Next =
    [
        Vocabulary.Spread(255, 16, 26, 48, 0, 0, 0, 3, 7),
        Vocabulary.Spread(255, 10, 20, 70, 0, 0, 0, 0, 0),
        Vocabulary.Spread(255, 14, 18, 47, 11, 0, 0, 0, 10),
        Vocabulary.Spread(255, 5, 12, 38, 5, 40, 0, 0, 0),
        Vocabulary.Spread(255, 16, 4, 18, 2, 2, 58, 0, 0),
        Vocabulary.Spread(255, 62, 6, 28, 0, 0, 0, 0, 4),
        Vocabulary.Spread(255, 62, 4, 6, 0, 0, 0, 28, 0),
        Vocabulary.Spread(255, 18, 6, 34, 2, 0, 0, 0, 40),
    ];

    private readonly uint faultBelow = (uint)(rejectShare / 0.93 * uint.MaxValue);

    // Regular sessions hold about 93 % of the records, so that one in sixteen of them holds about 5.8 %.
    private readonly uint againBelow = (uint)(Math.Min(1, duplicateShare * RetryingStride / 0.93) * uint.MaxValue);

    /// <summary>Plays a session that starts in an hour.</summary>
    /// <param name="key">Names the session; all its draws follow from it.</param>
    /// <param name="hourMs">The start of the hour, milliseconds since 1970.</param>
    /// <param name="retrying">Whether the session may re-deliver.</param>
    /// <param name="syncMs">For offline sessions the start of the hour in which they land.</param>
    public void Play<T>(ulong key, SessionKind kind, long hourMs, bool retrying, long syncMs, ref T deliveries)
        where T : struct, IDeliveries, allows ref struct
    {
        var opening = Draw.At(key, 0);
        var startMs = hourMs + Draw.Below(opening << 32, HourMs);
        var mayFail = kind == SessionKind.Regular;
        var (gaps, cutMs, count) = Shape(kind, opening);
        var landsAtOnceMs = kind == SessionKind.Offline ? syncMs + Draw.Below(Draw.At(key, 3), HourMs - 20_000) : 0;
        var name = (EventKind)Opening[(int)(opening >> 32 & 255)];
        var item = Item.Popular(opening >> 40);
        var elapsedMs = 0;
        for (var k = 0; k < count; k++)
        {
            var draw = Draw.At(key, 16 + k);
            if (k > 0)
            {
                elapsedMs += gaps[(int)(draw & (Quantiles.Count - 1))];
                if (elapsedMs > cutMs)
                {
                    return;
                }

                name = (EventKind)Next[(int)name][(int)(draw >> 12 & 255)];
            }

            if (kind == SessionKind.Bot && name is >= EventKind.AddToCart)
            {
                name = EventKind.ItemView;
            }

            if (name is EventKind.ItemView or EventKind.ItemListed)
            {
                item = Item.Popular(draw >> 20);
            }

            var occurredMs = startMs + elapsedMs;
            var patience = (int)(draw >> 40 & 0xFFF);
            var landedMs = occurredMs + 150 + ((long)patience * patience >> 10);
            if (kind == SessionKind.Offline)
            {
                landedMs = Math.Min(Math.Max(landedMs, landsAtOnceMs + (patience >> 1)), syncMs + HourMs - 1);
            }

            var occurred = (occurredMs * 1000) + (long)((draw >> 52) % 1000);
            var noise = mayFail ? Draw.Mix(draw ^ key) : 0;
            var fault = mayFail && (uint)noise < faultBelow ? (Fault)(1 + (noise >> 32) % 7) : Fault.None;
            deliveries.Add(new Delivery(occurred, landedMs, k, item, name, fault, Again: false));
            if (retrying && fault == Fault.None && (uint)(noise >> 32) < againBelow)
            {
                deliveries.Add(Again(occurred, landedMs, k, item, name, Draw.Mix(noise)));
            }
        }
    }

    private static (int[] GapsMs, int CutMs, int Count) Shape(SessionKind kind, ulong opening)
    {
        var length = (int)(opening >> 52);
        var bounces = (opening >> 48 & 15) < 3;
        return kind switch
        {
            SessionKind.Long => (LongGapsMs, LongLengthMs, LongLengths[length]),
            SessionKind.Bot => (BotGapsMs, RegularLengthMs, Lengths[length]),
            _ => (GapsMs, RegularLengthMs, bounces ? 1 : Lengths[length]),
        };
    }

    // Most copies are identical; some were stamped anew when sent again, a few by a clock that was an hour behind.
    private static Delivery Again(long occurred, long landedMs, int number, int item, EventKind name, ulong draw)
    {
        var laterMs = 500 + Draw.Below(draw << 20, 10 * 60_000);
        var restamped = (draw & 63) switch
        {
            0 => occurred - (65 * 60_000_000L),
            < 8 => occurred + (laterMs * 1000),
            _ => occurred,
        };
        return new Delivery(restamped, landedMs + laterMs, number, item, name, Fault.None, Again: true);
    }
}
