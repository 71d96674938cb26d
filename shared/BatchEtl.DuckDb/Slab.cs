using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>
/// Memory for many small things that die together, as the states of an aggregate do. A thread cuts them from its own chunk;
/// any thread may give them back; a chunk is free with its last thing. A general allocator spends more time on them than
/// the aggregates do, and takes its pages one by one. Free chunks are kept for the next statement, because memory that is
/// touched for the first time costs more than what is written to it. A thread that ends leaves its last chunk behind.
/// </summary>
internal static unsafe class Slab
{
    private const int ChunkBytes = 2 << 20;

    /// <summary>What is larger has memory of its own.</summary>
    private const int Largest = 32 << 10;

    /// <summary>More than a chunk can hold, so that a chunk in use never counts down to zero.</summary>
    private const int InUse = 1 << 30;

    private static readonly ConcurrentBag<nint> _free = [];
    private static long _taken;

    [ThreadStatic]
    private static Chunk* _current;

    /// <summary>Memory aligned to 8 bytes; what stands in it is undefined.</summary>
    public static void* Alloc(int bytes)
    {
        if (bytes > Largest)
        {
            return NativeMemory.Alloc((nuint)bytes);
        }

        bytes = (bytes + 7) & ~7;
        var chunk = _current;
        if (chunk is null || chunk->Used + bytes > ChunkBytes)
        {
            chunk = Next(chunk);
        }

        var result = (byte*)chunk + chunk->Used;
        chunk->Used += bytes;
        chunk->Things++;
        return result;
    }

    /// <summary>Gives back what <see cref="Alloc"/> returned for so many bytes.</summary>
    public static void Free(void* thing, int bytes)
    {
        if (bytes > Largest)
        {
            NativeMemory.Free(thing);
            return;
        }

        var chunk = (Chunk*)((nuint)thing & ~(nuint)(ChunkBytes - 1));
        if (Interlocked.Decrement(ref chunk->Left) == 0)
        {
            _free.Add((nint)chunk);
        }
    }

    /// <summary>Chunks taken so far, by all threads.</summary>
    public static long Taken => Interlocked.Read(ref _taken);

    /// <summary>Gives the chunks that nobody uses back to the system.</summary>
    public static void Trim()
    {
        while (_free.TryTake(out var chunk))
        {
            NativeMemory.AlignedFree((void*)chunk);
        }
    }

    private static Chunk* Next(Chunk* full)
    {
        if (full is not null && Interlocked.Add(ref full->Left, full->Things - InUse) == 0)
        {
            _free.Add((nint)full);
        }

        Interlocked.Increment(ref _taken);
        Chunk* chunk;
        if (_free.TryTake(out var free))
        {
            chunk = (Chunk*)free;
        }
        else
        {
            chunk = (Chunk*)NativeMemory.AlignedAlloc(ChunkBytes, ChunkBytes);
            PageFaults.UseLargePages(chunk, ChunkBytes);
        }

        *chunk = new Chunk { Left = InUse, Used = sizeof(Chunk) };
        _current = chunk;
        return chunk;
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Chunk
    {
        /// <summary>While the chunk is in use, <see cref="InUse"/> less what was given back; afterwards what is still out.</summary>
        public int Left;
        public int Used;

        /// <summary>What was cut from it; the owning thread's.</summary>
        public int Things;
    }
}
