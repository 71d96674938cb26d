using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.Days;

/// <summary>A session with its events in order.</summary>
internal sealed record Session(string ActorId, IReadOnlyList<MappedRecord> Events, bool IsContinuation)
{
    public long Start => Events[0].OccurredAt;

    public long End => Events[^1].OccurredAt;

    /// <summary>S4.</summary>
    public long Id { get; } = IdOf(ActorId, Events[0].OccurredAt, Events[0].EventId);

    public static long IdOf(string actorId, long start, string firstEventId)
    {
        var text = actorId + "\u001F" + start.ToString(CultureInfo.InvariantCulture) + "\u001F" + firstEventId;
#pragma warning disable CA5351 // The contract names MD5; nothing is protected by it.
        return BinaryPrimitives.ReadInt64BigEndian(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }
}

internal static class SessionChains
{
    /// <summary>sessions(D) from the events of [start(D) − gap, end(D) + carry_over) (S1, S2, S3).</summary>
    public static List<Session> Of(Span day, long gap, long carryOver, IEnumerable<MappedRecord> events)
    {
        var sessions = new List<Session>();
        foreach (var actor in events.Where(e => new Span(day.Start - gap, day.End + carryOver).Contains(e.OccurredAt)).GroupBy(e => e.ActorId))
        {
            // S1: the chain.
            var chain = actor
                .OrderBy(e => e.OccurredAt)
                .ThenBy(e => e.EventId, Comparer<string>.Create(ValueOrder.CompareText))
                .ToList();

            // The session of D that is open, or null: an earlier day's session is, or none.
            List<MappedRecord>? open = null;
            var continuation = false;
            for (var i = 0; i < chain.Count; i++)
            {
                var e = chain[i];
                if (e.OccurredAt < day.Start)
                {
                    continue;
                }

                var afterGap = i == 0 || e.OccurredAt - chain[i - 1].OccurredAt > gap;
                // What runs on from before D began on D−1 and is cut at end(D−1) + carry_over.
                var afterCut = open is null && e.OccurredAt >= day.Start + carryOver;
                if (afterGap || afterCut)
                {
                    Close();
                    if (e.OccurredAt >= day.End)
                    {
                        break;
                    }

                    (open, continuation) = ([], !afterGap);
                }

                open?.Add(e);
            }

            Close();

            void Close()
            {
                if (open is not null)
                {
                    sessions.Add(new Session(actor.Key, open, continuation));
                }

                open = null;
            }
        }

        return sessions;
    }
}
