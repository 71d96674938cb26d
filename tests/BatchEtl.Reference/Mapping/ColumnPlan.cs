using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Landed;

namespace BatchEtl.Reference.Mapping;

/// <summary>The mapping asks for something that the run's schemas cannot give (E1).</summary>
public sealed class MappingException(string column, string message) : Exception($"{column}: {message}")
{
    public string Column { get; } = column;
}

/// <summary>What an alternative gave for a record.</summary>
/// <param name="Value">After prefix and joining, before the cast; null where it has no text to prefix or join (bad_value).</param>
/// <param name="Raw">E3's raw value.</param>
internal sealed record Chosen(LandedValue? Value, string? Raw);

/// <summary>A mapped column with the type that it has in a run (E1).</summary>
internal sealed class ColumnPlan
{
    private readonly MappedColumn _column;
    private readonly bool _emptyIsNull;

    /// <param name="published">The type that the warehouse has, for a run without any schema.</param>
    public ColumnPlan(MappedColumn column, IReadOnlyCollection<AvroSchema> schemas, ColumnType? published)
    {
        _column = column;
        Time = new TimeCasting(column.Time);
        _emptyIsNull = column.EmptyIsNull || column.Role is ColumnRole.EventId or ColumnRole.EventName or ColumnRole.ActorId;
        var declared = column.DeclaredType ?? column.Role switch
        {
            // E1: ids are text unless declared uuid; so is the name.
            ColumnRole.EventId or ColumnRole.EventName or ColumnRole.ActorId or ColumnRole.UserId => ColumnType.Text,
            ColumnRole.OccurredAt => ColumnType.Timestamp,
            _ => (ColumnType?)null,
        };
        Type = declared ?? published ?? ColumnType.Text;
        if (schemas.Count > 0)
        {
            Type = declared ?? OwnType(schemas);
            Check(schemas);
        }
    }

    public string Name => _column.Name;

    public ColumnRole Role => _column.Role;

    public ColumnType Type { get; }

    public TimeCasting Time { get; }

    /// <summary>The first alternative that is not null, decided before any cast.</summary>
    public Chosen? Choose(LandedValue record, string? topic) =>
        _column.Alternatives.Select(a => Choose(a, record, topic)).FirstOrDefault(c => c is not null);

    /// <summary>E3: of a missing column '' where one landed.</summary>
    public bool EmptyLanded(LandedValue record, string? topic) =>
        _column.Alternatives.SelectMany(Paths).Any(p => IsEmpty(PathReading.Value(record, p.Steps, topic)));

    private Chosen? Choose(Alternative alternative, LandedValue record, string? topic)
    {
        switch (alternative)
        {
            case ConstantAlternative constant:
                return new Chosen(Prefixed(LandedValue.OfText(constant.Text), constant.Prefix), constant.Text);

            case PathAlternative path:
                var landed = PathReading.Value(record, path.Path.Steps, topic);
                return landed is null || (_emptyIsNull && IsEmpty(landed))
                    ? null
                    : new Chosen(Prefixed(landed, path.Prefix), Casting.Raw(landed));

            case JoinedAlternative joined:
                var parts = joined.Paths.Select(p => PathReading.Value(record, p.Steps, topic)).ToList();
                if (parts.Any(p => p is null || IsEmpty(p)))
                {
                    return null;
                }

                var texts = parts.Select(p => Casting.TextOf(p!, timestamps: true)).ToList();
                if (texts.Any(t => t is null))
                {
                    return new Chosen(null, null);
                }

                var separator = System.Text.Encoding.UTF8.GetBytes(joined.Separator);
                var whole = texts.Skip(1).Aggregate(texts[0]!, (all, next) => [.. all, .. separator, .. next!]);
                return new Chosen(Prefixed(new LandedValue(AvroSchema.Text, whole), joined.Prefix), Casting.Replaced(whole));

            default:
                throw new InvalidOperationException(alternative.GetType().Name);
        }
    }

    /// <summary>A prefix makes a text of the value, after the alternative was chosen.</summary>
    private static LandedValue? Prefixed(LandedValue value, string? prefix)
    {
        if (prefix is null)
        {
            return value;
        }

        return Casting.TextOf(value) is { } text
            ? new LandedValue(AvroSchema.Text, (byte[])[.. System.Text.Encoding.UTF8.GetBytes(prefix), .. text])
            : null;
    }

    private static bool IsEmpty(LandedValue? value) => value is { Schema.Kind: AvroKind.String, Value: byte[] { Length: 0 } };

    private static IEnumerable<FieldPath> Paths(Alternative alternative) => alternative switch
    {
        PathAlternative path => [path.Path],
        JoinedAlternative joined => joined.Paths,
        _ => [],
    };

    /// <summary>A column that declares no type has its path's; its alternatives and the run's schemas must agree.</summary>
    private ColumnType OwnType(IReadOnlyCollection<AvroSchema> schemas)
    {
        List<AvroSchema> text = [AvroSchema.Text];
        var types = _column.Alternatives
            .SelectMany(a => a is PathAlternative { Prefix: null } path ? LandedTypes(path.Path, schemas) ?? [] : text)
            .Select(Own)
            .Distinct()
            .ToList();
        if (types.Count != 1)
        {
            throw new MappingException(Name, types.Count == 0 ? "no schema of the run has its paths" : $"several types: {string.Join(", ", types)}");
        }

        var allowed = Role == ColumnRole.Measure
            ? types[0].Kind is TypeKind.BigInt or TypeKind.Double or TypeKind.Decimal
            : types[0].Kind is TypeKind.Text or TypeKind.BigInt or TypeKind.Boolean or TypeKind.Date or TypeKind.Decimal;
        return allowed && types[0].Precision <= 38 ? types[0] : throw new MappingException(Name, $"cannot be {types[0]}");
    }

    private ColumnType Own(AvroSchema schema) => schema switch
    {
        { IsDecimal: true } => ColumnType.Decimal(schema.Precision, schema.Scale),
        { Kind: AvroKind.Boolean } => ColumnType.Boolean,
        { Kind: AvroKind.Float or AvroKind.Double } => ColumnType.Double,
        _ when Casting.IsDate(schema) => ColumnType.Date,
        _ when Casting.IsInteger(schema) => ColumnType.BigInt,
        _ when Casting.Fits(schema, ColumnType.Text) => ColumnType.Text,
        _ => throw new MappingException(Name, $"{schema.Kind} fits no column"),
    };

    private void Check(IReadOnlyCollection<AvroSchema> schemas)
    {
        var present = false;
        foreach (var alternative in _column.Alternatives)
        {
            present |= alternative is ConstantAlternative;
            foreach (var path in Paths(alternative))
            {
                if (LandedTypes(path, schemas) is not { } types)
                {
                    continue;
                }

                present = true;
                var text = alternative is JoinedAlternative || alternative.Prefix is not null;
                var fits = types.Any(t => Role == ColumnRole.OccurredAt && alternative is PathAlternative ? Time.Fits(t)
                    : text ? Casting.Fits(t, ColumnType.Text) || (alternative is JoinedAlternative && t.IsTimestamp)
                    : Casting.Fits(t, Type));
                if (types.Count > 0 && !fits)
                {
                    throw new MappingException(Name, $"{path} has no type that fits {Type}");
                }
            }
        }

        var mayLack = _column.DeclaredType is not null
            && Role is not (ColumnRole.EventId or ColumnRole.EventName or ColumnRole.OccurredAt or ColumnRole.ActorId);
        if (!present && !mayLack)
        {
            throw new MappingException(Name, "no schema of the run has its paths");
        }
    }

    private static List<AvroSchema>? LandedTypes(FieldPath path, IReadOnlyCollection<AvroSchema> schemas)
    {
        var found = schemas.Select(s => PathReading.Types(s, path.Steps)).Where(t => t is not null).ToList();
        return found.Count == 0 ? null : [.. found.SelectMany(t => t!)];
    }
}
