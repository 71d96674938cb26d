namespace BatchEtl.DuckDb;

/// <summary><c>first_event(time BIGINT, id)</c>: the id of the first event in the order of (time, id); rows without a time do not count.</summary>
internal sealed unsafe class FirstEventAggregate<T> : NativeAggregate
    where T : unmanaged, IPlaceId<T>
{
    protected override void Add(nint chunk, int rows, State** states)
    {
        var timeVector = Native.duckdb_data_chunk_get_vector(chunk, 0);
        var times = (long*)Native.duckdb_vector_get_data(timeVector);
        var validity = Native.duckdb_vector_get_validity(timeVector);
        var ids = (T*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(chunk, 1));
        for (var row = 0; row < rows; row++)
        {
            if (Validity.IsNull(validity, row))
            {
                continue;
            }

            var first = (EventPlace<T>*)states[row]->Block;
            if (first is null)
            {
                first = (EventPlace<T>*)Slab.Alloc(sizeof(EventPlace<T>));
                states[row]->Block = first;
            }
            else if (EventPlace<T>.IsBefore(times[row], &ids[row], first))
            {
                T.Free(&first->Id);
            }
            else
            {
                continue;
            }

            *first = new EventPlace<T> { Time = times[row], Id = T.Own(&ids[row]) };
        }
    }

    protected override void Merge(State* source, State* target)
    {
        var from = (EventPlace<T>*)source->Block;
        var to = (EventPlace<T>*)target->Block;
        if (EventPlace<T>.IsBefore(from->Time, &from->Id, to))
        {
            // The source is destroyed next and frees what it has then.
            source->Block = to;
            target->Block = from;
        }
    }

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        for (var i = 0; i < count; i++)
        {
            if (states[i]->Block is null)
            {
                Validity.SetNull(Validity.Writable(result), (long)offset + i);
            }
            else
            {
                T.Write(&((EventPlace<T>*)states[i]->Block)->Id, result, offset + (ulong)i);
            }
        }
    }

    protected override void Free(void* block)
    {
        T.Free(&((EventPlace<T>*)block)->Id);
        Slab.Free(block, sizeof(EventPlace<T>));
    }
}
