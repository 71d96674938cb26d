using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>An event in an aggregate's state.</summary>
/// <typeparam name="T">Form of its id.</typeparam>
[StructLayout(LayoutKind.Sequential)]
internal struct ListedEvent<T>
    where T : unmanaged, IPlaceId<T>
{
    public EventPlace<T> Place;

    /// <summary>What the aggregate wants to know of it.</summary>
    public long Code;
}

/// <summary>An order of events.</summary>
internal unsafe interface IEventOrder<T>
    where T : unmanaged, IPlaceId<T>
{
    static abstract bool IsBefore(ListedEvent<T>* a, ListedEvent<T>* b);
}

/// <summary>Events in the order of their coming, in memory of our own.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EventList<T>
    where T : unmanaged, IPlaceId<T>
{
    private const int FirstCapacity = 4;
    private const int LargestCapacity = 64;
    private Node* _first;
    private Node* _last;

    public int Count { get; private set; }

    /// <summary>Room for one more.</summary>
    public ListedEvent<T>* Next()
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
        return Node.Events(_last) + _last->Count++;
    }

    /// <summary>Takes over the events of another, which has none afterwards.</summary>
    public void Take(ref EventList<T> other)
    {
        if (_last is null)
        {
            this = other;
        }
        else if (other._first is not null)
        {
            _last->Next = other._first;
            _last = other._last;
            Count += other.Count;
        }

        other = default;
    }

    public readonly void CopyTo(Span<ListedEvent<T>> events)
    {
        for (var node = _first; node is not null; node = node->Next)
        {
            new ReadOnlySpan<ListedEvent<T>>(Node.Events(node), node->Count).CopyTo(events);
            events = events[node->Count..];
        }
    }

    public void Clear(bool freeIds)
    {
        for (var node = _first; node is not null;)
        {
            for (var i = 0; freeIds && i < node->Count; i++)
            {
                T.Free(&Node.Events(node)[i].Place.Id);
            }

            var next = node->Next;
            Slab.Free(node, Node.Bytes(node->Capacity));
            node = next;
        }

        this = default;
    }

    public static void Sort<TOrder>(Span<ListedEvent<T>> events)
        where TOrder : IEventOrder<T>
    {
        // Events come nearly in order: a few moves, or none.
        const int few = 64;
        if (events.Length > few)
        {
            events.Sort(static (a, b) => TOrder.IsBefore(&a, &b) ? -1 : TOrder.IsBefore(&b, &a) ? 1 : 0);
            return;
        }

        fixed (ListedEvent<T>* listed = events)
        {
            for (var i = 1; i < events.Length; i++)
            {
                if (!TOrder.IsBefore(listed + i, listed + i - 1))
                {
                    continue;
                }

                var moving = listed[i];
                var to = i;
                for (; to > 0 && TOrder.IsBefore(&moving, listed + to - 1); to--)
                {
                    listed[to] = listed[to - 1];
                }

                listed[to] = moving;
            }
        }
    }

    /// <summary>Some events; they stand behind it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Node
    {
        public Node* Next;
        public int Count;
        public int Capacity;

        public static int Bytes(int capacity) => sizeof(Node) + capacity * sizeof(ListedEvent<T>);

        public static ListedEvent<T>* Events(Node* node) => (ListedEvent<T>*)(node + 1);
    }
}
