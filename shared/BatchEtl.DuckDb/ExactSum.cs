using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>
/// A sum of doubles without rounding on the way: the same whatever the order. Bins of 32 bits hold the multiples of 2^-1074
/// that every finite double is; only those between the smallest and the largest number are there.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ExactSum
{
    private const int BinBits = 32;
    private const int Mantissa = 52;

    /// <summary>The exponent of bin 0's lowest bit.</summary>
    private const int Lowest = -1074;

    /// <summary>Bins that one number touches.</summary>
    private const int Touched = 3;

    /// <summary>Bins are carried over before one can leave 63 bits.</summary>
    private const long MostAdds = 1L << 30;

    private int _low;
    private int _count;
    private long _adds;
    private long* _bins;

    /// <summary>NaN and infinities go on as they do in a plain sum.</summary>
    private double _special;
    private bool _isSpecial;

    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            _special = _isSpecial ? _special + value : value;
            _isSpecial = true;
            return;
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> Mantissa) & 0x7FF;
        var digits = (ulong)bits & ((1UL << Mantissa) - 1) | (exponent == 0 ? 0 : 1UL << Mantissa);
        var position = Math.Max(exponent, 1) - 1;
        var (bin, shift) = (position / BinBits, position % BinBits);
        Reach(bin, bin + Touched);
        var low = digits << shift;
        var high = shift == 0 ? 0 : digits >> (64 - shift);
        var sign = bits < 0 ? -1L : 1L;
        var at = _bins + (bin - _low);
        at[0] += sign * (uint)low;
        at[1] += sign * (long)(low >> BinBits);
        at[2] += sign * (long)high;
        Count();
    }

    public void Add(ExactSum* other)
    {
        if (other->_isSpecial)
        {
            Add(other->_special);
        }

        if (other->_count == 0)
        {
            return;
        }

        other->Carry();
        Reach(other->_low, other->_low + other->_count);
        for (var i = 0; i < other->_count; i++)
        {
            _bins[other->_low - _low + i] += other->_bins[i];
        }

        Count();
    }

    /// <summary>The sum, rounded once, halves to even.</summary>
    public double Value()
    {
        if (_isSpecial)
        {
            return _special;
        }

        if (_count == 0)
        {
            return 0;
        }

        // Room for what the topmost bin carries over.
        var bins = stackalloc long[_count + Touched];
        var count = _count + Touched - 1;
        long carry = 0;
        for (var i = 0; i < count; i++)
        {
            var bin = (i < _count ? _bins[i] : 0) + carry;
            bins[i] = (uint)bin;
            carry = bin >> BinBits;
        }

        var isNegative = carry < 0;
        if (isNegative)
        {
            carry = 1;
            for (var i = 0; i < count; i++)
            {
                var bin = (uint)~bins[i] + carry;
                bins[i] = (uint)bin;
                carry = bin >> BinBits;
            }
        }

        var top = count - 1;
        while (top >= 0 && bins[top] == 0)
        {
            top--;
        }

        if (top < 0)
        {
            return 0;
        }

        UInt128 leading = 0;
        for (var i = 0; i < Touched; i++)
        {
            leading = leading << BinBits | (top - i >= 0 ? (ulong)bins[top - i] : 0);
        }

        var isMore = false;
        for (var i = 0; i <= top - Touched; i++)
        {
            isMore |= bins[i] != 0;
        }

        var rounded = Rounded(leading, isMore, Lowest + BinBits * (_low + top - (Touched - 1)));
        return isNegative ? -rounded : rounded;
    }

    public void Free() => GiveBack(_bins, _count);

    private static double Rounded(UInt128 leading, bool isMore, int exponent)
    {
        var drop = Math.Max(0, 128 - (int)UInt128.LeadingZeroCount(leading) - (Mantissa + 1));
        var kept = (ulong)(leading >> drop);
        if (drop > 0)
        {
            var rest = leading & ((UInt128.One << drop) - 1);
            var half = UInt128.One << (drop - 1);
            kept += rest > half || (rest == half && (isMore || (kept & 1) != 0)) ? 1UL : 0UL;
        }

        return Math.ScaleB(kept, exponent + drop);
    }

    private void Count()
    {
        if (++_adds >= MostAdds)
        {
            Carry();
            _adds = 0;
        }
    }

    /// <summary>Leaves less than 32 bits in each bin but the last, which keeps the sign.</summary>
    private void Carry()
    {
        if (_bins[_count - 1] is > int.MaxValue or < int.MinValue)
        {
            Reach(_low, _low + _count + 1);
        }

        for (var i = 0; i < _count - 1; i++)
        {
            _bins[i + 1] += _bins[i] >> BinBits;
            _bins[i] = (uint)_bins[i];
        }
    }

    /// <summary>Makes room for the bins from one to before another.</summary>
    private void Reach(int from, int to)
    {
        if (_count > 0 && from >= _low && to <= _low + _count)
        {
            return;
        }

        var (low, end) = _count == 0 ? (from, to) : (Math.Min(from, _low), Math.Max(to, _low + _count));
        var bins = (long*)Slab.Alloc((end - low) * sizeof(long));
        new Span<long>(bins, end - low).Clear();
        if (_count > 0)
        {
            new Span<long>(_bins, _count).CopyTo(new Span<long>(bins + (_low - low), _count));
            GiveBack(_bins, _count);
        }

        _bins = bins;
        (_low, _count) = (low, end - low);
    }

    private static void GiveBack(long* bins, int count)
    {
        if (count > 0)
        {
            Slab.Free(bins, count * sizeof(long));
        }
    }
}
