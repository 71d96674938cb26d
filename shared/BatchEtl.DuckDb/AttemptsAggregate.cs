using System.Numerics;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Columnar;

namespace BatchEtl.DuckDb;

/// <summary>
/// <c>furthest_attempts(steps BIGINT, time BIGINT, id, shapes VARCHAR)</c> over an actor's events: the steps that its attempts at
/// funnels reach, of each entry day those of the attempt that gets furthest, among equals of the earliest (A5). <c>shapes</c> says
/// what the funnels are (<see cref="FunnelShape"/>), the same in every row. <c>steps</c> has a bit for each step that the event fits,
/// those of the second funnel above those of the first, and from bit 48 on the number of its entry day. The result is a list of
/// <c>(place + day · steps of its funnel + step − 1) · 2^43 + milliseconds from entry</c>.
/// </summary>
internal sealed unsafe class AttemptsAggregate<T> : NativeAggregate
    where T : unmanaged, IPlaceId<T>
{
    private const int DayBit = 48;
    private const int TimeBits = 43;

    protected override void Add(nint chunk, int rows, State** states)
    {
        var codes = (long*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 0));
        var times = (long*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 1));
        var ids = (T*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 2));
        var shapes = (Utf8View*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 3));
        for (var row = 0; row < rows; row++)
        {
            var group = (Group*)states[row]->Block;
            if (group is null)
            {
                group = (Group*)Slab.Alloc(sizeof(Group));
                *group = new Group { Shapes = FunnelShape.Known(Utf8View.Bytes(shapes + row)) };
                states[row]->Block = group;
            }

            *group->Events.Next() = new ListedEvent<T>
            {
                Place = new EventPlace<T> { Time = times[row], Id = T.Own(ids + row) },
                Code = codes[row],
            };
        }
    }

    protected override void Merge(State* source, State* target) =>
        ((Group*)target->Block)->Events.Take(ref ((Group*)source->Block)->Events);

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        var events = new ListedEvent<T>[64];
        var fitting = new ListedEvent<T>[64];
        var attempts = new Attempts();
        var entries = (Native.ListEntry*)Native.duckdb_vector_get_data(result);
        var length = Native.duckdb_list_vector_get_size(result);
        for (var i = 0; i < count; i++)
        {
            var group = (Group*)states[i]->Block;
            attempts.Reached.Clear();
            if (group is not null)
            {
                var all = group->Events.Count;
                if (events.Length < all)
                {
                    (events, fitting) = (new ListedEvent<T>[all], new ListedEvent<T>[all]);
                }

                group->Events.CopyTo(events);
                var bits = 0;
                foreach (var funnel in FunnelShape.Of(group->Shapes))
                {
                    var own = fitting.AsSpan(0, Fitting(events.AsSpan(0, all), fitting, bits, funnel.Steps));
                    EventList<T>.Sort<ByLowestStep>(own);
                    attempts.Find(own, funnel);
                    bits += funnel.Steps;
                }
            }

            var found = CollectionsMarshal.AsSpan(attempts.Reached);
            _ = Native.duckdb_list_vector_reserve(result, length + (ulong)found.Length);
            found.CopyTo(new Span<long>((long*)Native.duckdb_vector_get_data(Native.duckdb_list_vector_get_child(result)) + length, found.Length));
            entries[offset + (ulong)i] = new Native.ListEntry { Offset = length, Length = (ulong)found.Length };
            length += (ulong)found.Length;
            _ = Native.duckdb_list_vector_set_size(result, length);
        }
    }

    /// <summary>The events that fit a step of one funnel, with its bits alone.</summary>
    private static int Fitting(ReadOnlySpan<ListedEvent<T>> events, Span<ListedEvent<T>> fitting, int bits, int steps)
    {
        var count = 0;
        foreach (ref readonly var listed in events)
        {
            if ((listed.Code >> bits & ((1L << steps) - 1)) is not 0 and var own)
            {
                fitting[count++] = listed with { Code = listed.Code >> DayBit << DayBit | own };
            }
        }

        return count;
    }

    protected override void Free(void* block)
    {
        ((Group*)block)->Events.Clear(freeIds: true);
        Slab.Free(block, sizeof(Group));
    }

    /// <summary>A5's order: time, the lowest step that the event fits, id.</summary>
    private readonly struct ByLowestStep : IEventOrder<T>
    {
        public static bool IsBefore(ListedEvent<T>* a, ListedEvent<T>* b)
        {
            if (a->Place.Time != b->Place.Time)
            {
                return a->Place.Time < b->Place.Time;
            }

            var (lowestOfA, lowestOfB) = (BitOperations.TrailingZeroCount(a->Code), BitOperations.TrailingZeroCount(b->Code));
            return lowestOfA != lowestOfB ? lowestOfA < lowestOfB : T.Compare(&a->Place.Id, &b->Place.Id) < 0;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Group
    {
        public EventList<T> Events;
        public int Shapes;
    }

    /// <summary>Goes through an actor's events from the last to the first; behind each, the first event that fits the next step is the best to go on with.</summary>
    private sealed class Attempts
    {
        /// <summary>No such event.</summary>
        private const long Never = long.MaxValue;

        /// <summary>[k, j]: when step j is reached by going on with the next event that fits step k.</summary>
        private long[] _chains = [];

        /// <summary>Entry day → times of the best attempt so far, as many as it reaches.</summary>
        private readonly SortedDictionary<long, long[]> _best = [];

        public List<long> Reached { get; } = [];

        public void Find(ReadOnlySpan<ListedEvent<T>> events, FunnelShape funnel)
        {
            var steps = funnel.Steps;
            if (_chains.Length < steps * steps)
            {
                _chains = new long[steps * steps];
            }

            Array.Fill(_chains, Never);
            _best.Clear();
            for (var i = events.Length - 1; i >= 0; i--)
            {
                Enter(events[i].Code, events[i].Place.Time, steps, funnel.Window);
            }

            foreach (var (day, times) in _best)
            {
                for (var step = 0; step < times.Length; step++)
                {
                    Reached.Add(((funnel.Place + day * steps + step) << TimeBits) + (times[step] - times[0]) / 1000);
                }
            }
        }

        private void Enter(long code, long time, int steps, long window)
        {
            // A step's chain goes on with the next step's as it is behind this event, so the lower step comes first.
            for (var k = 0; k < steps; k++)
            {
                if ((code >> k & 1) == 0)
                {
                    continue;
                }

                var chain = _chains.AsSpan(k * steps, steps);
                chain[k] = time;
                if (k + 1 < steps)
                {
                    _chains.AsSpan((k + 1) * steps + k + 1, steps - k - 1).CopyTo(chain[(k + 1)..]);
                }

                if (k == 0)
                {
                    var reached = 1;
                    while (reached < steps && chain[reached] != Never && chain[reached] - time <= window)
                    {
                        reached++;
                    }

                    // Going backwards, an attempt that gets as far is earlier.
                    var day = code >> DayBit;
                    if (!_best.TryGetValue(day, out var best) || best.Length <= reached)
                    {
                        _best[day] = chain[..reached].ToArray();
                    }
                }
            }
        }
    }
}
