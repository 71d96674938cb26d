using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Texts in the file that are compared with, or stand for, values of a column's type.</summary>
internal static partial class Values
{
    /// <summary>What was expected when a text is no value of the type (E1's forms); null when it is one.</summary>
    public static string? Fault(string text, ColumnType type) => type.Kind switch
    {
        TypeKind.Boolean => text is "true" or "false" ? null : "true or false",
        TypeKind.BigInt or TypeKind.Int => IsWhole(text) ? null : "a whole number",
        TypeKind.Double or TypeKind.Decimal => IsNumber().IsMatch(text) ? null : "a number",
        TypeKind.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? null
            : "a date, YYYY-MM-DD",
        TypeKind.Uuid => Guid.TryParseExact(text, "D", out _) ? null : "a UUID",
        TypeKind.Timestamp => IsInstant().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? null
            : "an instant such as 2026-03-28T10:00:00Z",
        _ => null,
    };

    private static bool IsWhole(string text) =>
        IsNumber().IsMatch(text)
        && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
        && number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue;

    [GeneratedRegex(@"\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsNumber();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?Z\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsInstant();
}
