namespace BatchEtl.DuckDb;

/// <summary>DuckDB's masks of nulls: a bit for each row, 1 = not null; no mask = no nulls.</summary>
internal static unsafe class Validity
{
    public static bool IsNull(ulong* mask, long row) => mask is not null && (mask[row >> 6] >> (int)(row & 63) & 1) == 0;

    public static void SetNull(ulong* mask, long row) => mask[row >> 6] &= ~(1UL << (int)(row & 63));

    /// <summary>The mask of a vector that is to be written.</summary>
    public static ulong* Writable(nint vector)
    {
        Native.duckdb_vector_ensure_validity_writable(vector);
        return Native.duckdb_vector_get_validity(vector);
    }
}
