using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Columnar;

namespace BatchEtl.DuckDb;

/// <summary>
/// <c>ends_by(time BIGINT, id, value VARCHAR, …)</c>: for each value its first and its last that is not null, in the order of
/// (time, id), as a struct: f0 and l0 of the first value, f1 and l1 of the second … One aggregate for all columns, because
/// they are mostly taken from the same two events: their places are kept once, and a row touches a few cache lines of its
/// group instead of several for each column.
/// </summary>
/// <param name="columns">How many values there are, at most <see cref="Columns"/>.</param>
internal sealed unsafe class EndsAggregate<T>(int columns) : NativeAggregate
    where T : unmanaged, IPlaceId<T>
{
    /// <summary>How many values an aggregate may have.</summary>
    public const int Columns = 64;

    protected override void Add(nint chunk, int rows, State** states)
    {
        var times = (long*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 0));
        var ids = (T*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 1));
        var values = stackalloc Utf8View*[columns];
        var validities = stackalloc ulong*[columns];
        for (var i = 0; i < columns; i++)
        {
            var vector = Native.duckdb_data_chunk_get_vector(chunk, (ulong)i + 2);
            values[i] = (Utf8View*)Native.duckdb_vector_get_data(vector);
            validities[i] = Native.duckdb_vector_get_validity(vector);
        }

        for (var row = 0; row < rows; row++)
        {
            var present = 0UL;
            for (var i = 0; i < columns; i++)
            {
                present |= Validity.IsNull(validities[i], row) ? 0 : 1UL << i;
            }

            Group.Add(states[row], columns, present, values, row, times[row], ids + row);
        }
    }

    protected override void Merge(State* source, State* target)
    {
        var from = (Group*)source->Block;
        var to = (Group*)target->Block;
        for (var set = from->Set; set != 0; set &= set - 1)
        {
            var column = BitOperations.TrailingZeroCount(set);
            to->Offer(First, column, from->Place(First, column), from->Value(First, column));
            to->Offer(Last, column, from->Place(Last, column), from->Value(Last, column));
            to->Set |= 1UL << column;
        }
    }

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        for (var i = 0; i < columns; i++)
        {
            for (var end = First; end <= Last; end++)
            {
                var child = Native.duckdb_struct_vector_get_child(result, (ulong)(2 * i + end));
                var validity = Validity.Writable(child);
                for (var n = 0; n < count; n++)
                {
                    var group = (Group*)states[n]->Block;
                    var row = offset + (ulong)n;
                    if (group is not null && (group->Set >> i & 1) != 0)
                    {
                        OwnedText.Write(group->Value(end, i), child, row);
                    }
                    else
                    {
                        Validity.SetNull(validity, (long)row);
                    }
                }
            }
        }
    }

    protected override void Free(void* block) => ((Group*)block)->Free();

    private const int First = 0;
    private const int Last = 1;

    /// <summary>A group's memory. Behind it stand the values: all firsts, then all lasts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Group
    {
        public int Length;

        /// <summary>Columns that have a value.</summary>
        public ulong Set;
        private EventPlace<T> _first;
        private EventPlace<T> _last;

        /// <summary>Columns whose first (last) value is of the event at <see cref="_first"/> (<see cref="_last"/>).</summary>
        private ulong _atFirst;
        private ulong _atLast;

        /// <summary>The places of the other values, laid out as the values are; made when there is one.</summary>
        private EventPlace<T>* _strays;

        public static void Add(State* state, int length, ulong present, Utf8View** values, int row, long time, T* id)
        {
            var group = (Group*)state->Block;
            if (group is null)
            {
                group = (Group*)Slab.Alloc(Bytes(length));
                *group = new Group
                {
                    Length = length,
                    _first = new EventPlace<T> { Time = time, Id = T.Own(id) },
                    _last = new EventPlace<T> { Time = time, Id = T.Own(id) },
                };
                state->Block = group;
            }

            group->AddEnd(Last, present, values, row, time, id);
            group->AddEnd(First, present, values, row, time, id);
            group->Set |= present;
        }

        public Utf8View* Value(int end, int column) => (Utf8View*)((Group*)Unsafe.AsPointer(ref this) + 1) + end * Length + column;

        public EventPlace<T>* Place(int end, int column) =>
            (At(end) >> column & 1) != 0 ? Shared(end) : _strays + end * Length + column;

        /// <summary>Takes one column's value as its first or last where it is one.</summary>
        public void Offer(int end, int column, EventPlace<T>* place, Utf8View* value)
        {
            if ((Set >> column & 1) != 0 && !Precedes(end, place->Time, &place->Id, Place(end, column)))
            {
                return;
            }

            if ((At(end) >> column & 1) != 0)
            {
                At(end) &= ~(1UL << column);
            }
            else if ((Set >> column & 1) != 0)
            {
                T.Free(&Stray(end, column)->Id);
            }

            *Stray(end, column) = new EventPlace<T> { Time = place->Time, Id = T.Own(&place->Id) };
            Put(end, column, value);
        }

        public void Free()
        {
            T.Free(&Shared(First)->Id);
            T.Free(&Shared(Last)->Id);
            for (var end = First; end <= Last; end++)
            {
                for (var set = Set; set != 0; set &= set - 1)
                {
                    var column = BitOperations.TrailingZeroCount(set);
                    OwnedText.Free(Value(end, column));
                    if ((At(end) >> column & 1) == 0)
                    {
                        T.Free(&Stray(end, column)->Id);
                    }
                }
            }

            if (_strays is not null)
            {
                Slab.Free(_strays, StrayBytes(Length));
            }

            Slab.Free(Unsafe.AsPointer(ref this), Bytes(Length));
        }

        private static int Bytes(int length) => sizeof(Group) + length * 2 * sizeof(Utf8View);

        private static int StrayBytes(int length) => length * 2 * sizeof(EventPlace<T>);

        private void AddEnd(int end, ulong present, Utf8View** values, int row, long time, T* id)
        {
            var shared = Shared(end);
            var strays = present & ~At(end);
            if (Precedes(end, time, id, shared))
            {
                // The shared place moves to this event; columns without a value here stay where they are.
                for (var leaving = At(end) & ~present; leaving != 0; leaving &= leaving - 1)
                {
                    *Stray(end, BitOperations.TrailingZeroCount(leaving)) = new EventPlace<T> { Time = shared->Time, Id = T.Own(&shared->Id) };
                }

                T.Free(&shared->Id);
                *shared = new EventPlace<T> { Time = time, Id = T.Own(id) };
                At(end) &= present;
                for (var moving = At(end); moving != 0; moving &= moving - 1)
                {
                    var column = BitOperations.TrailingZeroCount(moving);
                    Put(end, column, values[column] + row);
                }
            }

            for (; strays != 0; strays &= strays - 1)
            {
                var column = BitOperations.TrailingZeroCount(strays);
                var isSet = (Set >> column & 1) != 0;
                if (isSet && !Precedes(end, time, id, Stray(end, column)))
                {
                    continue;
                }

                if (isSet)
                {
                    T.Free(&Stray(end, column)->Id);
                }

                if (shared->Time == time && T.Compare(&shared->Id, id) == 0)
                {
                    At(end) |= 1UL << column;
                }
                else
                {
                    *Stray(end, column) = new EventPlace<T> { Time = time, Id = T.Own(id) };
                }

                Put(end, column, values[column] + row);
            }
        }

        private static bool Precedes(int end, long time, T* id, EventPlace<T>* other) => end == First
            ? EventPlace<T>.IsBefore(time, id, other)
            : !EventPlace<T>.IsBefore(time, id, other);

        private void Put(int end, int column, Utf8View* value)
        {
            // Neighbouring events mostly agree: nothing to copy then.
            var own = Value(end, column);
            if ((Set >> column & 1) != 0)
            {
                if (OwnedText.Equal(own, value))
                {
                    return;
                }

                OwnedText.Free(own);
            }

            *own = OwnedText.Copy(value);
        }

        private EventPlace<T>* Stray(int end, int column)
        {
            if (_strays is null)
            {
                _strays = (EventPlace<T>*)Slab.Alloc(StrayBytes(Length));
            }

            return _strays + end * Length + column;
        }

        private EventPlace<T>* Shared(int end) => (EventPlace<T>*)Unsafe.AsPointer(ref end == First ? ref _first : ref _last);

        private ref ulong At(int end) => ref *(ulong*)Unsafe.AsPointer(ref end == First ? ref _atFirst : ref _atLast);
    }
}
