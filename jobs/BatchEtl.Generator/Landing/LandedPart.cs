using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Landing;

/// <summary>
/// The records of one file, in order of arrival. Filled anew for each file; its memory is one file's, about 60 bytes a
/// record.
/// </summary>
internal sealed class LandedPart(LandingPlan plan)
{
    private LandedEvent[] events = [];
    private ulong[] order = [];
    private Session[] sessions = new Session[1024];
    private int sessionCount;
    private int room;
    private int hour;

    /// <summary>Records of the file.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<Session> Sessions => sessions.AsSpan(0, sessionCount);

    /// <summary>The n-th record by arrival.</summary>
    public ref readonly LandedEvent this[int n] => ref events[(uint)order[n]];

    /// <summary>When the n-th record landed, in milliseconds after the start of its hour.</summary>
    public int LandedAt(int n) => (int)(order[n] >> 32);

    /// <summary>Collects exactly the records of a part: first what earlier hours left over, then what starts in this one.</summary>
    public void Fill(int hourIndex, int part)
    {
        hour = hourIndex;
        var landing = plan.Hours[hour];
        room = landing.RecordsOf(part);
        Count = 0;
        sessionCount = 0;
        if (events.Length < room)
        {
            events = new LandedEvent[room];
            order = new ulong[room];
        }

        for (var lag = SessionScript.Reach(SessionKind.Long); lag >= 0; lag--)
        {
            Collect(hour - lag, SessionKind.Long, 0, part, landing.Parts);
        }

        for (var i = 0; i < SessionMix.Lags.Length; i++)
        {
            Collect(hour - SessionMix.Lags[i], SessionKind.Offline, i, part, landing.Parts);
        }

        for (var lag = 1; lag >= 0; lag--)
        {
            Collect(hour - lag, SessionKind.Bot, 0, part, landing.Parts);
            Collect(hour - lag, SessionKind.Regular, 0, part, landing.Parts);
        }

        TopUp(part);
        Array.Sort(order, 0, Count);
    }

    private void Collect(int from, SessionKind kind, int lagIndex, int part, int parts)
    {
        if (from < 0)
        {
            return;
        }

        var sessionsThere = plan.SessionsOf(from, kind, lagIndex);
        var copiesElsewhere = kind == SessionKind.Regular && parts > 1;
        if (copiesElsewhere)
        {
            // Re-deliveries go through another collector: the neighbour's sessions, their copies only. First, for what
            // comes last is cut when there is more than the file may hold.
            var neighbour = (part + 1) % parts;
            Range(from, kind, lagIndex, sessionsThere * neighbour / parts, sessionsThere * (neighbour + 1) / parts, Copies.Only);
        }

        Range(from, kind, lagIndex, sessionsThere * part / parts, sessionsThere * (part + 1) / parts, copiesElsewhere ? Copies.None : Copies.All);
    }

    private void Range(int from, SessionKind kind, int lagIndex, long first, long end, Copies copies)
    {
        const int Stride = SessionScript.RetryingStride;
        var retrying = plan.FirstRetrying(from);
        var step = copies == Copies.Only ? Stride : 1;
        first += copies == Copies.Only ? (((retrying - first) % Stride) + Stride) % Stride : 0;
        var startMs = plan.Hours[from].StartMs;
        for (var index = first; index < end && room > Count; index += step)
        {
            Play(plan.KeyOf(from, kind, lagIndex, index), kind, from, startMs, kind == SessionKind.Regular && index % Stride == retrying, copies);
        }
    }

    // Short sessions of an index space of their own; what would land in the next hour is lost with the page that was closed.
    private void TopUp(int part)
    {
        for (var index = 0L; room > Count; index++)
        {
            var key = Draw.Of(plan.Seed ^ 0x709, ((ulong)hour << 20) + (ulong)part, (ulong)index);
            Play(key, SessionKind.Regular, hour, plan.Hours[hour].StartMs, retrying: false, Copies.All);
        }
    }

    private void Play(ulong key, SessionKind kind, int from, long fromMs, bool retrying, Copies copies)
    {
        var startMs = plan.Hours[hour].StartMs;
        var taken = new Taken(this, startMs, copies);
        var before = Count;
        plan.Script.Play(key, kind, fromMs, retrying, startMs, ref taken);
        if (Count == before)
        {
            return;
        }

        if (sessionCount == sessions.Length)
        {
            Array.Resize(ref sessions, sessions.Length * 2);
        }

        sessions[sessionCount++] = Session.Of(key, kind, plan.Hours[from].DayIndex, plan.Population);
    }

    private enum Copies
    {
        All,
        None,
        Only,
    }

    private readonly struct Taken(LandedPart part, long startMs, Copies copies) : IDeliveries
    {
        public void Add(in Delivery delivery)
        {
            var landed = delivery.LandedAt - startMs;
            if ((ulong)landed >= (ulong)SessionScript.HourMs
                || part.Count >= part.room
                || (copies == Copies.None && delivery.Again)
                || (copies == Copies.Only && !delivery.Again))
            {
                return;
            }

            part.order[part.Count] = ((ulong)landed << 32) | (uint)part.Count;
            part.events[part.Count++] = new LandedEvent
            {
                OccurredAt = delivery.OccurredAt,
                Session = part.sessionCount,
                Number = delivery.Number,
                Item = delivery.Item,
                Kind = delivery.Kind,
                Fault = delivery.Fault,
            };
        }
    }
}
