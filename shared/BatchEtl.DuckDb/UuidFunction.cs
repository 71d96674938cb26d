using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Columnar;

namespace BatchEtl.DuckDb;

/// <summary>The SQL function <c>text_uuid(text VARCHAR)</c>: the uuid of a text in its usual form. DuckDB's own cast takes ten times as long.</summary>
internal static unsafe class UuidFunction
{
    public static void Register(nint connection)
    {
        var function = Native.duckdb_create_scalar_function();
        var text = Native.duckdb_create_logical_type(Native.TypeId.Varchar);
        var uuid = Native.duckdb_create_logical_type(Native.TypeId.Uuid);
        Native.duckdb_scalar_function_set_name(function, "text_uuid");
        Native.duckdb_scalar_function_add_parameter(function, text);
        Native.duckdb_scalar_function_set_return_type(function, uuid);
        Native.duckdb_scalar_function_set_function(function, &Run);
        _ = Native.duckdb_register_scalar_function(connection, function);
        Native.duckdb_destroy_logical_type(ref text);
        Native.duckdb_destroy_logical_type(ref uuid);
        Native.duckdb_destroy_scalar_function(ref function);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Run(nint info, nint input, nint output)
    {
        try
        {
            var rows = (long)Native.duckdb_data_chunk_get_size(input);
            var vector = Native.duckdb_data_chunk_get_vector(input, 0);
            var texts = (Utf8View*)Native.duckdb_vector_get_data(vector);
            var validity = Native.duckdb_vector_get_validity(vector);
            var uuids = (ulong*)Native.duckdb_vector_get_data(output);
            for (var row = 0L; row < rows; row++)
            {
                if (validity is not null && (validity[row >> 6] >> (int)(row & 63) & 1) == 0)
                {
                    continue;
                }

                var text = Utf8View.Bytes(texts + row);
                fixed (byte* bytes = text)
                {
                    if (text.Length != 36 || !UuidForms.TryParse(bytes, uuids + 2 * row))
                    {
                        throw new InvalidDataException($"'{System.Text.Encoding.UTF8.GetString(text)}' is no uuid");
                    }
                }
            }

            if (validity is not null)
            {
                Native.duckdb_vector_ensure_validity_writable(output);
                new ReadOnlySpan<ulong>(validity, (int)((rows + 63) / 64)).CopyTo(new Span<ulong>(Native.duckdb_vector_get_validity(output), (int)((rows + 63) / 64)));
            }
        }
        catch (Exception e)
        {
            Native.duckdb_scalar_function_set_error(info, LandedReads.Remember(e));
        }
    }
}
