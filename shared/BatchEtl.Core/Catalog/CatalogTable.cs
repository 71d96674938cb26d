using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Catalog;

/// <summary>A published table as a query engine's catalog has it; partitioned by <c>dt</c>, a date that is no column of the files.</summary>
/// <param name="Location">URI of its folder.</param>
public sealed record CatalogTable(string Name, string Comment, IReadOnlyList<CatalogColumn> Columns, string Location)
{
    /// <summary>The partition column (tables.md).</summary>
    public static readonly CatalogColumn Partition = new("dt", ColumnType.Date, "The day in the pipeline's zone.");
}

/// <summary>A column with what it means.</summary>
public sealed record CatalogColumn(string Name, ColumnType Type, string Comment);

/// <summary>A query that makes a correct question easy. Written for every engine: only names differ by their quotes.</summary>
/// <param name="Select">The query, with <c>"name"</c> for each name and <c>{db}</c> before tables.</param>
public sealed record CatalogView(string Name, string Comment, string Select);
