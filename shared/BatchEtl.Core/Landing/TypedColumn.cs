using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Landing;

/// <summary>A mapped column with the type it has in this run: declared, or its paths' own (E1).</summary>
public sealed record TypedColumn(MappedColumn Column, ColumnType Type)
{
    public string Name => Column.Name;

    public ColumnRole Role => Column.Role;

    /// <summary>The type in published tables: uuids are text, decimals have at least 19 digits (published-types.md).</summary>
    public ColumnType PublishedType => Type.Kind switch
    {
        TypeKind.Uuid => ColumnType.Text,
        TypeKind.Decimal => ColumnType.Decimal(Math.Max(Type.Precision, 19), Type.Scale),
        _ => Type,
    };
}
