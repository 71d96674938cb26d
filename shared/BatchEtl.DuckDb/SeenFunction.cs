using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>The SQL function <c>seen_before(hash UBIGINT)</c>: whether the engine's current <see cref="SeenFilter"/> met the hash before.</summary>
internal static unsafe class SeenFunction
{
    /// <summary>Registers the function; <paramref name="owner"/> holds the filter that it asks.</summary>
    public static void Register(nint connection, GCHandle owner) =>
        ScalarFunction.Register(connection, "seen_before", Native.TypeId.UBigInt, Native.TypeId.Boolean, &Run, owner);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Run(nint info, nint input, nint output)
    {
        try
        {
            var engine = (DuckDbEngine)GCHandle.FromIntPtr(Native.duckdb_scalar_function_get_extra_info(info)).Target!;
            var rows = (int)Native.duckdb_data_chunk_get_size(input);
            var keys = new ReadOnlySpan<ulong>(Native.duckdb_vector_get_data(Native.duckdb_data_chunk_get_vector(input, 0)), rows);
            engine.Seen!.TestAndSet(keys, new Span<byte>(Native.duckdb_vector_get_data(output), rows));
        }
        catch (Exception e)
        {
            Native.duckdb_scalar_function_set_error(info, e.ToString());
        }
    }
}
