using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>Registers functions of ours that take one value and give one.</summary>
internal static unsafe class ScalarFunction
{
    /// <param name="run">The function over chunks; no exception may leave it.</param>
    /// <param name="state">What the function finds as its extra info; such a function answers differently each time it is asked.</param>
    public static void Register(
        nint connection, string name, Native.TypeId parameter, Native.TypeId result, delegate* unmanaged[Cdecl]<nint, nint, nint, void> run, GCHandle? state = null)
    {
        var function = Native.duckdb_create_scalar_function();
        var parameterType = Native.duckdb_create_logical_type(parameter);
        var resultType = Native.duckdb_create_logical_type(result);
        Native.duckdb_scalar_function_set_name(function, name);
        Native.duckdb_scalar_function_add_parameter(function, parameterType);
        Native.duckdb_scalar_function_set_return_type(function, resultType);
        Native.duckdb_scalar_function_set_function(function, run);
        if (state is { } handle)
        {
            Native.duckdb_scalar_function_set_volatile(function);
            Native.duckdb_scalar_function_set_extra_info(function, GCHandle.ToIntPtr(handle), null);
        }

        var refused = Native.duckdb_register_scalar_function(connection, function) != 0;
        Native.duckdb_destroy_logical_type(ref parameterType);
        Native.duckdb_destroy_logical_type(ref resultType);
        Native.duckdb_destroy_scalar_function(ref function);
        if (refused)
        {
            throw new InvalidOperationException($"DuckDB does not take the function {name}");
        }
    }
}
