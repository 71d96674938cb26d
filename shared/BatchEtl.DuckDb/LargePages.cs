using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>Asks Linux for large pages: a night touches gigabytes of fresh memory, and each small page costs a fault.</summary>
internal static unsafe partial class LargePages
{
    private const int HugePage = 14;

    /// <summary>DuckDB's allocator (jemalloc) reads its options once, when the library is loaded: large pages, and freed
    /// memory is kept for a while because the next step wants as much.</summary>
    private const string AllocatorOptions = "thp:always,dirty_decay_ms:10000,muzzy_decay_ms:10000";

    /// <summary>To be called before the first call into DuckDB. What the user has set stays.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = setenv("DUCKDB_JE_MALLOC_CONF", AllocatorOptions, 0);
        }
    }

    /// <summary>A hint, whose failure costs time only.</summary>
    public static void Advise(void* memory, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = madvise(memory, bytes, HugePage);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int madvise(void* memory, nuint bytes, int advice);
}
