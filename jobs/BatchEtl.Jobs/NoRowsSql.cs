using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;

namespace BatchEtl.Jobs;

/// <summary>A query of no rows that stands where a table or step is not there, as SQL.</summary>
internal static class NoRowsSql
{
    public static string Of(IEngine engine, IEnumerable<(string Name, ColumnType Type)> columns) =>
        $"SELECT {string.Join(", ", columns.Select(c => $"CAST(NULL AS {engine.TypeName(c.Type)}) AS {engine.Dialect.Identifier(c.Name)}"))} WHERE false";
}
