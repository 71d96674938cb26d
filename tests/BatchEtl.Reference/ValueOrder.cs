using System.Text;

namespace BatchEtl.Reference;

/// <summary>T5: text by its UTF-8 bytes, nulls last, everything else by its value.</summary>
public sealed class ValueOrder : IComparer<object?>
{
    public static readonly ValueOrder Instance = new();

    public static int CompareText(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    public int Compare(object? x, object? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (string a, string b) => CompareText(a, b),
        (IComparable a, _) when x.GetType() == y.GetType() => a.CompareTo(y),
        (ExactDecimal a, ExactDecimal b) => a.CompareTo(b),
        _ => throw new ArgumentException($"{x.GetType().Name} cannot be compared with {y.GetType().Name}"),
    };

    /// <summary>Row by row in the order of the columns.</summary>
    public static int CompareRows(IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            var c = Instance.Compare(a[i], b[i]);
            if (c != 0)
            {
                return c;
            }
        }

        return 0;
    }
}
