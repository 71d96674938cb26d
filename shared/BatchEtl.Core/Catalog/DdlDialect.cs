using System.Globalization;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Catalog;

/// <summary>How a query engine spells what a table's DDL needs (published-types.md); as data, with the reason where it is not plain.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Quote">Around names; doubled inside.</param>
/// <param name="EscapedQuote">A quote inside a text.</param>
/// <param name="EscapedBackslash">A backslash inside a text.</param>
/// <param name="Types">Kind → type; decimals take precision and scale.</param>
public sealed record DdlDialect(string Name, char Quote, string EscapedQuote, string EscapedBackslash, IReadOnlyDictionary<TypeKind, string> Types)
{
    /// <summary>Hive-style tables, which Trino and Spark read too. TIMESTAMP is UTC wall time there.</summary>
    public static readonly DdlDialect Hive = new("hive", '`', "\\'", "\\\\", Kinds("STRING", "BIGINT", "INT", "TIMESTAMP"));

    /// <summary>timestamp(6): with fewer digits microseconds are cut off.</summary>
    public static readonly DdlDialect Trino = new("trino", '"', "''", "\\", Kinds("varchar", "bigint", "integer", "timestamp(6)"));

    /// <summary>TIMESTAMP_NTZ: the files hold no zone, and the session's is not to shift them.</summary>
    public static readonly DdlDialect Spark = new("spark", '`', "\\'", "\\\\", Kinds("STRING", "BIGINT", "INT", "TIMESTAMP_NTZ"));

    public static readonly DdlDialect DuckDb = new("duckdb", '"', "''", "\\", Kinds("VARCHAR", "BIGINT", "INTEGER", "TIMESTAMP"));

    public static readonly IReadOnlyList<DdlDialect> All = [Hive, Trino, Spark, DuckDb];

    public string Identifier(string name) => $"{Quote}{name.Replace(Quote.ToString(), new string(Quote, 2), StringComparison.Ordinal)}{Quote}";

    public string Text(string text) => $"'{text.Replace("\\", EscapedBackslash, StringComparison.Ordinal).Replace("'", EscapedQuote, StringComparison.Ordinal)}'";

    public string TypeName(ColumnType type) => type.Kind == TypeKind.Decimal
        ? string.Create(CultureInfo.InvariantCulture, $"{Types[TypeKind.Decimal]}({type.Precision},{type.Scale})")
        : Types[type.Kind];

    private static Dictionary<TypeKind, string> Kinds(string text, string big, string small, string timestamp)
    {
        var lower = char.IsLower(text[0]);
        string Case(string name) => lower ? name.ToLowerInvariant() : name;
        return new()
        {
            [TypeKind.Text] = text, [TypeKind.Uuid] = text, [TypeKind.BigInt] = big, [TypeKind.Int] = small, [TypeKind.Timestamp] = timestamp,
            [TypeKind.Double] = Case("DOUBLE"), [TypeKind.Boolean] = Case("BOOLEAN"), [TypeKind.Date] = Case("DATE"), [TypeKind.Decimal] = Case("DECIMAL"),
        };
    }
}
