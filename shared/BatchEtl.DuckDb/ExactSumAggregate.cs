namespace BatchEtl.DuckDb;

/// <summary><c>exact_sum(DOUBLE)</c>: the sum of the values that are not null, the same in every order; null where there are none.</summary>
internal sealed unsafe class ExactSumAggregate : NativeAggregate
{
    private static readonly ExactSumAggregate _sum = new();

    public static void Register(nint connection)
    {
        var number = Native.duckdb_create_logical_type(Native.TypeId.Double);
        Register(connection, "exact_sum", set => _sum.AddTo(set, number, number));
        Native.duckdb_destroy_logical_type(ref number);
    }

    protected override void Add(nint chunk, int rows, State** states)
    {
        var vector = Native.duckdb_data_chunk_get_vector(chunk, 0);
        var values = (double*)Native.duckdb_vector_get_data(vector);
        var validity = Native.duckdb_vector_get_validity(vector);
        for (var row = 0; row < rows; row++)
        {
            if (Validity.IsNull(validity, row))
            {
                continue;
            }

            if (states[row]->Block is null)
            {
                states[row]->Block = Slab.Alloc(sizeof(ExactSum));
                *(ExactSum*)states[row]->Block = default;
            }

            ((ExactSum*)states[row]->Block)->Add(values[row]);
        }
    }

    protected override void Merge(State* source, State* target) => ((ExactSum*)target->Block)->Add((ExactSum*)source->Block);

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        var sums = (double*)Native.duckdb_vector_get_data(result);
        for (var i = 0; i < count; i++)
        {
            if (states[i]->Block is null)
            {
                Validity.SetNull(Validity.Writable(result), (long)offset + i);
            }
            else
            {
                sums[offset + (ulong)i] = ((ExactSum*)states[i]->Block)->Value();
            }
        }
    }

    protected override void Free(void* block)
    {
        ((ExactSum*)block)->Free();
        Slab.Free(block, sizeof(ExactSum));
    }
}
