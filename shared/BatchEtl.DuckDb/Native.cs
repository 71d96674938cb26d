using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>The part of DuckDB's C API that the engine calls itself; names as in duckdb.h.</summary>
internal static unsafe partial class Native
{
    private const string Library = "duckdb";

    public enum TypeId
    {
        Boolean = 1,
        Integer = 4,
        BigInt = 5,
        UBigInt = 9,
        Double = 11,
        Varchar = 17,
        Blob = 18,
        Uuid = 27,
    }

    [LibraryImport(Library)] public static partial nint duckdb_create_table_function();

    [LibraryImport(Library)] public static partial void duckdb_destroy_table_function(ref nint function);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_table_function_set_name(nint function, string name);

    [LibraryImport(Library)] public static partial void duckdb_table_function_add_parameter(nint function, nint type);

    [LibraryImport(Library)] public static partial void duckdb_table_function_set_bind(nint function, delegate* unmanaged[Cdecl]<nint, void> bind);

    [LibraryImport(Library)] public static partial void duckdb_table_function_set_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);

    [LibraryImport(Library)] public static partial void duckdb_table_function_set_local_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);

    [LibraryImport(Library)] public static partial void duckdb_table_function_set_function(nint function, delegate* unmanaged[Cdecl]<nint, nint, void> main);

    [LibraryImport(Library)] public static partial void duckdb_table_function_supports_projection_pushdown(nint function, [MarshalAs(UnmanagedType.U1)] bool pushdown);

    [LibraryImport(Library)] public static partial int duckdb_register_table_function(nint connection, nint function);

    [LibraryImport(Library)] public static partial nint duckdb_bind_get_parameter(nint info, ulong index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_bind_add_result_column(nint info, string name, nint type);

    [LibraryImport(Library)] public static partial void duckdb_bind_set_bind_data(nint info, nint data, delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Library)] public static partial void duckdb_bind_set_cardinality(nint info, ulong rows, [MarshalAs(UnmanagedType.U1)] bool exact);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_bind_set_error(nint info, string error);

    [LibraryImport(Library)] public static partial nint duckdb_init_get_bind_data(nint info);

    [LibraryImport(Library)] public static partial void duckdb_init_set_init_data(nint info, nint data, delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Library)] public static partial ulong duckdb_init_get_column_count(nint info);

    [LibraryImport(Library)] public static partial ulong duckdb_init_get_column_index(nint info, ulong column);

    [LibraryImport(Library)] public static partial void duckdb_init_set_max_threads(nint info, ulong threads);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_init_set_error(nint info, string error);

    [LibraryImport(Library)] public static partial nint duckdb_function_get_init_data(nint info);

    [LibraryImport(Library)] public static partial nint duckdb_function_get_local_init_data(nint info);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_function_set_error(nint info, string error);

    [LibraryImport(Library)] public static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);

    [LibraryImport(Library)] public static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(Library)] public static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Library)] public static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport(Library)] public static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(Library)] public static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport(Library)] public static partial ulong duckdb_vector_size();

    [LibraryImport(Library)] public static partial nint duckdb_create_logical_type(TypeId type);

    [LibraryImport(Library)] public static partial nint duckdb_create_decimal_type(byte width, byte scale);

    [LibraryImport(Library)] public static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(Library)] public static partial long duckdb_get_int64(nint value);

    [LibraryImport(Library)] public static partial void duckdb_destroy_value(ref nint value);

    [LibraryImport(Library)] public static partial nint duckdb_create_scalar_function();

    [LibraryImport(Library)] public static partial void duckdb_destroy_scalar_function(ref nint function);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_scalar_function_set_name(nint function, string name);

    [LibraryImport(Library)] public static partial void duckdb_scalar_function_add_parameter(nint function, nint type);

    [LibraryImport(Library)] public static partial void duckdb_scalar_function_set_return_type(nint function, nint type);

    [LibraryImport(Library)] public static partial void duckdb_scalar_function_set_function(nint function, delegate* unmanaged[Cdecl]<nint, nint, nint, void> main);

    [LibraryImport(Library)] public static partial void duckdb_scalar_function_set_volatile(nint function);

    [LibraryImport(Library)] public static partial void duckdb_scalar_function_set_extra_info(nint function, nint info, delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Library)] public static partial nint duckdb_scalar_function_get_extra_info(nint info);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_scalar_function_set_error(nint info, string error);

    [LibraryImport(Library)] public static partial int duckdb_register_scalar_function(nint connection, nint function);

    [LibraryImport(Library)] public static partial void duckdb_vector_assign_string_element_len(nint vector, ulong index, byte* text, ulong length);

    /// <summary>Where a row's list stands in the child vector.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ListEntry
    {
        public ulong Offset;
        public ulong Length;
    }

    [LibraryImport(Library)] public static partial nint duckdb_create_list_type(nint type);

    [LibraryImport(Library)] public static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport(Library)] public static partial ulong duckdb_list_vector_get_size(nint vector);

    [LibraryImport(Library)] public static partial int duckdb_list_vector_set_size(nint vector, ulong size);

    [LibraryImport(Library)] public static partial int duckdb_list_vector_reserve(nint vector, ulong capacity);

    [LibraryImport(Library)] public static partial nint duckdb_create_struct_type(nint* types, byte** names, ulong count);

    [LibraryImport(Library)] public static partial nint duckdb_struct_vector_get_child(nint vector, ulong index);

    [LibraryImport(Library)] public static partial nint duckdb_create_aggregate_function();

    [LibraryImport(Library)] public static partial void duckdb_destroy_aggregate_function(ref nint function);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_aggregate_function_set_name(nint function, string name);

    [LibraryImport(Library)] public static partial void duckdb_aggregate_function_add_parameter(nint function, nint type);

    [LibraryImport(Library)] public static partial void duckdb_aggregate_function_set_return_type(nint function, nint type);

    [LibraryImport(Library)]
    public static partial void duckdb_aggregate_function_set_functions(
        nint function,
        delegate* unmanaged[Cdecl]<nint, ulong> stateSize,
        delegate* unmanaged[Cdecl]<nint, void*, void> init,
        delegate* unmanaged[Cdecl]<nint, nint, void**, void> update,
        delegate* unmanaged[Cdecl]<nint, void**, void**, ulong, void> combine,
        delegate* unmanaged[Cdecl]<nint, void**, nint, ulong, ulong, void> finalize);

    [LibraryImport(Library)] public static partial void duckdb_aggregate_function_set_destructor(nint function, delegate* unmanaged[Cdecl]<void**, ulong, void> destroy);

    [LibraryImport(Library)] public static partial void duckdb_aggregate_function_set_extra_info(nint function, nint info, delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Library)] public static partial nint duckdb_aggregate_function_get_extra_info(nint info);

    [LibraryImport(Library)] public static partial void duckdb_aggregate_function_set_special_handling(nint function);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial void duckdb_aggregate_function_set_error(nint info, string error);

    [LibraryImport(Library)] public static partial nint duckdb_create_aggregate_function_set([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [LibraryImport(Library)] public static partial void duckdb_destroy_aggregate_function_set(ref nint set);

    [LibraryImport(Library)] public static partial int duckdb_add_aggregate_function_to_set(nint set, nint function);

    [LibraryImport(Library)] public static partial int duckdb_register_aggregate_function_set(nint connection, nint set);
}
