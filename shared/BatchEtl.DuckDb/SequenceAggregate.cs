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

            *group->Next() = new Step
            {
                Place = new EventPlace<T> { Time = times[row], Id = T.Own(ids + row) },
                Code = codes[row],
            };
            group->Shorten();
        }
    }

    protected override void Merge(State* source, State* target)
    {
        ((Group*)target->Block)->Take((Group*)source->Block);
        ((Group*)target->Block)->Shorten();
    }

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        var text = new byte[4 * 1024];
        var steps = new Step[64];
        for (var i = 0; i < count; i++)
        {
            var group = (Group*)states[i]->Block;
            var length = 0;
            if (group is not null)
            {
                if (steps.Length < group->Count)
                {
                    steps = new Step[group->Count];
                }

                var shown = Math.Min(group->Count, group->Limit);
                if (text.Length < shown * 4)
                {
                    text = new byte[shown * 4];
                }

                group->CopyTo(steps);
                Sort(steps.AsSpan(0, group->Count));
                foreach (var step in steps.AsSpan(0, shown))
                {
                    length += new Rune(step.Code).EncodeToUtf8(text.AsSpan(length));
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
        ((Group*)block)->Clear(freeIds: true);
        Slab.Free(block, sizeof(Group));
    }

    private static void Sort(Span<Step> steps)
    {
        // Events come nearly in order: a few moves, or none.
        const int few = 64;
        if (steps.Length > few)
        {
            steps.Sort(static (a, b) => IsBefore(&a, &b) ? -1 : IsBefore(&b, &a) ? 1 : 0);
            return;
        }

        fixed (Step* step = steps)
        {
            for (var i = 1; i < steps.Length; i++)
            {
                if (!IsBefore(step + i, step + i - 1))
                {
                    continue;
                }

                var moving = step[i];
                var to = i;
                for (; to > 0 && IsBefore(&moving, step + to - 1); to--)
                {
                    step[to] = step[to - 1];
                }

                step[to] = moving;
            }
        }
    }

    private static bool IsBefore(Step* a, Step* b) => EventPlace<T>.IsBefore(a->Place.Time, &a->Place.Id, &b->Place);

    [StructLayout(LayoutKind.Sequential)]
    private struct Step
    {
        public EventPlace<T> Place;
        public int Code;
    }

    /// <summary>Some steps, in the order of their coming; the steps stand behind it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Node
    {
        public Node* Next;
        public int Count;
        public int Capacity;

        public static int Bytes(int capacity) => sizeof(Node) + capacity * sizeof(Step);

        public static Step* Steps(Node* node) => (Step*)(node + 1);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Group
    {
        private const int FirstCapacity = 4;
        private const int LargestCapacity = 64;
        private Node* _first;
        private Node* _last;
        public int Limit;
        public int Count;

        /// <summary>Room for one more step.</summary>
        public Step* Next()
        {
            if (_last is null || _last->Count == _last->Capacity)
            {
                var capacity = _last is null ? FirstCapacity : Math.Min(_last->Capacity * 2, LargestCapacity);
                var node = (Node*)Slab.Alloc(Node.Bytes(capacity));
                *node = new Node { Capacity = capacity };
                if (_last is null)
                {
                    _first = node;
                }
                else
                {
                    _last->Next = node;
                }

                _last = node;
            }

            Count++;
            return Node.Steps(_last) + _last->Count++;
        }

        /// <summary>Takes over the steps of another, which has none afterwards.</summary>
        public void Take(Group* other)
        {
            _last->Next = other->_first;
            _last = other->_last;
            Count += other->Count;
            *other = new Group { Limit = Limit };
        }

        public void CopyTo(Span<Step> steps)
        {
            for (var node = _first; node is not null; node = node->Next)
            {
                new ReadOnlySpan<Step>(Node.Steps(node), node->Count).CopyTo(steps);
                steps = steps[node->Count..];
            }
        }

        /// <summary>Keeps twice the limit at most: an actor with a million events costs no more than one with some thousands.</summary>
        public void Shorten()
        {
            if (Count < (long)Limit * 2 + 1024)
            {
                return;
            }

            var steps = new Step[Count];
            CopyTo(steps);
            Sort(steps);
            Clear(freeIds: false);
            foreach (ref var step in steps.AsSpan(0, Limit))
            {
                *Next() = step;
            }

            fixed (Step* step = steps)
            {
                for (var i = Limit; i < steps.Length; i++)
                {
                    T.Free(&step[i].Place.Id);
                }
            }
        }

        public void Clear(bool freeIds)
        {
            for (var node = _first; node is not null;)
            {
                for (var i = 0; freeIds && i < node->Count; i++)
                {
                    T.Free(&Node.Steps(node)[i].Place.Id);
                }

                var next = node->Next;
                Slab.Free(node, Node.Bytes(node->Capacity));
                node = next;
            }

            Count = 0;
            _first = _last = null;
        }
    }
}
