using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>The SQL function <c>seen_before(hash UBIGINT)</c>: whether the engine's current <see cref="SeenFilter"/> met the hash before.</summary>
internal static unsafe class SeenFunction
{
    /// <summary>Registers the function; <paramref name="owner"/> holds the filter that it asks.</summary>
    public static void Register(nint connection, GCHandle owner)
    {
        var function = Native.duckdb_create_scalar_function();
        var (key, flag) = (Native.duckdb_create_logical_type(Native.TypeId.UBigInt), Native.duckdb_create_logical_type(Native.TypeId.Boolean));
        Native.duckdb_scalar_function_set_name(function, "seen_before");
        Native.duckdb_scalar_function_add_parameter(function, key);
        Native.duckdb_scalar_function_set_return_type(function, flag);
        Native.duckdb_scalar_function_set_volatile(function);
        Native.duckdb_scalar_function_set_extra_info(function, GCHandle.ToIntPtr(owner), null);
        Native.duckdb_scalar_function_set_function(function, &Run);
        _ = Native.duckdb_register_scalar_function(connection, function);
        Native.duckdb_destroy_logical_type(ref key);
        Native.duckdb_destroy_logical_type(ref flag);
        Native.duckdb_destroy_scalar_function(ref function);
    }

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
