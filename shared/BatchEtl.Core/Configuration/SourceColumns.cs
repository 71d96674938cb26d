namespace BatchEtl.Core.Configuration;

/// <param name="Type">Published type, or null while a mapped column declares none and no file has been seen.</param>
public sealed record SourceColumn(string Name, ColumnType? Type);

/// <summary>The columns of the tables that cubes and metrics are made from (tables.md), in order and with their published types.</summary>
public static class SourceColumns
{
    /// <param name="typeOf">The type of a mapped column before it is published, or null when unknown.</param>
    public static IReadOnlyList<SourceColumn> Of(Pipeline pipeline, SourceTable table, Func<MappedColumn, ColumnType?> typeOf) =>
        table == SourceTable.Events ? [.. Events(pipeline, typeOf)] : [.. Sessions(pipeline, typeOf)];

    /// <summary>The type that a mapped column has in published tables: uuid is text, decimal(p,s) is decimal(max(p, 19), s), which every reader reads.</summary>
    public static ColumnType Published(ColumnType type) => type.Kind switch
    {
        TypeKind.Uuid => ColumnType.Text,
        TypeKind.Decimal => ColumnType.Decimal(Math.Max(type.Precision, 19), type.Scale),
        _ => type,
    };

    /// <summary>The type of a sum (C2), or null for a type without sums.</summary>
    public static ColumnType? SumOf(ColumnType type) => type.Kind switch
    {
        TypeKind.BigInt or TypeKind.Int or TypeKind.Boolean => ColumnType.Decimal(38, 0),
        TypeKind.Decimal => ColumnType.Decimal(38, type.Scale),
        TypeKind.Double => ColumnType.Double,
        _ => null,
    };

    private static IEnumerable<SourceColumn> Events(Pipeline pipeline, Func<MappedColumn, ColumnType?> typeOf) =>
    [
        new("event_id", ColumnType.Text),
        new("event_name", ColumnType.Text),
        new("occurred_at", ColumnType.Timestamp),
        new("actor_id", ColumnType.Text),
        new("user_id", ColumnType.Text),
        new("session_id", ColumnType.BigInt),
        .. pipeline.Events.Dimensions.Concat(pipeline.Events.Measures).Select(c => new SourceColumn(c.Name, TypeIn(c, typeOf))),
    ];

    private static IEnumerable<SourceColumn> Sessions(Pipeline pipeline, Func<MappedColumn, ColumnType?> typeOf) =>
    [
        new("session_id", ColumnType.BigInt),
        new("actor_id", ColumnType.Text),
        new("started_at", ColumnType.Timestamp),
        new("ended_at", ColumnType.Timestamp),
        new("duration_ms", ColumnType.BigInt),
        new("events", ColumnType.BigInt),
        new("is_bounce", ColumnType.Boolean),
        new("is_engaged", ColumnType.Boolean),
        new("is_continuation", ColumnType.Boolean),
        new("sequence", ColumnType.Text),
        new("sequence_cut", ColumnType.Boolean),
        new("first_user_id", ColumnType.Text),
        new("last_user_id", ColumnType.Text),
        .. pipeline.Sessions.Counts.Select(c => new SourceColumn("count_" + c.Key, ColumnType.BigInt)),
        .. pipeline.Events.Dimensions.SelectMany(d => new SourceColumn[]
        {
            new("first_" + d.Name, TypeIn(d, typeOf)), new("last_" + d.Name, TypeIn(d, typeOf)),
        }),
        .. pipeline.Events.Measures.Select(m => new SourceColumn("sum_" + m.Name, TypeIn(m, typeOf) is { } type ? SumOf(type) : null)),
    ];

    private static ColumnType? TypeIn(MappedColumn column, Func<MappedColumn, ColumnType?> typeOf) =>
        typeOf(column) is { } type ? Published(type) : null;
}
