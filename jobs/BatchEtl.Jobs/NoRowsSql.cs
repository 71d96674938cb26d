using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs;

/// <summary>A query of no rows that stands where a table or step is not there, as SQL.</summary>
internal static class NoRowsSql
{
    /// <summary>A FROM item that stands for a table.</summary>
    public static string Of(IEngine engine, TableContract table) => $"({Of(engine, table.Columns.Select(c => (c.Name, c.Type)))})";

    public static string Of(IEngine engine, IEnumerable<(string Name, ColumnType Type)> columns) =>
        $"SELECT {string.Join(", ", columns.Select(c => $"CAST(NULL AS {engine.TypeName(c.Type)}) AS {engine.Dialect.Identifier(c.Name)}"))} WHERE false";
}
