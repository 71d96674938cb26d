using System.Numerics;
using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>
/// A set of numbers from 0, in native memory: a hash table while there are few, one bit for each number when that is smaller.
/// As a blob it is a byte for the form and then the numbers (32 bits each) or the bits (64-bit words), little-endian.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NumberSet
{
    private const int Empty = -1;
    private const byte AsNumbers = 0;
    private const byte AsBits = 1;
    private int* _slots;
    private int _slotCount;
    private int _count;
    private int _largest;
    private ulong* _bits;
    private int _words;

    /// <summary>Bytes of the blob.</summary>
    public readonly int BlobBytes => 1 + (_bits is null ? _count * sizeof(int) : _words * sizeof(ulong));

    public static long CountIn(ReadOnlySpan<byte> blob)
    {
        if (blob[0] == AsNumbers)
        {
            return (blob.Length - 1) / sizeof(int);
        }

        long count = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(blob[1..]))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    public void Add(int number)
    {
        if (_bits is not null)
        {
            SetBit(number);
            return;
        }

        _largest = Math.Max(_largest, number);
        if (_count * 2 >= _slotCount && !Grow())
        {
            SetBit(number);
            return;
        }

        var slot = SlotOf(number);
        if (_slots[slot] == Empty)
        {
            _slots[slot] = number;
            _count++;
        }
    }

    public void Add(ReadOnlySpan<byte> blob)
    {
        if (blob[0] == AsNumbers)
        {
            foreach (var number in MemoryMarshal.Cast<byte, int>(blob[1..]))
            {
                Add(number);
            }

            return;
        }

        AddBits(MemoryMarshal.Cast<byte, ulong>(blob[1..]));
    }

    public void Add(NumberSet* other)
    {
        if (other->_bits is not null)
        {
            AddBits(new ReadOnlySpan<ulong>(other->_bits, other->_words));
            return;
        }

        for (var i = 0; i < other->_slotCount; i++)
        {
            if (other->_slots[i] != Empty)
            {
                Add(other->_slots[i]);
            }
        }
    }

    public readonly void CopyTo(Span<byte> blob)
    {
        blob[0] = _bits is null ? AsNumbers : AsBits;
        if (_bits is not null)
        {
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(_bits, _words)).CopyTo(blob[1..]);
            return;
        }

        var numbers = MemoryMarshal.Cast<byte, int>(blob[1..]);
        var next = 0;
        for (var i = 0; i < _slotCount; i++)
        {
            if (_slots[i] != Empty)
            {
                numbers[next++] = _slots[i];
            }
        }
    }

    public void Free()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_bits);
    }

    private readonly int SlotOf(int number)
    {
        var mask = _slotCount - 1;
        var slot = (int)((uint)number * 0x9E3779B1 >> 7) & mask;
        while (_slots[slot] != Empty && _slots[slot] != number)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    /// <summary>Twice the slots; or, when bits take less memory than those, bits: false then.</summary>
    private bool Grow()
    {
        var old = _slots;
        var oldCount = _slotCount;
        _slotCount = Math.Max(16, oldCount * 2);
        var toBits = (long)_slotCount * sizeof(int) > _largest / 8L + sizeof(ulong);
        if (!toBits)
        {
            _slots = (int*)NativeMemory.Alloc((nuint)_slotCount, sizeof(int));
            new Span<int>(_slots, _slotCount).Fill(Empty);
        }
        else
        {
            _slots = null;
            _slotCount = 0;
        }

        for (var i = 0; i < oldCount; i++)
        {
            if (old[i] == Empty)
            {
                continue;
            }

            if (toBits)
            {
                SetBit(old[i]);
            }
            else
            {
                _slots[SlotOf(old[i])] = old[i];
            }
        }

        NativeMemory.Free(old);
        return !toBits;
    }

    private void AddBits(ReadOnlySpan<ulong> bits)
    {
        if (bits.Length == 0)
        {
            return;
        }

        // The numbers that were there go with them.
        if (_bits is null)
        {
            Reserve(bits.Length);
            for (var i = 0; i < _slotCount; i++)
            {
                if (_slots[i] != Empty)
                {
                    SetBit(_slots[i]);
                }
            }

            NativeMemory.Free(_slots);
            _slots = null;
            _slotCount = 0;
        }

        Reserve(bits.Length);
        for (var i = 0; i < bits.Length; i++)
        {
            _bits[i] |= bits[i];
        }
    }

    private void SetBit(int number)
    {
        var word = number >> 6;
        if (word >= _words)
        {
            Reserve(word + 1);
        }

        _bits[word] |= 1UL << (number & 63);
    }

    private void Reserve(int words)
    {
        if (words <= _words)
        {
            return;
        }

        words = Math.Max(words, _words + _words / 2);
        _bits = (ulong*)NativeMemory.Realloc(_bits, (nuint)words * sizeof(ulong));
        new Span<ulong>(_bits + _words, words - _words).Clear();
        _words = words;
    }
}
