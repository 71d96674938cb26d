using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Generic;

/// <summary>Which writer's schemas a reader's schema can take, by Avro 1.12 ("Schema Resolution").</summary>
internal static class SchemaMatch
{
    /// <summary>Whether two schemas match; of records only the names, their fields are resolved one by one.</summary>
    public static bool Matches(AvroSchema writer, AvroSchema reader) => (writer, reader) switch
    {
        (UnionSchema, _) or (_, UnionSchema) => true,
        (ArraySchema from, ArraySchema to) => Matches(from.Items, to.Items),
        (MapSchema from, MapSchema to) => Matches(from.Values, to.Values),
        (FixedSchema from, FixedSchema to) => from.Size == to.Size && NamesMatch(from, to) && DecimalsMatch(from, to),
        (RecordSchema from, RecordSchema to) => NamesMatch(from, to),
        (EnumSchema from, EnumSchema to) => NamesMatch(from, to),
        _ => (writer.Type == reader.Type && writer is PrimitiveSchema && DecimalsMatch(writer, reader)) || Promotes(writer.Type, reader.Type),
    };

    /// <summary>
    /// The branch of a reader's union for a writer's schema, or null. A branch of the very type and full name goes before the
    /// first that merely matches: otherwise a file could not be read by its own schema.
    /// </summary>
    public static AvroSchema? Branch(AvroSchema writer, UnionSchema reader) =>
        reader.Branches.FirstOrDefault(branch => branch.BranchName == writer.BranchName && branch.Type == writer.Type && Matches(writer, branch))
        ?? reader.Branches.FirstOrDefault(branch => Matches(writer, branch));

    public static string Reason(AvroSchema writer, AvroSchema reader) => (writer, reader) switch
    {
        (NamedSchema from, NamedSchema to) when from.Type == to.Type && !NamesMatch(from, to) => "their names differ, and no alias tells that they are one",
        (FixedSchema from, FixedSchema to) when from.Size != to.Size => $"sizes {from.Size} and {to.Size}",
        _ when writer.Type == reader.Type => "their decimals have other precisions or scales, or their items do not match",
        _ => "the types do not match",
    };

    public static string Described(AvroSchema schema) => schema is NamedSchema named
        ? $"{named.Type.ToString().ToLowerInvariant()} {named.FullName}"
        : schema.BranchName;

    private static bool NamesMatch(NamedSchema writer, NamedSchema reader) => writer.Name == reader.Name
        || reader.Aliases.Any(alias => alias == writer.FullName || alias[(alias.LastIndexOf('.') + 1)..] == writer.Name);

    private static bool DecimalsMatch(AvroSchema writer, AvroSchema reader) =>
        writer.Logical?.Kind != LogicalKind.Decimal || reader.Logical?.Kind != LogicalKind.Decimal || writer.Logical == reader.Logical;

    private static bool Promotes(AvroType writer, AvroType reader) => (writer, reader) switch
    {
        (AvroType.Int, AvroType.Long or AvroType.Float or AvroType.Double) => true,
        (AvroType.Long, AvroType.Float or AvroType.Double) => true,
        (AvroType.Float, AvroType.Double) => true,
        (AvroType.String, AvroType.Bytes) or (AvroType.Bytes, AvroType.String) => true,
        _ => false,
    };
}
