using System.Runtime.InteropServices;

namespace BatchEtl.Avro.Decoding;

/// <summary>Native memory of one reader. Whoever rents it returns it; the pool frees what is still free when it ends.</summary>
internal sealed unsafe class NativeBuffer
{
    public byte* Pointer;

    /// <summary>Bytes for data; <see cref="NativePool.Padding"/> more may be read and written behind them.</summary>
    public long Capacity;

    /// <summary>The number of the last Read call whose results point into this buffer.</summary>
    public long LastCall;
}

/// <summary>Buffers for reuse by one reader on one thread.</summary>
internal sealed unsafe class NativePool : IDisposable
{
    /// <summary>Bytes behind every buffer's capacity, so that loops may load and store whole vectors.</summary>
    public const int Padding = 512;

    private const long Smallest = 64 << 10;
    private const long LargestKept = 64 << 20;
    private readonly List<NativeBuffer> _free = [];

    public NativeBuffer Rent(long capacity)
    {
        var best = -1;
        for (var i = 0; i < _free.Count; i++)
        {
            if (_free[i].Capacity >= capacity && (best < 0 || _free[i].Capacity < _free[best].Capacity))
            {
                best = i;
            }
        }

        NativeBuffer buffer;
        if (best >= 0)
        {
            buffer = _free[best];
            _free.RemoveAt(best);
        }
        else
        {
            var rounded = Math.Max(Smallest, capacity + (capacity >> 2));
            buffer = new NativeBuffer { Pointer = (byte*)NativeMemory.Alloc((nuint)(rounded + Padding)), Capacity = rounded };
        }

        buffer.LastCall = 0;
        return buffer;
    }

    public void Return(NativeBuffer buffer)
    {
        if (buffer.Capacity > LargestKept || _free.Count >= 16)
        {
            Free(buffer);
        }
        else
        {
            _free.Add(buffer);
        }
    }

    /// <summary>A buffer of at least twice the size with the first bytes of the old one, which is returned.</summary>
    public NativeBuffer Grow(NativeBuffer buffer, long used, long capacity)
    {
        var grown = Rent(Math.Max(capacity, buffer.Capacity * 2));
        Buffer.MemoryCopy(buffer.Pointer, grown.Pointer, grown.Capacity, used);
        Return(buffer);
        return grown;
    }

    public static void Free(NativeBuffer buffer)
    {
        NativeMemory.Free(buffer.Pointer);
        buffer.Pointer = null;
    }

    public void Dispose()
    {
        _free.ForEach(Free);
        _free.Clear();
    }
}
