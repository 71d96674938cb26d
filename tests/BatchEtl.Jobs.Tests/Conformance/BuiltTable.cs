using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;
using BatchEtl.Reference;
using BatchEtl.Reference.Tables;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>A table that the product built, as the reference's kind of table.</summary>
internal static class BuiltTable
{
    /// <summary>How a built table differs from what it should be. A reject's position may be null where the engine does not know it (G1).</summary>
    public static IReadOnlyList<string> Differences(ReferenceTable expected, DayBuild build, TableContract contract, int limit = 10)
    {
        var actual = Read(build, contract);
        return TableDifference.Between(contract.Name == "rejects" && KnowsNoPosition(actual) ? WithoutPositions(expected) : expected, actual, limit: limit);
    }

    public static ReferenceTable Read(DayBuild build, TableContract contract)
    {
        var dialect = build.Engine.Dialect;
        var cells = contract.Columns.Select(c => (Name: dialect.Identifier(c.Name), c.Type)).Select(c => c.Type.Kind switch
        {
            TypeKind.Timestamp => dialect.Call("micros", c.Name),
            TypeKind.Decimal => dialect.Call("text", c.Name),
            _ => c.Name,
        });
        var rows = build.Engine.Rows($"SELECT {string.Join(", ", cells)} FROM {build.Relation(contract.Name, build.Day)} AS t", CancellationToken.None);
        return new ReferenceTable(
            [.. contract.Columns.Select(c => c.Name)],
            [.. contract.Columns.Select(c => c.Type)],
            [.. rows.Select(row => row.Select((cell, i) => Cell(cell, contract.Columns[i].Type)).ToArray())]);
    }

    private static bool KnowsNoPosition(ReferenceTable rejects) => rejects.Rows.All(r => r[rejects.IndexOf("record_number")] is null);

    private static ReferenceTable WithoutPositions(ReferenceTable rejects) =>
        rejects with { Rows = [.. rejects.Rows.Select(r => r.Select((cell, i) => i == rejects.IndexOf("record_number") ? null : cell).ToArray())] };

    private static object? Cell(object? value, ColumnType type) => (value, type.Kind) switch
    {
        (null, _) => null,
        (string text, TypeKind.Decimal) => ExactDecimal.TryParse(text, out var number) ? number : throw new FormatException(text),
        (DateTime time, TypeKind.Date) => DateOnly.FromDateTime(time),
        _ => value,
    };
}
