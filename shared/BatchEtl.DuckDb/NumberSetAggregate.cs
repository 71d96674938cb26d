using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Columnar;

namespace BatchEtl.DuckDb;

/// <summary>
/// Distinct counts that roll up: <c>number_set(BIGINT)</c> gathers numbers to a blob, <c>number_union(BLOB)</c> unites such
/// blobs, and <c>number_count(BLOB)</c> says how many numbers one holds. Numbers are from 0 to less than 2^31.
/// </summary>
internal sealed unsafe class NumberSetAggregate(bool ofBlobs) : NativeAggregate
{
    private static readonly NumberSetAggregate _ofNumbers = new(ofBlobs: false);
    private static readonly NumberSetAggregate _ofBlobs = new(ofBlobs: true);

    public static void Register(nint connection)
    {
        var number = Native.duckdb_create_logical_type(Native.TypeId.BigInt);
        var blob = Native.duckdb_create_logical_type(Native.TypeId.Blob);
        Register(connection, "number_set", set => _ofNumbers.AddTo(set, blob, number));
        Register(connection, "number_union", set => _ofBlobs.AddTo(set, blob, blob));
        ScalarFunction.Register(connection, "number_count", Native.TypeId.Blob, Native.TypeId.BigInt, &Count);
        Native.duckdb_destroy_logical_type(ref number);
        Native.duckdb_destroy_logical_type(ref blob);
    }

    protected override void Add(nint chunk, int rows, State** states)
    {
        var vector = Native.duckdb_data_chunk_get_vector(chunk, 0);
        var data = Native.duckdb_vector_get_data(vector);
        for (var row = 0; row < rows; row++)
        {
            var set = Of(states[row]);
            if (ofBlobs)
            {
                set->Add(Utf8View.Bytes((Utf8View*)data + row));
            }
            else
            {
                set->Add(checked((int)((long*)data)[row]));
            }
        }
    }

    protected override void Merge(State* source, State* target) => ((NumberSet*)target->Block)->Add((NumberSet*)source->Block);

    protected override void Write(State** states, int count, nint result, ulong offset)
    {
        for (var i = 0; i < count; i++)
        {
            var set = Of(states[i]);
            var blob = new byte[set->BlobBytes];
            set->CopyTo(blob);
            fixed (byte* bytes = blob)
            {
                Native.duckdb_vector_assign_string_element_len(result, offset + (ulong)i, bytes, (ulong)blob.Length);
            }
        }
    }

    protected override void Free(void* block)
    {
        ((NumberSet*)block)->Free();
        Slab.Free(block, sizeof(NumberSet));
    }

    private static NumberSet* Of(State* state)
    {
        if (state->Block is null)
        {
            state->Block = Slab.Alloc(sizeof(NumberSet));
            *(NumberSet*)state->Block = default;
        }

        return (NumberSet*)state->Block;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Count(nint info, nint input, nint output)
    {
        try
        {
            var rows = (int)Native.duckdb_data_chunk_get_size(input);
            var blobs = (Utf8View*)Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(input, 0));
            var counts = (long*)Native.duckdb_vector_get_data(output);
            for (var row = 0; row < rows; row++)
            {
                counts[row] = NumberSet.CountIn(Utf8View.Bytes(blobs + row));
            }
        }
        catch (Exception e)
        {
            Native.duckdb_scalar_function_set_error(info, LandedReads.Remember(e));
        }
    }
}
