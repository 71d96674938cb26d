using BatchEtl.Avro.Codecs;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Container;

/// <summary>
/// The decompressed blocks of a stretch of a file, one after the other. Reads the file in large windows into padded native
/// memory; with the null codec a block's data is the window itself.
/// </summary>
internal sealed unsafe class BlockStream(NativePool pool, long maxBlockBytes) : IDisposable
{
    private const int WindowBytes = 1 << 20;
    private const int SyncBytes = 16;

    private readonly List<NativeBuffer> _retained = [];
    private AvroSource _source = null!;
    private AvroFileHeader _header = null!;
    private BlockCodec? _codec;
    private AvroCodec _codecKind = AvroCodec.Null;
    private string _file = "";
    private NativeBuffer? _window;
    private NativeBuffer? _block;
    private long _windowStart;
    private long _windowLength;
    private long _end;
    private long _call;

    /// <summary>The offset of the current block's first byte.</summary>
    public long Offset { get; private set; }

    /// <summary>The offset of the next block.</summary>
    public long Position { get; private set; }

    /// <summary>Records that the current block says to hold.</summary>
    public long Records { get; private set; }

    public byte* Data { get; private set; }

    public byte* DataEnd { get; private set; }

    public void Open(string file, AvroSource source, AvroFileHeader header, long start, long end)
    {
        Release();
        _file = file;
        _source = source;
        _header = header;
        if (_codecKind != header.Codec)
        {
            _codec?.Dispose();
            _codec = BlockCodec.Create(header.Codec);
            _codecKind = header.Codec;
        }

        Position = start;
        Offset = start;
        _windowStart = start;
        _windowLength = 0;
        _end = end;
        Records = 0;
        Data = null;
        DataEnd = null;
    }

    /// <summary>Starts another Read call: memory that only calls before the last one pointed into becomes free.</summary>
    public void NextCall()
    {
        _call++;
        for (var i = _retained.Count - 1; i >= 0; i--)
        {
            if (_retained[i].LastCall <= _call - 2)
            {
                pool.Return(_retained[i]);
                _retained.RemoveAt(i);
            }
        }

        Touch();
    }

    /// <summary>Memory of this call for results that stand in no block.</summary>
    public NativeBuffer Scratch(long capacity)
    {
        var buffer = pool.Rent(capacity);
        buffer.LastCall = _call;
        _retained.Add(buffer);
        return buffer;
    }

    /// <summary>Goes to the next block; false at the stretch's end.</summary>
    public bool Next()
    {
        Offset = Position;
        if (Position >= _end)
        {
            return false;
        }

        var position = Position;
        Records = Long(ref position, "a block's count of records");
        if (Records < 0)
        {
            throw Error(Offset, "a block's count of records, 0 or more", $"{Records}");
        }

        var sizeAt = position;
        var size = Long(ref position, "a block's size in bytes");
        if (size < 0)
        {
            throw Error(sizeAt, "a block's size in bytes, 0 or more", $"{size}");
        }

        if (size > maxBlockBytes)
        {
            throw Error(sizeAt, $"a block of at most {maxBlockBytes} bytes", $"{size}");
        }

        if (size > _end - position - SyncBytes)
        {
            throw Error(sizeAt, $"a block of {size} bytes and a sync marker", $"the end {_end - position} bytes on");
        }

        var data = Need(position, size + SyncBytes, out var there);
        if (there < size + SyncBytes)
        {
            throw Error(position, $"a block of {size} bytes and a sync marker", $"the file's end {there} bytes on");
        }

        if (!new ReadOnlySpan<byte>(data + size, SyncBytes).SequenceEqual(_header.Sync.Span))
        {
            throw Error(position + size, "the file's sync marker " + Convert.ToHexString(_header.Sync.Span),
                Convert.ToHexString(new ReadOnlySpan<byte>(data + size, SyncBytes)));
        }

        Decompress(data, size);
        Position = position + size + SyncBytes;
        return true;
    }

    /// <summary>Gives a decoder's complaint its place in the file.</summary>
    public AvroFormatException Error(MalformedDataException fault)
    {
        var inside = fault.Address - (nint)Data;
        if (fault.Address == 0 || inside < 0 || inside > DataEnd - Data)
        {
            return new AvroFormatException(_file, Offset, fault.Expected, fault.Found, fault);
        }

        return _codec is null
            ? new AvroFormatException(_file, _windowStart + (fault.Address - (nint)_window!.Pointer), fault.Expected, fault.Found, fault)
            : new AvroFormatException(_file, Offset, fault.Expected, $"{fault.Found} (byte {inside} of the block's decompressed data)", fault);
    }

    public AvroFormatException Error(long position, string expected, string found) => new(_file, position, expected, found);

    public void Dispose()
    {
        Release();
        foreach (var buffer in _retained)
        {
            NativePool.Free(buffer);
        }

        _retained.Clear();
        _codec?.Dispose();
    }

    private void Decompress(byte* data, long size)
    {
        if (_codec is null)
        {
            Data = data;
            DataEnd = data + size;
            return;
        }

        Retain(ref _block);
        long written;
        try
        {
            _block = _codec.Decompress(data, size, pool, maxBlockBytes, out written);
        }
        catch (MalformedDataException fault)
        {
            throw new AvroFormatException(_file, Offset, fault.Expected, fault.Found, fault);
        }

        Data = _block.Pointer;
        DataEnd = _block.Pointer + written;
        Touch();
    }

    private long Long(ref long position, string what)
    {
        var p = Need(position, Math.Min(10, _end - position), out var there);
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i >= there)
            {
                throw Error(position, what, "the file's end");
            }

            if (i == 9 && p[i] > 1)
            {
                break;
            }

            value |= (ulong)(p[i] & 0x7F) << (7 * i);
            if (p[i] < 0x80)
            {
                position += i + 1;
                return VarInt.ZigZag(value);
            }
        }

        throw Error(position, what, "an integer of more than 64 bits");
    }

    /// <summary>Makes a part of the file stand in the window; <paramref name="there"/> is less than asked for where the file ends.</summary>
    private byte* Need(long position, long count, out long there)
    {
        var have = _windowStart + _windowLength - position;
        if (_window is null || have < count)
        {
            have = Math.Max(0, have);
            var fresh = pool.Rent(Math.Max(WindowBytes, count));
            if (_window is not null)
            {
                Buffer.MemoryCopy(_window.Pointer + _windowLength - have, fresh.Pointer, fresh.Capacity, have);
                if (_codec is null)
                {
                    Retain(ref _window);
                }
                else
                {
                    pool.Return(_window);
                }
            }

            _window = fresh;
            _windowStart = position;
            var wanted = Math.Min(_end - position, Math.Max(WindowBytes, count));
            _windowLength = have + _source.ReadFull(position + have, new Span<byte>(fresh.Pointer + have, (int)(wanted - have)));
            Touch();
        }

        there = Math.Min(count, _windowStart + _windowLength - position);
        return _window.Pointer + (position - _windowStart);
    }

    private void Touch()
    {
        if (_block is not null)
        {
            _block.LastCall = _call;
        }

        if (_window is not null)
        {
            _window.LastCall = _call;
        }
    }

    private void Retain(ref NativeBuffer? buffer)
    {
        if (buffer is not null)
        {
            _retained.Add(buffer);
            buffer = null;
        }
    }

    private void Release()
    {
        Retain(ref _block);
        Retain(ref _window);
    }
}
