using System.Collections.Concurrent;

namespace BatchEtl.DuckDb;

/// <summary>The reads that running statements refer to by number, and what went wrong in them: callbacks have no other way to us.</summary>
internal static class LandedReads
{
    private static readonly ConcurrentDictionary<long, LandedRead> _reads = new();
    private static readonly ConcurrentDictionary<long, Exception> _failures = new();
    private static long _last;
    private static long _rows;

    /// <summary>Records handed over since the process began.</summary>
    public static long Rows => Interlocked.Read(ref _rows);

    public static long Add(LandedRead read)
    {
        var id = Interlocked.Increment(ref _last);
        _reads[id] = read;
        return id;
    }

    public static LandedRead Get(long id) => _reads[id];

    public static void Remove(long id) => _reads.TryRemove(id, out _);

    public static void Count(int rows) => Interlocked.Add(ref _rows, rows);

    /// <summary>Keeps an exception and returns a text by which <see cref="Recall"/> finds it in DuckDB's error.</summary>
    public static string Remember(Exception e)
    {
        var id = Interlocked.Increment(ref _last);
        _failures[id] = e;
        return $"[failure {id}] {e.Message}";
    }

    /// <summary>The exception that a callback remembered and whose text stands in an error, or null.</summary>
    public static Exception? Recall(string error)
    {
        var start = error.IndexOf("[failure ", StringComparison.Ordinal);
        return start >= 0
            && long.TryParse(error.AsSpan(start + 9, error.IndexOf(']', start) - start - 9), out var id)
            && _failures.TryRemove(id, out var e) ? e : null;
    }
}
