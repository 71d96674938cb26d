using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Generic;

/// <summary>Reads one value after the other from a block.</summary>
internal unsafe struct ValueCursor(byte* position, byte* end)
{
    public byte* Position = position;
    public readonly byte* End = end;
    private int _nesting;

    public long Long() => VarInt.Checked(ref Position, End, "an integer");

    public int Int()
    {
        var start = Position;
        var value = Long();
        if (value != (int)value)
        {
            Faults.Int32(start, value);
        }

        return (int)value;
    }

    public bool Boolean()
    {
        if (Position >= End || *Position > 1)
        {
            Faults.Boolean(Position, End);
        }

        return *Position++ == 1;
    }

    public float Float() => BinaryPrimitives.ReadSingleLittleEndian(Fixed(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Fixed(8));

    public ReadOnlySpan<byte> Fixed(int size)
    {
        if (End - Position < size)
        {
            Faults.Fixed(Position, size, End);
        }

        var bytes = new ReadOnlySpan<byte>(Position, size);
        Position += size;
        return bytes;
    }

    public ReadOnlySpan<byte> Prefixed()
    {
        var start = Position;
        var length = Long();
        if (length < 0 || length > End - Position)
        {
            Faults.Length(start, length, End - Position);
        }

        return Fixed((int)length);
    }

    public string Text() => Text(Prefixed());

    public int Enum(int symbols)
    {
        var start = Position;
        var index = Long();
        if ((ulong)index >= (ulong)symbols)
        {
            Faults.Enum(start, index, symbols);
        }

        return (int)index;
    }

    public int Branch(int branches)
    {
        var start = Position;
        var index = Long();
        if ((ulong)index >= (ulong)branches)
        {
            Faults.Branch(start, index, branches);
        }

        return (int)index;
    }

    /// <summary>Enters a record that can hold itself.</summary>
    public void Nest()
    {
        if (++_nesting > ValueSkipper.MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Faults.Depth(Position, ValueSkipper.MaxNesting);
        }
    }

    public readonly int Nesting => _nesting;

    public void Unnest() => _nesting--;

    /// <summary>UTF-8 as a string; each run of bytes that are none (and of U+FFFD among them) is one U+FFFD.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var shown = new byte[(2 * bytes.Length) + 3];
        fixed (byte* target = shown)
        {
            return Encoding.UTF8.GetString(shown, 0, (int)TextForms.Sanitize(bytes, target));
        }
    }
}
