namespace BatchEtl.Core.Catalog;

/// <summary>What registering changed.</summary>
/// <param name="Created">Tables that were made.</param>
/// <param name="Added">Columns that were added, as <c>table.column</c>.</param>
/// <param name="Registered">Partitions that were registered.</param>
/// <param name="Dropped">Partitions that were forgotten because they are no longer published.</param>
public sealed record CatalogChanges(IReadOnlyList<string> Created, IReadOnlyList<string> Added, int Registered, int Dropped)
{
    public bool None => Created.Count + Added.Count + Registered + Dropped == 0;
}

/// <summary>The port to a catalog in which query engines find tables and partitions.</summary>
public interface ICatalog
{
    /// <summary>The command that does again what failed.</summary>
    string Repair { get; }

    /// <summary>Makes tables that are missing, adds columns, and registers partitions.</summary>
    /// <param name="tables">Tables with the days whose partitions are published.</param>
    /// <param name="complete">The days are all there are: other partitions are forgotten.</param>
    /// <exception cref="Errors.BatchEtlException">The catalog is away (Engine); a table was changed by others (Refused), with the differences.</exception>
    CatalogChanges Register(IReadOnlyList<(CatalogTable Table, IReadOnlyList<DateOnly> Days)> tables, bool complete);
}
