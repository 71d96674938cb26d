using System.Runtime.InteropServices;

namespace BatchEtl.Avro.Columnar;

/// <summary>The caller's memory for one column of a chunk.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ColumnVector
{
    /// <summary>Room for as many values as the chunk has rows. What stands at a null is undefined.</summary>
    public void* Data;

    /// <summary>
    /// One bit per row, least significant first, 1 = not null; room for whole 64-bit words. Null when the caller wants none.
    /// </summary>
    public ulong* Validity;
}

/// <summary>
/// A text in 16 bytes, as DuckDB, Arrow and others lay it out: up to 12 bytes stand in it, zeros behind them; a longer one
/// has its first 4 bytes in it and a pointer to all of them.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public unsafe struct Utf8View
{
    private int _length;
    private uint _prefix;
    private byte* _pointer;

    /// <summary>Bytes of the text.</summary>
    public readonly int Length => _length;

    internal static Utf8View Of(byte* text, int length)
    {
        Utf8View view = default;
        view._length = length;
        if (length <= 12)
        {
            Buffer.MemoryCopy(text, &view._prefix, 12, length);
        }
        else
        {
            view._prefix = *(uint*)text;
            view._pointer = text;
        }

        return view;
    }

    /// <summary>The text's bytes; a view of more than 12 must still have its memory.</summary>
    public static ReadOnlySpan<byte> Bytes(Utf8View* view) =>
        new(view->_length <= 12 ? (byte*)&view->_prefix : view->_pointer, view->_length);
}
