using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;

namespace BatchEtl.Jobs.Events;

/// <summary>Decides each mapped column's type from its declaration and the run's schemas (E1).</summary>
public static class ColumnTyping
{
    /// <summary>The mapped columns with their types, in mapped order.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="schemas">The run's distinct landed schemas; may be none.</param>
    /// <param name="published">Types that the warehouse already has, by column name.</param>
    /// <param name="warn">Receives what is odd but no error.</param>
    /// <exception cref="BatchEtlException">A column can't be read from what landed, or would change its type (Usage).</exception>
    public static IReadOnlyList<TypedColumn> Of(
        Pipeline pipeline,
        IReadOnlyList<LandedSchema> schemas,
        IReadOnlyDictionary<string, ColumnType> published,
        Action<string> warn)
    {
        var errors = new List<string>();
        var columns = pipeline.Events.Columns.Select(c => new TypedColumn(c, TypeOf(c, schemas, published, errors, warn))).ToList();
        foreach (var column in columns)
        {
            if (published.TryGetValue(column.Name, out var before) && before != column.PublishedType)
            {
                errors.Add($"column {column.Column.Name} is {column.PublishedType}, but the warehouse has it as {before}; declare 'type: {before}' or give the column another name");
            }
        }

        return errors.Count == 0
            ? columns
            : throw BatchEtlException.Usage(string.Join(Environment.NewLine, errors.Select(e => $"{pipeline.File}: {e}")));
    }

    internal static ColumnType? NaturalType(LandedLeaf leaf) => leaf.Kind switch
    {
        LandedKind.Text or LandedKind.Uuid => ColumnType.Text,
        LandedKind.Boolean => ColumnType.Boolean,
        LandedKind.Integer => ColumnType.BigInt,
        LandedKind.Floating => ColumnType.Double,
        LandedKind.Date => ColumnType.Date,
        LandedKind.Decimal => ColumnType.Decimal(leaf.Precision, leaf.Scale),
        _ => null,
    };

    private static ColumnType TypeOf(
        MappedColumn column,
        IReadOnlyList<LandedSchema> schemas,
        IReadOnlyDictionary<string, ColumnType> published,
        List<string> errors,
        Action<string> warn)
    {
        void Error(string message) => errors.Add($"line {column.Line}: column {column.Name}: {message}");

        var paths = Paths(column).ToList();
        var absent = paths.Where(p => !schemas.Any(s => s.Leaves[p].Count > 0)).ToList();
        var core = column.Role is ColumnRole.EventId or ColumnRole.EventName or ColumnRole.OccurredAt or ColumnRole.ActorId;
        var hasConstant = column.Alternatives.Any(a => a is ConstantAlternative);
        if (schemas.Count > 0 && absent.Count > 0)
        {
            var names = string.Join(", ", absent.Select(p => $"'{p}'"));
            if (absent.Count < paths.Count || hasConstant)
            {
                warn($"column {column.Name}: no landed schema of this run has {names}");
            }
            else if (column.DeclaredType is null || core)
            {
                Error($"no landed schema of this run has {names}; correct the path{(core ? string.Empty : ", or declare a type to have the column empty")}");
            }
            else
            {
                warn($"column {column.Name} is empty: no landed schema of this run has {names}");
            }
        }

        var type = column.Role switch
        {
            ColumnRole.OccurredAt => ColumnType.Timestamp,
            ColumnRole.EventName => ColumnType.Text,
            ColumnRole.EventId or ColumnRole.ActorId or ColumnRole.UserId => column.DeclaredType ?? ColumnType.Text,
            _ => column.DeclaredType ?? Inferred(column, schemas, published, Error),
        };
        Fitting(column, type, schemas, Error);
        return type;
    }

    private static ColumnType Inferred(
        MappedColumn column, IReadOnlyList<LandedSchema> schemas, IReadOnlyDictionary<string, ColumnType> published, Action<string> error)
    {
        var types = new HashSet<ColumnType>();
        foreach (var alternative in column.Alternatives)
        {
            if (alternative is not PathAlternative path || path.Prefix is not null)
            {
                types.Add(ColumnType.Text);
                continue;
            }

            foreach (var leaf in schemas.SelectMany(s => s.Leaves[path.Path]).Where(l => l.Kind is not (LandedKind.Unfit or LandedKind.Fixed16)))
            {
                if (NaturalType(leaf) is { } natural)
                {
                    types.Add(natural);
                }
                else
                {
                    error($"'{path.Path}' is a timestamp; declare a type (text or bigint: its landed integer)");
                }
            }
        }

        var usual = column.Role == ColumnRole.Measure ? ColumnType.Double : ColumnType.Text;
        if (types.Count == 0)
        {
            return published.TryGetValue(column.Name, out var before) ? before : usual;
        }

        if (types.Count > 1)
        {
            error($"its paths have different types ({string.Join(", ", types.Select(t => t.ToString()).Order())}); declare a type");
            return usual;
        }

        var type = types.First();
        var allowed = column.Role == ColumnRole.Measure
            ? type.Kind is TypeKind.BigInt or TypeKind.Double or TypeKind.Decimal
            : type.Kind is TypeKind.Text or TypeKind.BigInt or TypeKind.Boolean or TypeKind.Date or TypeKind.Decimal;
        if (!allowed || type.Precision > 38)
        {
            error($"its path's type is {type}, which a {(column.Role == ColumnRole.Measure ? "measure (bigint, double, decimal(p,s))" : "dimension (text, bigint, boolean, date, decimal(p,s))")} can't have; declare a type");
            return usual;
        }

        return type;
    }

    /// <summary>A path that stands in schemas must lead, in at least one of them, to something the column can be read from.</summary>
    private static void Fitting(MappedColumn column, ColumnType type, IReadOnlyList<LandedSchema> schemas, Action<string> error)
    {
        foreach (var alternative in column.Alternatives)
        {
            var target = alternative is PathAlternative ? type : ColumnType.Text;
            foreach (var path in PathsOf(alternative))
            {
                var leaves = schemas.SelectMany(s => s.Leaves[path]).ToList();
                if (leaves.Count > 0 && !leaves.Any(l => Fits(l, target, column.Time) || (alternative is JoinedAlternative && l.Kind is (LandedKind.Timestamp or LandedKind.LocalTimestamp))))
                {
                    var kinds = string.Join(", ", leaves.Select(Describe).Distinct());
                    error(target.Kind == TypeKind.Timestamp && leaves.Any(l => l.Kind is LandedKind.Integer or LandedKind.Floating)
                        ? $"'{path}' is a number ({kinds}); declare its unit: s, ms, us or ns"
                        : $"'{path}' is {kinds}, which a column of type {target} can't be read from");
                }
            }
        }
    }

    private static string Describe(LandedLeaf leaf) => leaf.Kind switch
    {
        LandedKind.Unfit or LandedKind.Fixed16 => "a value of an unfit type (bytes, fixed, duration, array, map or record)",
        LandedKind.Decimal => $"decimal({leaf.Precision},{leaf.Scale})",
        _ => leaf.Kind.ToString().ToLowerInvariant(),
    };

    internal static bool Fits(LandedLeaf leaf, ColumnType target, TimeReading? time) => leaf.Kind != LandedKind.Unfit && target.Kind switch
    {
        TypeKind.Text => leaf.Kind is not (LandedKind.Floating or LandedKind.Fixed16 or LandedKind.Timestamp or LandedKind.LocalTimestamp),
        TypeKind.Uuid => leaf.Kind is LandedKind.Text or LandedKind.Uuid or LandedKind.Fixed16,
        TypeKind.BigInt or TypeKind.Double or TypeKind.Decimal =>
            leaf.Kind is not (LandedKind.Boolean or LandedKind.Date or LandedKind.Uuid or LandedKind.Fixed16 or LandedKind.Timestamp or LandedKind.LocalTimestamp),
        TypeKind.Boolean => leaf.Kind is LandedKind.Boolean or LandedKind.Text,
        TypeKind.Date => leaf.Kind is LandedKind.Date or LandedKind.Text,
        TypeKind.Timestamp => leaf.Kind is LandedKind.Text or LandedKind.Timestamp or LandedKind.LocalTimestamp
            || (leaf.Kind is LandedKind.Integer or LandedKind.Floating && time?.Unit is not null),
        _ => false,
    };

    internal static IEnumerable<FieldPath> PathsOf(Alternative alternative) => alternative switch
    {
        PathAlternative path => [path.Path],
        JoinedAlternative joined => joined.Paths,
        _ => [],
    };

    /// <summary>All paths of a column.</summary>
    public static IEnumerable<FieldPath> Paths(MappedColumn column) => column.Alternatives.SelectMany(PathsOf).Distinct();
}
