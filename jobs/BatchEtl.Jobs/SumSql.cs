using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;

namespace BatchEtl.Jobs;

/// <summary>Sums in the types of C2: integers decimal(38,0), decimals decimal(38,s), doubles double.</summary>
internal static class SumSql
{
    public static string Of(IEngine engine, string column, ColumnType type) => type.Kind switch
    {
        TypeKind.BigInt or TypeKind.Int => engine.Dialect.Call("sum_integers", column),
        TypeKind.Boolean => engine.Dialect.Call("sum_integers", $"CASE WHEN {column} THEN 1 WHEN NOT {column} THEN 0 END"),
        TypeKind.Decimal => $"CAST(sum({column}) AS {engine.TypeName(ColumnType.Decimal(38, type.Scale))})",
        _ => engine.Dialect.Call("sum_doubles", column),
    };

    /// <summary>A condition that is true where a sum has left 38 digits; engines go on without an error.</summary>
    public static string Overflows(string column, ColumnType sum) => sum.Kind == TypeKind.Decimal
        ? $"abs({column}) > CAST('{new string('9', 38 - sum.Scale)}.{new string('9', sum.Scale)}' AS DECIMAL(38,{sum.Scale.ToString(CultureInfo.InvariantCulture)}))"
        : "false";
}
