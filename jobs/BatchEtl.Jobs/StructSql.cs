using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs;

/// <summary>Several values as one, with names, as SQL.</summary>
internal static class StructSql
{
    /// <param name="fields">Names as they are, and expressions.</param>
    public static string Of(Dialect dialect, IEnumerable<(string Name, string Value)> fields) =>
        dialect.Call("struct", string.Join(", ", fields.Select(f => dialect.Call("field", f.Value, dialect.Identifier(f.Name)))));
}
