using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Columnar;

public sealed unsafe partial class ColumnarReader
{
    /// <summary>Goes over an array and reads the first element of each wanted key.</summary>
    private byte* Elements(KeyedArray array, byte* p, long row)
    {
        var stamp = ++_stamp;
        var blocks = default(ItemBlocks);
        while (blocks.Next(ref p, _end, array.LeastBytes, out var count))
        {
            for (; count > 0; count--)
            {
                p = Element(array, p, row, stamp);
            }
        }

        return p;
    }

    private byte* Element(KeyedArray array, byte* p, long row, long stamp)
    {
        byte* next = null;
        foreach (var group in array.Groups)
        {
            var at = p;
            var probe = group.Probes[array.ItemsAreUnion ? Branch(ref at, group.Probes.Length) : 0];
            if (probe is null)
            {
                continue;
            }

            at = _program.Skipper.Skip(probe.BeforeEntry, at, _end, probe.Nesting);
            var key = Key(group, probe, ref at);
            if (key >= 0 && _marks[group.FirstMark + key] != stamp)
            {
                _marks[group.FirstMark + key] = stamp;
                next = Run(_code + group.Starts[key], p, row, 0);
            }
            else if (next == null)
            {
                next = _program.Skipper.Skip(probe.BehindEntry, at, _end, probe.Nesting);
            }
        }

        return next != null ? next : _program.Skipper.Skip(array.ItemEntry, p, _end, array.Nesting);
    }

    /// <summary>Reads an element's key: which of the wanted ones it is, or -1.</summary>
    private int Key(KeyGroup group, KeyProbe probe, ref byte* p)
    {
        var form = probe.Forms[probe.KeyIsUnion ? Branch(ref p, probe.Forms.Length) : 0];
        if (form.IsString)
        {
            var raw = Prefix(p, _end);
            p = raw.Next + raw.Value;
            return Find(group.Keys, new ReadOnlySpan<byte>(raw.Next, (int)raw.Value));
        }

        if (form.KeyOfSymbol is null)
        {
            p = _program.Skipper.Skip(form.SkipEntry, p, _end, probe.Nesting);
            return -1;
        }

        var symbol = Integer(p, _end);
        var index = VarInt.ZigZag(symbol.Value);
        if ((ulong)index >= (ulong)form.KeyOfSymbol.Length)
        {
            Faults.Enum(p, index, form.KeyOfSymbol.Length);
        }

        p = symbol.Next;
        return form.KeyOfSymbol[index];
    }

    /// <summary>Goes over a map and reads the last entry of each wanted key.</summary>
    private byte* Entries(MapEntries map, byte* p, long row)
    {
        var stamp = ++_stamp;
        var blocks = default(ItemBlocks);
        while (blocks.Next(ref p, _end, map.LeastBytes, out var count))
        {
            for (; count > 0; count--)
            {
                var raw = Prefix(p, _end);
                p = raw.Next + raw.Value;
                var key = Find(map.Keys, new ReadOnlySpan<byte>(raw.Next, (int)raw.Value));
                if (key < 0)
                {
                    p = _program.Skipper.Skip(map.ValueEntry, p, _end, map.Nesting);
                    continue;
                }

                if (_marks[map.FirstMark + key] == stamp)
                {
                    Forget(map.Columns[key], row);
                }

                _marks[map.FirstMark + key] = stamp;
                p = Run(_code + map.Starts[key], p, row, 0);
            }
        }

        return p;
    }

    /// <summary>Takes back what an earlier entry of the same key gave a row.</summary>
    private void Forget(int[] columns, long row)
    {
        foreach (var column in columns)
        {
            if (_plan.Columns[column].Kind is LeafKind.Present or LeafKind.TextInvalid)
            {
                ((byte*)_columns[column].Data)[row] = 0;
            }
            else
            {
                _columns[column].Validity[row >> 6] &= ~(1UL << (int)row);
            }
        }
    }

    private int Branch(ref byte* p, int branches)
    {
        var raw = Integer(p, _end);
        var index = VarInt.ZigZag(raw.Value);
        if ((ulong)index >= (ulong)branches)
        {
            Faults.Branch(p, index, branches);
        }

        p = raw.Next;
        return (int)index;
    }

    private static int Find(byte[][] keys, ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i].Length == key.Length && key.SequenceEqual(keys[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
