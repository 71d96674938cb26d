namespace BatchEtl.Avro.Decoding;

/// <summary>The blocks of an array or a map: reads and checks their counts.</summary>
internal unsafe struct ItemBlocks
{
    /// <summary>An array or map of more items is refused: nothing that follows could be believed to be one.</summary>
    public const long MaxItems = int.MaxValue;

    private long _total;
    private long _size;
    private byte* _first;

    /// <summary>Reads the next block's count; false behind the last one.</summary>
    /// <param name="leastBytes">The fewest bytes that an item takes; 0 only where every item takes none.</param>
    public bool Next(ref byte* p, byte* end, int leastBytes, out long count)
    {
        var start = p;
        if (_first != null && _size >= 0 && p - _first != _size)
        {
            throw new MalformedDataException((nint)_first, $"items of {_size} bytes, as their block says", $"{p - _first} bytes of them");
        }

        count = VarInt.Checked(ref p, end, "the count of a block of items");
        _size = -1;
        if (count == 0)
        {
            return false;
        }

        if (count < 0)
        {
            if (count == long.MinValue)
            {
                throw new MalformedDataException((nint)start, "a count over -2^63", "-2^63");
            }

            count = -count;
            _size = VarInt.Checked(ref p, end, "the byte size of a block of items");
            if (_size < 0 || _size > end - p)
            {
                Faults.Length(start, _size, end - p);
            }
        }

        _first = p;
        if (leastBytes > 0 && count > (end - p) / leastBytes)
        {
            throw new MalformedDataException((nint)start, $"at most {(end - p) / leastBytes} items, for which there are bytes", $"{count}");
        }

        if (count > MaxItems - _total)
        {
            throw new MalformedDataException((nint)start, $"at most {MaxItems} items", $"{(decimal)_total + count}");
        }

        _total += count;
        return true;
    }
}
