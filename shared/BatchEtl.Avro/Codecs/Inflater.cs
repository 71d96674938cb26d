using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Codecs;

/// <summary>
/// Inflates a whole deflate stream from memory to memory. Own, because the platform's stream neither tells where the
/// compressed data ends nor works without garbage, and because padding on both sides makes it faster.
/// </summary>
internal sealed unsafe class Inflater
{
    private const int LiteralBits = 11;
    private const int DistanceBits = 8;
    private const int LiteralCapacity = 2400; // 11 main bits: at most 2342 entries for 288 symbols of 15 bits
    private const int DistanceCapacity = 512; // 8 main bits: at most 402 for 32

    private static readonly uint[] LiteralSymbols = MakeLiteralSymbols();
    private static readonly uint[] DistanceSymbols = MakeDistanceSymbols();
    private static readonly uint[] LengthSymbols = [.. Enumerable.Range(0, 19).Select(symbol => (uint)symbol << 16)];

    private readonly uint[] _literals = GC.AllocateArray<uint>(LiteralCapacity, pinned: true);
    private readonly uint[] _distances = GC.AllocateArray<uint>(DistanceCapacity, pinned: true);

    private NativePool _pool = null!;
    private NativeBuffer _buffer = null!;
    private long _limit;
    private byte* _in;
    private byte* _inEnd;
    private ulong _bits;
    private int _count;
    private byte* _out;

    private static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    public NativeBuffer Inflate(byte* source, long length, NativePool pool, long limit, out long written)
    {
        _pool = pool;
        _limit = limit;
        _in = source;
        _inEnd = source + length;
        _bits = 0;
        _count = 0;
        _buffer = pool.Rent(Math.Min(limit, Math.Max(64 << 10, length * 5)));
        _out = _buffer.Pointer;
        try
        {
            bool last;
            do
            {
                Refill();
                last = (_bits & 1) != 0;
                var type = (int)(_bits >> 1) & 3;
                Drop(3);
                switch (type)
                {
                    case 0:
                        Stored();
                        break;
                    case 1:
                        FixedCodes();
                        Block();
                        break;
                    case 2:
                        DynamicCodes();
                        Block();
                        break;
                    default:
                        throw Fault("a block of type 3");
                }
            }
            while (!last);

            // What is left in the bit buffer beyond the last byte's bits was not the stream's.
            var end = _in - (_count >> 3);
            if (end != _inEnd && !IsFastavroTrailer(end))
            {
                throw Fault(end > _inEnd ? "a stream that is cut off" : $"{_inEnd - end} bytes behind the stream");
            }

            written = _out - _buffer.Pointer;
            if (written > limit)
            {
                throw Over();
            }

            return _buffer;
        }
        catch
        {
            pool.Return(_buffer);
            throw;
        }
    }

    /// <summary>
    /// fastavro cuts the last byte, not the last four, off a zlib stream: three bytes of the data's Adler-32 stand behind
    /// each of its blocks. Nothing else may.
    /// </summary>
    private bool IsFastavroTrailer(byte* end)
    {
        if (_inEnd - end != 3)
        {
            return false;
        }

        uint low = 1;
        uint high = 0;
        for (var p = _buffer.Pointer; p < _out;)
        {
            // 5552 bytes are the most whose sums stay within 32 bits.
            for (var stop = p + Math.Min(5552, _out - p); p < stop; p++)
            {
                low += *p;
                high += low;
            }

            low %= 65521;
            high %= 65521;
        }

        return end[0] == high >> 8 && end[1] == (high & 0xFF) && end[2] == low >> 8;
    }

    private static MalformedDataException Fault(string found) => new(0, "a raw deflate stream (RFC 1951)", found);

    private MalformedDataException Over() => new(0, $"a deflate block of at most {_limit} bytes when decompressed", "a larger one");

    /// <summary>Fills the bit buffer to 56 bits or more. May look behind the end: padding is there, and zeros found are noticed.</summary>
    private void Refill()
    {
        if (_in > _inEnd + 8)
        {
            throw Fault("a stream that is cut off");
        }

        _bits |= *(ulong*)_in << _count;
        _in += (63 - _count) >> 3;
        _count |= 56;
    }

    private void Drop(int bits)
    {
        _bits >>= bits;
        _count -= bits;
    }

    private void Stored()
    {
        // Back to the byte boundary: whole bytes in the buffer are given back.
        Drop(_count & 7);
        _in -= _count >> 3;
        _bits = 0;
        _count = 0;
        if (_inEnd - _in < 4)
        {
            throw Fault("a stream that is cut off");
        }

        int length = *(ushort*)_in;
        if ((length ^ *(ushort*)(_in + 2)) != 0xFFFF)
        {
            throw Fault("a stored block whose length and its complement differ");
        }

        _in += 4;
        if (_inEnd - _in < length)
        {
            throw Fault("a stored block that is cut off");
        }

        Room(length);
        Buffer.MemoryCopy(_in, _out, length, length);
        _in += length;
        _out += length;
    }

    private void FixedCodes()
    {
        Span<byte> lengths = stackalloc byte[288];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        HuffmanTable.Build(Pointer(_literals), LiteralCapacity, LiteralBits, lengths, LiteralSymbols, true);
        lengths[..32].Fill(5);
        HuffmanTable.Build(Pointer(_distances), DistanceCapacity, DistanceBits, lengths[..32], DistanceSymbols, true);
    }

    private void DynamicCodes()
    {
        Refill();
        var literals = (int)(_bits & 31) + 257;
        var distances = (int)(_bits >> 5 & 31) + 1;
        var codes = (int)(_bits >> 10 & 15) + 4;
        Drop(14);
        if (literals > 286 || distances > 30)
        {
            throw Fault("too many codes");
        }

        Span<byte> lengths = stackalloc byte[286 + 30];
        Span<byte> order = stackalloc byte[19];
        order.Clear();
        for (var i = 0; i < codes; i++)
        {
            Refill();
            order[LengthOrder[i]] = (byte)(_bits & 7);
            Drop(3);
        }

        var table = stackalloc uint[128];
        if (!HuffmanTable.Build(table, 128, 7, order, LengthSymbols, true))
        {
            throw Fault("an impossible code of code lengths");
        }

        for (var i = 0; i < literals + distances;)
        {
            Refill();
            var entry = table[_bits & 127];
            if ((entry & HuffmanTable.KindMask) == HuffmanTable.Invalid)
            {
                throw Fault("an unknown code length");
            }

            Drop((int)(entry & 31));
            var symbol = (int)(entry >> 16);
            if (symbol < 16)
            {
                lengths[i++] = (byte)symbol;
                continue;
            }

            var (extra, least) = symbol switch { 16 => (2, 3), 17 => (3, 3), _ => (7, 11) };
            var repeat = least + (int)(_bits & ((1u << extra) - 1));
            Drop(extra);
            if (i + repeat > literals + distances || (symbol == 16 && i == 0))
            {
                throw Fault("a wrong repetition of code lengths");
            }

            lengths.Slice(i, repeat).Fill(symbol == 16 ? lengths[i - 1] : (byte)0);
            i += repeat;
        }

        if (lengths[256] == 0
            || !HuffmanTable.Build(Pointer(_literals), LiteralCapacity, LiteralBits, lengths[..literals], LiteralSymbols, false)
            || !HuffmanTable.Build(Pointer(_distances), DistanceCapacity, DistanceBits, lengths.Slice(literals, distances), DistanceSymbols, false))
        {
            throw Fault("an impossible code");
        }
    }

    private void Block()
    {
        var literals = Pointer(_literals);
        var distances = Pointer(_distances);
        var bits = _bits;
        var count = _count;
        var source = _in;
        var last = _inEnd + 8;
        var target = _out;
        var start = _buffer.Pointer;
        var full = start + _buffer.Capacity - 4;
        while (true)
        {
            if (source > last)
            {
                throw Fault("a stream that is cut off");
            }

            if (target >= full)
            {
                _out = target;
                Room(4);
                target = _out;
                start = _buffer.Pointer;
                full = start + _buffer.Capacity - 4;
            }

            bits |= *(ulong*)source << count;
            source += (63 - count) >> 3;
            count |= 56;
            var entry = literals[bits & ((1 << LiteralBits) - 1)];
            if ((entry & HuffmanTable.KindMask) == HuffmanTable.Literal)
            {
                // Between two refills fit three literals of the main table and a length: 3 × 11 + 15 + 5 bits.
                bits >>= (int)(entry & 31);
                count -= (int)(entry & 31);
                *target++ = (byte)(entry >> 16);
                entry = literals[bits & ((1 << LiteralBits) - 1)];
                if ((entry & HuffmanTable.KindMask) == HuffmanTable.Literal)
                {
                    bits >>= (int)(entry & 31);
                    count -= (int)(entry & 31);
                    *target++ = (byte)(entry >> 16);
                    entry = literals[bits & ((1 << LiteralBits) - 1)];
                    if ((entry & HuffmanTable.KindMask) == HuffmanTable.Literal)
                    {
                        bits >>= (int)(entry & 31);
                        count -= (int)(entry & 31);
                        *target++ = (byte)(entry >> 16);
                        entry = literals[bits & ((1 << LiteralBits) - 1)];
                        if ((entry & HuffmanTable.KindMask) == HuffmanTable.Literal)
                        {
                            bits >>= (int)(entry & 31);
                            count -= (int)(entry & 31);
                            *target++ = (byte)(entry >> 16);
                            continue;
                        }
                    }
                }
            }

            if ((entry & HuffmanTable.KindMask) == HuffmanTable.Link)
            {
                bits >>= LiteralBits;
                count -= LiteralBits;
                entry = literals[(entry >> 16) + (uint)(bits & ((1u << (int)(entry >> 8 & 0xFF)) - 1))];
            }

            bits >>= (int)(entry & 31);
            count -= (int)(entry & 31);
            var kind = entry & HuffmanTable.KindMask;
            if (kind == HuffmanTable.Literal)
            {
                *target++ = (byte)(entry >> 16);
                continue;
            }

            if (kind != HuffmanTable.Base)
            {
                if (kind == HuffmanTable.EndOfBlock)
                {
                    break;
                }

                throw Fault("an unknown symbol");
            }

            var extra = (int)(entry >> 8 & 0xFF);
            var length = (int)(entry >> 16) + (int)(bits & ((1u << extra) - 1));
            bits >>= extra;
            count -= extra;

            bits |= *(ulong*)source << count;
            source += (63 - count) >> 3;
            count |= 56;
            entry = distances[bits & ((1 << DistanceBits) - 1)];
            if ((entry & HuffmanTable.KindMask) == HuffmanTable.Link)
            {
                bits >>= DistanceBits;
                count -= DistanceBits;
                entry = distances[(entry >> 16) + (uint)(bits & ((1u << (int)(entry >> 8 & 0xFF)) - 1))];
            }

            if ((entry & HuffmanTable.KindMask) != HuffmanTable.Base)
            {
                throw Fault("an unknown distance");
            }

            bits >>= (int)(entry & 31);
            count -= (int)(entry & 31);
            extra = (int)(entry >> 8 & 0xFF);
            var distance = (int)(entry >> 16) + (int)(bits & ((1u << extra) - 1));
            bits >>= extra;
            count -= extra;
            if (distance > target - start)
            {
                throw Fault("a distance from before the data");
            }

            // The buffer's padding takes a whole match and the vector stored over its end.
            MatchCopy.Copy(target, distance, length);
            target += length;
        }

        _bits = bits;
        _count = count;
        _in = source;
        _out = target;
    }

    /// <summary>Makes room for so many more bytes; the padding behind the capacity is not counted.</summary>
    private void Room(long more)
    {
        var used = _out - _buffer.Pointer;
        if (used + more <= _buffer.Capacity)
        {
            return;
        }

        if (used > _limit)
        {
            throw Over();
        }

        _buffer = _pool.Grow(_buffer, used, used + more);
        _out = _buffer.Pointer + used;
    }

    private static uint* Pointer(uint[] pinned) => (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static uint[] MakeLiteralSymbols()
    {
        var symbols = new uint[288];
        Array.Fill(symbols, HuffmanTable.Invalid);
        for (uint i = 0; i < 256; i++)
        {
            symbols[i] = HuffmanTable.Literal | (i << 16);
        }

        symbols[256] = HuffmanTable.EndOfBlock;
        uint length = 3;
        for (var i = 0; i < 28; i++)
        {
            var extra = i < 8 ? 0 : (i >> 2) - 1;
            symbols[257 + i] = HuffmanTable.Base | ((uint)extra << 8) | (length << 16);
            length += 1u << extra;
        }

        symbols[285] = HuffmanTable.Base | (258 << 16);
        return symbols;
    }

    private static uint[] MakeDistanceSymbols()
    {
        var symbols = new uint[32];
        Array.Fill(symbols, HuffmanTable.Invalid);
        uint distance = 1;
        for (var i = 0; i < 30; i++)
        {
            var extra = i < 4 ? 0 : (i >> 1) - 1;
            symbols[i] = HuffmanTable.Base | ((uint)extra << 8) | (distance << 16);
            distance += 1u << extra;
        }

        return symbols;
    }
}
