using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;

namespace BatchEtl.Jobs;

/// <summary>A condition on a column as SQL: the column equals one of the values, in the column's type; null never passes.</summary>
internal static class ConditionSql
{
    public static string Of(ColumnCondition condition, ColumnType type, IEngine engine)
    {
        var values = condition.Values.Select(v => Literal(v, type, engine));
        return $"{engine.Dialect.Identifier(condition.Column)} IN ({string.Join(", ", values)})";
    }

    private static string Literal(string value, ColumnType type, IEngine engine)
    {
        var text = engine.Dialect.Text(value);
        return type.Kind switch
        {
            TypeKind.Text => text,
            TypeKind.Uuid => $"CAST({text} AS {engine.TypeName(type)})",
            TypeKind.Boolean => value is "true" ? "true" : "false",
            _ => $"CAST({text} AS {engine.TypeName(type)})",
        };
    }
}
