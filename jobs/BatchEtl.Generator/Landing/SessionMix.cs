using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Landing;

/// <summary>How the sessions that start in an hour divide into kinds, and how many records each hour after it gets from them.</summary>
internal sealed class SessionMix
{
    private const double LongShare = 0.006;
    private const double BotShare = 0.03;

    // Hours after their first in which offline sessions land. The last four are more than three days later.
    private static readonly int[] OfflineLags = [.. Enumerable.Range(1, 48), 54, 60, 66, 71, 75, 84, 100, 120];

    private readonly double offlineShare;
    private readonly double[] offlineWeights;

    public SessionMix(SessionScript script, double lateShare, ulong seed)
    {
        offlineShare = lateShare;
        offlineWeights = [.. OfflineLags.Select(lag => lag > 72 ? 0.005 : 0.98 * Math.Pow(lag, -1.2) / 3.3)];
        RecordsAtLag = Expected(script, seed);
    }

    /// <summary>Lags of offline sessions; each is a kind with an index space of its own.</summary>
    public static ReadOnlySpan<int> Lags => OfflineLags;

    /// <summary>Records per session expected to land so many hours after the hour in which it starts.</summary>
    public IReadOnlyList<double> RecordsAtLag { get; }

    /// <summary>The share of a kind; for offline sessions of one lag, by its index.</summary>
    public double Share(SessionKind kind, int lagIndex) => kind switch
    {
        SessionKind.Long => LongShare,
        SessionKind.Bot => BotShare,
        SessionKind.Offline => offlineShare * offlineWeights[lagIndex],
        _ => 1 - LongShare - BotShare - (offlineShare * offlineWeights.Sum()),
    };

    // Measured on a sample of sessions played from hour 0: nothing to keep in step with the script.
    private double[] Expected(SessionScript script, ulong seed)
    {
        const int Sample = 8192;
        var expected = new double[OfflineLags[^1] + 1];
        foreach (var kind in (ReadOnlySpan<SessionKind>)[SessionKind.Regular, SessionKind.Long, SessionKind.Bot])
        {
            var counted = new LagCount(new long[SessionScript.Reach(SessionKind.Long) + 1]);
            for (var i = 0; i < Sample; i++)
            {
                script.Play(Draw.Of(seed, 0xE57, (ulong)i), kind, 0, kind == SessionKind.Regular && i % SessionScript.RetryingStride == 0, 0, ref counted);
            }

            for (var lag = 0; lag < counted.AtLag.Length; lag++)
            {
                expected[lag] += Share(kind, 0) * counted.AtLag[lag] / Sample;
            }

            if (kind == SessionKind.Regular)
            {
                var perSession = (double)counted.AtLag.Sum() / Sample;
                for (var i = 0; i < OfflineLags.Length; i++)
                {
                    expected[OfflineLags[i]] += Share(SessionKind.Offline, i) * perSession;
                }
            }
        }

        return expected;
    }

    private readonly struct LagCount(long[] atLag) : IDeliveries
    {
        public long[] AtLag => atLag;

        public void Add(in Delivery delivery) => atLag[Math.Min(delivery.LandedAt / SessionScript.HourMs, atLag.Length - 1)]++;
    }
}
