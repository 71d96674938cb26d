using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>Fewer page faults on Linux: a night touches gigabytes of memory, and each fresh page costs one.</summary>
internal static unsafe partial class PageFaults
{
    private const int HugePage = 14;

    /// <summary>DuckDB's allocator (jemalloc) reads its options once, when the library is loaded: freed memory is kept for a
    /// while, because the next step wants as much.</summary>
    private const string AllocatorOptions = "dirty_decay_ms:10000,muzzy_decay_ms:10000";

    /// <summary>To be called before the first call into DuckDB. What the user has set stays.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = setenv("DUCKDB_JE_MALLOC_CONF", AllocatorOptions, 0);
        }
    }

    /// <summary>A hint, whose failure costs time only.</summary>
    public static void UseLargePages(void* memory, nuint bytes)
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
