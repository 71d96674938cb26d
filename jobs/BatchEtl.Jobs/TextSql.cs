using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;

namespace BatchEtl.Jobs;

/// <summary>Values as the text of cubes and metrics (C3).</summary>
internal static class TextSql
{
    /// <summary>What stands for a missing value (C3).</summary>
    public const string None = "'(none)'";

    /// <summary>Text of a column: true/false, ISO date, decimal with its scale; null stays null.</summary>
    public static string Of(IEngine engine, string column, ColumnType type) => type.Kind switch
    {
        TypeKind.Text => column,
        TypeKind.Boolean => $"CASE WHEN {column} THEN 'true' WHEN NOT {column} THEN 'false' END",
        TypeKind.Date => engine.Dialect.Call("date_text", column),
        _ => $"CAST({column} AS {engine.TypeName(ColumnType.Text)})",
    };
}
