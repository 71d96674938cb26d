using System.Runtime.InteropServices;
using BatchEtl.Avro.Columnar;

namespace BatchEtl.DuckDb;

/// <summary>How ids of one SQL type order events of equal time (S1), and how an aggregate keeps them.</summary>
internal unsafe interface IPlaceId<T>
    where T : unmanaged, IPlaceId<T>
{
    static abstract int Compare(T* a, T* b);

    /// <summary>A copy that outlives the chunk.</summary>
    static abstract T Own(T* id);

    static abstract void Free(T* id);

    /// <summary>Writes the id to a row of a result.</summary>
    static abstract void Write(T* id, nint vector, ulong row);
}

/// <summary>An event's place among the events of its session or actor: by time, then by id.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EventPlace<T>
    where T : unmanaged, IPlaceId<T>
{
    public long Time;
    public T Id;

    public static bool IsBefore(long time, T* id, EventPlace<T>* other) =>
        time != other->Time ? time < other->Time : T.Compare(id, &other->Id) < 0;
}

/// <summary>A UUID as DuckDB holds it: 128 bits whose signed order is the order of the texts.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UuidId : IPlaceId<UuidId>
{
    private readonly ulong _low;
    private readonly long _high;

    public static int Compare(UuidId* a, UuidId* b) =>
        a->_high != b->_high ? a->_high.CompareTo(b->_high) : a->_low.CompareTo(b->_low);

    public static UuidId Own(UuidId* id) => *id;

    public static void Free(UuidId* id)
    {
    }

    public static void Write(UuidId* id, nint vector, ulong row) => ((UuidId*)Native.duckdb_vector_get_data(vector))[row] = *id;
}

/// <summary>A text, compared by its UTF-8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TextId : IPlaceId<TextId>
{
    private Utf8View _text;

    public static int Compare(TextId* a, TextId* b) => Utf8View.Bytes(&a->_text).SequenceCompareTo(Utf8View.Bytes(&b->_text));

    public static TextId Own(TextId* id) => new() { _text = OwnedText.Copy(&id->_text) };

    public static void Free(TextId* id) => OwnedText.Free(&id->_text);

    public static void Write(TextId* id, nint vector, ulong row) => OwnedText.Write(&id->_text, vector, row);
}

/// <summary>No id, where none decides: events of one time are alike.</summary>
internal unsafe struct NoId : IPlaceId<NoId>
{
    public static int Compare(NoId* a, NoId* b) => 0;

    public static NoId Own(NoId* id) => default;

    public static void Free(NoId* id)
    {
    }

    public static void Write(NoId* id, nint vector, ulong row) => throw new NotSupportedException("there is no id to write");
}

/// <summary>Texts in memory of our own.</summary>
internal static unsafe class OwnedText
{
    public static bool Equal(Utf8View* a, Utf8View* b)
    {
        // The first word is the length and the first four bytes.
        if (*(ulong*)a != *(ulong*)b)
        {
            return false;
        }

        return a->Length <= 12
            ? ((ulong*)a)[1] == ((ulong*)b)[1]
            : Utf8View.Bytes(a).SequenceEqual(Utf8View.Bytes(b));
    }

    public static Utf8View Copy(Utf8View* text)
    {
        if (text->Length <= 12)
        {
            return *text;
        }

        var bytes = Utf8View.Bytes(text);
        var copy = (byte*)Slab.Alloc(bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return Utf8View.Of(copy, bytes.Length);
    }

    /// <summary>Writes the text to a row of a result; DuckDB keeps a copy.</summary>
    public static void Write(Utf8View* text, nint vector, ulong row)
    {
        fixed (byte* bytes = Utf8View.Bytes(text))
        {
            Native.duckdb_vector_assign_string_element_len(vector, row, bytes, (ulong)text->Length);
        }
    }

    public static void Free(Utf8View* text)
    {
        if (text->Length > 12)
        {
            fixed (byte* bytes = Utf8View.Bytes(text))
            {
                Slab.Free(bytes, text->Length);
            }
        }
    }
}
