using System.Runtime.InteropServices;
using System.Text;

namespace BatchEtl.DuckDb;

/// <summary>
/// <c>text_in_order(code INTEGER, time BIGINT, id, limit INTEGER)</c>: the characters with these code points in the order of
/// (time, id), the first <c>limit</c> of them. The limit is the same in every row.
/// </summary>
internal sealed unsafe class SequenceAggregate<T> : NativeAggregate
    where T : unmanaged, IPlaceId<T>
{
    protected override void Add(nint chunk, int rows, State** states)
    {
        var codes = (int*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 0));
        var times = (long*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 1));
        var ids = (T*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 2));
        var limits = (int*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 3));
        for (var row = 0; row < rows; row++)
        {
            var group = (Group*)states[row]->Block;
            if (group is null)
            {
                group = (Group*)Slab.Alloc(sizeof(Group));
                *group = new Group { Limit = limits[row] };
                states[row]->Block = group;
            }

            *group->Steps.Next() = new ListedEvent<T>
            {
                Place = new EventPlace<T> { Time = times[row], Id = T.Own(ids + row) },
                Code = codes[row],
            };
            group->Shorten();
        }
    }

    protected override void Merge(State* source, State* target)
    {
        ((Group*)target->Block)->Steps.Take(ref ((Group*)source->Block)->Steps);
        ((Group*)target->Block)->Shorten();
    }

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        var text = new byte[4 * 1024];
        var steps = new ListedEvent<T>[64];
        for (var i = 0; i < count; i++)
        {
            var group = (Group*)states[i]->Block;
            var length = 0;
            if (group is not null)
            {
                var all = group->Steps.Count;
                if (steps.Length < all)
                {
                    steps = new ListedEvent<T>[all];
                }

                var shown = Math.Min(all, group->Limit);
                if (text.Length < shown * 4)
                {
                    text = new byte[shown * 4];
                }

                group->Steps.CopyTo(steps);
                EventList<T>.Sort<ByPlace>(steps.AsSpan(0, all));
                foreach (var step in steps.AsSpan(0, shown))
                {
                    length += new Rune((int)step.Code).EncodeToUtf8(text.AsSpan(length));
                }
            }

            fixed (byte* start = text)
            {
                Native.duckdb_vector_assign_string_element_len(result, offset + (ulong)i, start, (ulong)length);
            }
        }
    }

    protected override void Free(void* block)
    {
        ((Group*)block)->Steps.Clear(freeIds: true);
        Slab.Free(block, sizeof(Group));
    }

    private readonly struct ByPlace : IEventOrder<T>
    {
        public static bool IsBefore(ListedEvent<T>* a, ListedEvent<T>* b) => EventPlace<T>.IsBefore(a->Place.Time, &a->Place.Id, &b->Place);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Group
    {
        public EventList<T> Steps;
        public int Limit;

        /// <summary>Keeps twice the limit at most: an actor with a million events costs no more than one with some thousands.</summary>
        public void Shorten()
        {
            if (Steps.Count < (long)Limit * 2 + 1024)
            {
                return;
            }

            var steps = new ListedEvent<T>[Steps.Count];
            Steps.CopyTo(steps);
            EventList<T>.Sort<ByPlace>(steps);
            Steps.Clear(freeIds: false);
            foreach (ref var step in steps.AsSpan(0, Limit))
            {
                *Steps.Next() = step;
            }

            fixed (ListedEvent<T>* step = steps)
            {
                for (var i = Limit; i < steps.Length; i++)
                {
                    T.Free(&step[i].Place.Id);
                }
            }
        }
    }
}
