using System.Globalization;

namespace BatchEtl.Cli.Output;

/// <summary>Rows as aligned text.</summary>
internal static class TextTable
{
    public static void Write(TextWriter target, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows)
    {
        var cells = rows.Select(r => r.Select(Text).ToArray()).ToList();
        var right = columns.Select((_, i) => rows.Any(r => r[i] is not null) && rows.All(r => r[i] is null or long or int or double or decimal)).ToList();
        var widths = columns.Select((c, i) => cells.Select(r => r[i].Length).Append(c.Length).Max()).ToList();
        void Line(IReadOnlyList<string> line) => target.WriteLine(string.Join(
            "  ", line.Select((c, i) => right[i] ? c.PadLeft(widths[i]) : c.PadRight(widths[i]))).TrimEnd());
        Line([.. columns]);
        Line([.. widths.Select(w => new string('-', w))]);
        cells.ForEach(Line);
    }

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        double number => number.ToString("0.######", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!.Length > 60 ? value.ToString()![..57] + "..." : value.ToString()!,
    };
}
