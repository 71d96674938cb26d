using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Landing;

/// <summary>A mapped column with the type it has in this run: declared, or its paths' own (E1).</summary>
public sealed record TypedColumn(MappedColumn Column, ColumnType Type)
{
    public string Name => Column.Name;

    public ColumnRole Role => Column.Role;

    /// <summary>The type in published tables.</summary>
    public ColumnType PublishedType => SourceColumns.Published(Type);
}
