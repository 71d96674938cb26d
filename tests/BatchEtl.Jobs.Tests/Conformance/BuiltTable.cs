using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;
using BatchEtl.Reference;
using BatchEtl.Reference.Tables;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>A table that the product built, as the reference's kind of table.</summary>
internal static class BuiltTable
{
    public static ReferenceTable Read(DayBuild build, TableContract contract)
    {
        var cells = contract.Columns.Select(c => c.Type.Kind switch
        {
            TypeKind.Timestamp => $"epoch_us(\"{c.Name}\")",
            TypeKind.Decimal => $"CAST(\"{c.Name}\" AS VARCHAR)",
            _ => $"\"{c.Name}\"",
        });
        var rows = build.Engine.Rows($"SELECT {string.Join(", ", cells)} FROM {build.Relation(contract.Name, build.Day)}", CancellationToken.None);
        return new ReferenceTable(
            [.. contract.Columns.Select(c => c.Name)],
            [.. contract.Columns.Select(c => c.Type)],
            [.. rows.Select(row => row.Select((cell, i) => Cell(cell, contract.Columns[i].Type)).ToArray())]);
    }

    private static object? Cell(object? value, ColumnType type) => (value, type.Kind) switch
    {
        (null, _) => null,
        (string text, TypeKind.Decimal) => ExactDecimal.TryParse(text, out var number) ? number : throw new FormatException(text),
        (DateTime time, TypeKind.Date) => DateOnly.FromDateTime(time),
        _ => value,
    };
}
