using System.Globalization;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Tables;

/// <summary>Compares two tables as sets of rows, for tests.</summary>
public static class TableDifference
{
    /// <summary>
    /// The first differences in words, empty where there are none. Rows are matched by all cells that must be equal; doubles may differ by
    /// the tolerance relative to their size, a decimal may be of another scale (G1), and in raw_value a floating number may be any text that
    /// reads back to the same number (E3), where a 32-bit one may be written as such or widened.
    /// </summary>
    /// <param name="ignored">Columns that are not compared, such as record_number on an engine that does not know it.</param>
    public static IReadOnlyList<string> Between(
        ReferenceTable expected, ReferenceTable actual, double tolerance = 1e-9, int limit = 10, params IReadOnlyCollection<string> ignored)
    {
        if (!expected.Columns.SequenceEqual(actual.Columns))
        {
            return [$"columns {string.Join(", ", actual.Columns)} instead of {string.Join(", ", expected.Columns)}"];
        }

        var differences = new List<string>();
        var compared = Enumerable.Range(0, expected.Columns.Count).Where(i => !ignored.Contains(expected.Columns[i])).ToList();
        var exact = compared.Where(i => expected.Types[i].Kind != TypeKind.Double && expected.Columns[i] != "raw_value").ToList();
        var doubles = compared.Except(exact).ToList();
        string Key(object?[] row) => string.Join(" | ", exact.Select(i => expected.Columns[i] + "=" + Show(row[i])));
        string Rest(object?[] row) => string.Join(" | ", doubles.Select(i => expected.Columns[i] + "=" + Show(row[i])));
        List<object?[]> Sorted(IEnumerable<object?[]> rows) =>
            [.. rows.OrderBy(r => doubles.Select(i => r[i]).ToArray(), Comparer<object?[]>.Create(ValueOrder.CompareRows))];

        var wanted = expected.Rows.GroupBy(Key).ToDictionary(g => g.Key, g => Sorted(g));
        var found = actual.Rows.GroupBy(Key).ToDictionary(g => g.Key, g => Sorted(g));
        foreach (var (key, rows) in wanted)
        {
            var others = found.GetValueOrDefault(key) ?? [];
            differences.AddRange(rows.Skip(others.Count).Select(r => $"missing: {key} | {Rest(r)}"));
            differences.AddRange(others.Skip(rows.Count).Select(r => $"unexpected: {key} | {Rest(r)}"));
            differences.AddRange(rows.Zip(others)
                .Where(pair => doubles.Any(i => !Near(pair.First[i], pair.Second[i], tolerance)))
                .Select(pair => $"expected {Rest(pair.First)}, found {Rest(pair.Second)}: {key}"));
        }

        differences.AddRange(found.Where(f => !wanted.ContainsKey(f.Key)).SelectMany(f => f.Value.Select(r => $"unexpected: {f.Key} | {Rest(r)}")));
        return differences.Count <= limit
            ? [.. differences.Order(StringComparer.Ordinal)]
            : [.. differences.Order(StringComparer.Ordinal).Take(limit / 2), .. differences.Order(StringComparer.Ordinal).TakeLast(limit / 2), $"… {differences.Count} in all"];
    }

    private static bool Near(object? a, object? b, double tolerance) => (a, b) switch
    {
        (double x, double y) => x.Equals(y) || Math.Abs(x - y) <= tolerance * Math.Max(Math.Abs(x), Math.Abs(y)),
        (string x, string y) => x == y || SameNumber(x, y),
        _ => a is null && b is null,
    };

    private static bool SameNumber(string a, string b) =>
        double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
        && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
        && a.Length + b.Length < 100
        && (x.Equals(y) || ((float)x).Equals((float)y) && (x.Equals((float)x) || y.Equals((float)y)));

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => "'" + text + "'",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ExactDecimal number => Plain(number),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Plain(ExactDecimal number)
    {
        var text = number.ToString();
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }
}
