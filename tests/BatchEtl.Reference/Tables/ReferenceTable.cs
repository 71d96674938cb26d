using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Tables;

/// <summary>
/// Rows of a published table, columns in the order of tables.md. Cells: string (text, uuid), int, long (bigint, timestamp in microseconds
/// since 1970), double, bool, DateOnly, <see cref="ExactDecimal"/> with the column's scale, or null.
/// </summary>
public sealed record ReferenceTable(IReadOnlyList<string> Columns, IReadOnlyList<ColumnType> Types, IReadOnlyList<object?[]> Rows)
{
    private readonly Dictionary<string, int> _indexes = Columns.Select((c, i) => (c, i)).ToDictionary(c => c.c, c => c.i);

    public int IndexOf(string column)
    {
        return _indexes.TryGetValue(column, out var index) ? index : throw new ArgumentException($"no column {column}; there are {string.Join(", ", Columns)}", nameof(column));
    }

    public ColumnType TypeOf(string column) => Types[IndexOf(column)];

    /// <summary>The rows ordered by some columns (T5).</summary>
    public ReferenceTable SortedBy(params string[] columns)
    {
        var keys = columns.Select(IndexOf).ToList();
        return this with
        {
            Rows = [.. Rows.OrderBy(r => keys.Select(k => r[k]).ToArray(), Comparer<object?[]>.Create(ValueOrder.CompareRows))],
        };
    }
}

/// <summary>Collects the columns of a table and their types.</summary>
internal sealed class TableBuilder
{
    private readonly List<string> _columns = [];
    private readonly List<ColumnType> _types = [];
    private readonly List<object?[]> _rows = [];

    public TableBuilder Column(string name, ColumnType type)
    {
        _columns.Add(name);
        _types.Add(type);
        return this;
    }

    public void Row(params IEnumerable<object?> cells) => _rows.Add([.. cells]);

    public ReferenceTable Build() => new(_columns, _types, _rows);
}

/// <summary>C3: in cubes and metrics every dimension is text.</summary>
internal static class DimensionText
{
    public const string None = "(none)";

    /// <summary>true/false, ISO date, decimal with its scale; null stays null.</summary>
    public static string? Of(object? value) => value switch
    {
        null => null,
        string text => text,
        bool b => b ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        long or int => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        ExactDecimal number => number.ToString(),
        _ => throw new NotSupportedException($"{value.GetType().Name} as a dimension"),
    };
}

/// <summary>C2: sums are exact; the sum of nothing is null; 10^38 stops the run.</summary>
internal static class Sums
{
    public static ColumnType TypeOf(ColumnType of) => of.Kind switch
    {
        TypeKind.Double => ColumnType.Double,
        TypeKind.Decimal => ColumnType.Decimal(38, of.Scale),
        _ => ColumnType.Decimal(38, 0),
    };

    public static object? Of(IEnumerable<object?> values, ColumnType type)
    {
        var present = values.Where(v => v is not null).ToList();
        if (present.Count == 0)
        {
            return null;
        }

        if (type.Kind == TypeKind.Double)
        {
            return present.Sum(v => (double)v!);
        }

        var sum = present.Aggregate(new ExactDecimal(0, TypeOf(type).Scale), (total, v) => total + Number(v!));
        return sum.Fits(38) ? sum : throw new OverflowException($"sum {sum} has more than 38 digits");
    }

    private static ExactDecimal Number(object value) => value switch
    {
        bool b => b ? 1 : 0,
        long n => n,
        int n => n,
        ExactDecimal d => d,
        _ => throw new NotSupportedException($"sum of {value.GetType().Name}"),
    };
}
