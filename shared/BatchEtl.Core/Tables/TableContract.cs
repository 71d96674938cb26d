using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Tables;

/// <summary>A published column (tables.md).</summary>
/// <param name="Nullable">Whether nulls are allowed; a check counts them where not.</param>
public sealed record TableColumn(string Name, ColumnType Type, bool Nullable = false);

/// <summary>A published table: its columns in order and how its rows are sorted (tables.md).</summary>
/// <param name="Key">Columns that together are unique, or none.</param>
public sealed record TableContract(string Name, IReadOnlyList<TableColumn> Columns, IReadOnlyList<string> Key);

/// <summary>How much a failed check matters.</summary>
public enum CheckSeverity
{
    Fail,
    Warn,
}

/// <summary>A check beside a job: a query with one row and one number, how much is wrong; more than the limit fails it.</summary>
/// <param name="Table">The table it is about.</param>
/// <param name="Name">Its name; <c>checks:</c> of the pipeline file overrides by it.</param>
/// <param name="Query">SQL that yields one number; null counts as 0.</param>
/// <param name="Limit">The number that is still good.</param>
/// <param name="Means">What is wrong, in words, when it fails.</param>
public sealed record TableCheck(string Table, string Name, CheckSeverity Severity, string Query, decimal Limit, string Means);
