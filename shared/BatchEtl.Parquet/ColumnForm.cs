using System.Globalization;
using BatchEtl.Core.Configuration;
using Parquet.Meta;
using PhysicalType = Parquet.Meta.Type;

namespace BatchEtl.Parquet;

/// <summary>What a column is in a Parquet file, and whether that is what published-types.md says of its type.</summary>
internal static class ColumnForm
{
    /// <summary>How the type is to be written.</summary>
    public static string Expected(ColumnType type) => type.Kind switch
    {
        TypeKind.Text or TypeKind.Uuid => "BYTE_ARRAY UTF8",
        TypeKind.Int => "INT32",
        TypeKind.BigInt => "INT64",
        TypeKind.Double => "DOUBLE",
        TypeKind.Boolean => "BOOLEAN",
        TypeKind.Date => "INT32 DATE",
        TypeKind.Timestamp => "INT64 TIMESTAMP(MICROS, not adjusted to UTC)",
        _ => string.Create(CultureInfo.InvariantCulture, $"FIXED_LEN_BYTE_ARRAY DECIMAL({type.Precision},{type.Scale})"),
    };

    public static bool IsAsPublished(SchemaElement element, ColumnType type)
    {
        if (element.RepetitionType == FieldRepetitionType.REPEATED || element.NumChildren > 0)
        {
            return false;
        }

        var logical = element.LogicalType;
        return type.Kind switch
        {
            TypeKind.Text or TypeKind.Uuid => element.Type == PhysicalType.BYTE_ARRAY
                && (logical?.STRING is not null || (Named(logical) is null && element.ConvertedType == ConvertedType.UTF8)),
            TypeKind.Int => element.Type == PhysicalType.INT32 && IsInteger(element, 32, ConvertedType.INT_32),
            TypeKind.BigInt => element.Type == PhysicalType.INT64 && IsInteger(element, 64, ConvertedType.INT_64),
            TypeKind.Double => element.Type == PhysicalType.DOUBLE && IsPlain(element),
            TypeKind.Boolean => element.Type == PhysicalType.BOOLEAN && IsPlain(element),
            TypeKind.Date => element.Type == PhysicalType.INT32
                && (logical?.DATE is not null || (Named(logical) is null && element.ConvertedType == ConvertedType.DATE)),
            // Without the logical type, the converted one means adjusted to UTC.
            TypeKind.Timestamp => element.Type == PhysicalType.INT64 && logical?.TIMESTAMP is { IsAdjustedToUTC: false, Unit.MICROS: not null },
            TypeKind.Decimal => IsDecimal(element, type),
            _ => false,
        };
    }

    /// <summary>What a file's column is, in the words of <see cref="Expected"/>.</summary>
    public static string Found(SchemaElement element)
    {
        var kind = element.NumChildren > 0 ? "group" : element.Type?.ToString() ?? "nothing";
        var name = Named(element.LogicalType) ?? ConvertedName(element);
        return $"{(element.RepetitionType == FieldRepetitionType.REPEATED ? "repeated " : "")}{kind}{(name is null ? "" : " " + name)}";
    }

    private static bool IsPlain(SchemaElement element) => Named(element.LogicalType) is null && element.ConvertedType is null;

    private static bool IsInteger(SchemaElement element, int bits, ConvertedType converted) => element.LogicalType?.INTEGER is { } integer
        ? integer.BitWidth == bits && integer.IsSigned
        : Named(element.LogicalType) is null && (element.ConvertedType is null || element.ConvertedType == converted);

    private static bool IsDecimal(SchemaElement element, ColumnType type)
    {
        if (element.LogicalType?.DECIMAL is { } marked)
        {
            if (marked.Precision != type.Precision || marked.Scale != type.Scale)
            {
                return false;
            }
        }
        else if (Named(element.LogicalType) is not null || element.ConvertedType != ConvertedType.DECIMAL)
        {
            return false;
        }

        // Hive reads the old marks: where they stand they must say the same.
        return element.Type == PhysicalType.FIXED_LEN_BYTE_ARRAY
            && (element.Precision ?? type.Precision) == type.Precision
            && (element.Scale ?? type.Scale) == type.Scale;
    }

    private static string? Named(LogicalType? logical) => logical switch
    {
        null => null,
        { STRING: not null } => "UTF8",
        { DECIMAL: { } d } => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({d.Precision},{d.Scale})"),
        { DATE: not null } => "DATE",
        { TIMESTAMP: { } t } => $"TIMESTAMP({Unit(t.Unit)}, {(t.IsAdjustedToUTC ? "" : "not ")}adjusted to UTC)",
        { INTEGER: { } i } => string.Create(CultureInfo.InvariantCulture, $"INTEGER({i.BitWidth}, {(i.IsSigned ? "signed" : "unsigned")})"),
        { UUID: not null } => "UUID",
        { TIME: not null } => "TIME",
        { ENUM: not null } => "ENUM",
        { LIST: not null } => "LIST",
        { MAP: not null } => "MAP",
        { JSON: not null } => "JSON",
        _ => "of another logical type",
    };

    private static string? ConvertedName(SchemaElement element) => element.ConvertedType == ConvertedType.DECIMAL
        ? string.Create(CultureInfo.InvariantCulture, $"DECIMAL({element.Precision},{element.Scale})")
        : element.ConvertedType?.ToString();

    private static string Unit(global::Parquet.Meta.TimeUnit? unit) => unit switch
    {
        { MILLIS: not null } => "MILLIS",
        { MICROS: not null } => "MICROS",
        _ => "NANOS",
    };
}
