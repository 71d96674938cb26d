using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs.Events;

/// <summary>A mapped column's expressions over one landed schema.</summary>
/// <param name="Value">The value; meaningless where <paramref name="Bad"/>.</param>
/// <param name="Bad">True where the chosen alternative's value can't be held; null = never.</param>
/// <param name="Raw">Text for rejects.</param>
internal sealed record ColumnReading(string Value, string? Bad, string Raw)
{
    /// <summary>Chooses the first alternative that landed a value (E1), before any cast.</summary>
    public static ColumnReading Of(TypedColumn column, LandedSchema schema, ValueReading values, Dialect dialect, Func<ColumnType, string> typeName)
    {
        var emptyIsNull = column.Column.EmptyIsNull || column.Role is ColumnRole.EventId or ColumnRole.EventName or ColumnRole.ActorId;
        var readings = column.Column.Alternatives.SelectMany(a => Of(a, column, schema, values, dialect, emptyIsNull)).ToList();
        var null_ = $"CAST(NULL AS {typeName(column.Type.Kind == TypeKind.Timestamp ? ColumnType.BigInt : InnerType(column))})";
        if (readings.Count == 0)
        {
            return new ColumnReading(null_, null, dialect.Call("text", "NULL"));
        }

        var raw = RawOf(column, schema, readings, dialect, emptyIsNull);
        var bad = readings is [{ IsBadOnlyWherePresent: true } only]
            ? only.Bad
            : readings.All(r => r.Bad is null)
            ? null
            : Case([.. readings.Select(r => (r.Present, r.Bad ?? "false"))], "false");
        return readings.Count == 1 && !readings[0].Value.StartsWith('\'')
            ? new ColumnReading(readings[0].Value, bad, raw)
            : new ColumnReading(Case([.. readings.Select(r => (r.Present, r.Value))], null_), bad, raw);
    }

    private static string RawOf(TypedColumn column, LandedSchema schema, List<Reading> readings, Dialect dialect, bool emptyIsNull)
    {
        if (readings.Count == 1 && column.Column.Alternatives.All(a => a is PathAlternative))
        {
            // A leaf's text is null where nothing landed, and the landed one where that was empty.
            return readings[0].Raw;
        }

        var raws = readings.Select(r => (r.Present, r.Raw)).ToList();
        if (emptyIsNull)
        {
            raws.AddRange(TextLeaves(column, schema).Select(text => ($"{text} = ''", "''")));
        }

        return Case(raws, dialect.Call("text", "NULL"));
    }

    private static ColumnType InnerType(TypedColumn column) => column.Type.Kind == TypeKind.Uuid ? column.Type : column.PublishedType;

    private static IEnumerable<Reading> Of(
        Alternative alternative, TypedColumn column, LandedSchema schema, ValueReading values, Dialect dialect, bool emptyIsNull)
    {
        var readings = alternative switch
        {
            PathAlternative path => schema.Leaves[path.Path].Select(leaf => OfLeaf(leaf, column.Type, column.Column.Time, values, dialect, emptyIsNull)),
            JoinedAlternative joined => [OfJoined(joined, column, schema, values, dialect)],
            ConstantAlternative constant => constant.Text.Length == 0 && emptyIsNull ? [] : [values.OfConstant(constant.Text, column.Type)],
            _ => Enumerable.Empty<Reading?>(),
        };
        foreach (var reading in readings.OfType<Reading>())
        {
            yield return alternative.Prefix is { } prefix
                ? reading with { Value = $"{dialect.Text(prefix)} || {reading.Value}" }
                : reading;
        }
    }

    private static Reading OfLeaf(LandedLeaf leaf, ColumnType type, TimeReading? time, ValueReading values, Dialect dialect, bool emptyIsNull)
    {
        return values.Of(leaf, type, emptyIsNull, time) ?? Unfit(leaf, dialect, emptyIsNull);
    }

    /// <summary>A value of an unfit branch of a union is bad (E1).</summary>
    private static Reading Unfit(LandedLeaf leaf, Dialect dialect, bool emptyIsNull)
    {
        var landed = new LandedValue(leaf, dialect, emptyIsNull);
        return new Reading(landed.Present, "NULL", "true", landed.Raw);
    }

    private static Reading? OfJoined(JoinedAlternative joined, TypedColumn column, LandedSchema schema, ValueReading values, Dialect dialect)
    {
        var parts = new List<Reading>();
        foreach (var path in joined.Paths)
        {
            var leaves = schema.Leaves[path].Select(l => values.PartOf(l) ?? Unfit(l, dialect, emptyIsNull: true)).ToList();
            if (leaves.Count == 0)
            {
                // The path is null in this schema, and so is the whole.
                return null;
            }

            parts.Add(new Reading(
                $"({string.Join(" OR ", leaves.Select(l => l.Present))})",
                Case([.. leaves.Select(l => (l.Present, l.Value))], "NULL"),
                leaves.All(l => l.Bad is null) ? null : Case([.. leaves.Select(l => (l.Present, l.Bad ?? "false"))], "false"),
                Case([.. leaves.Select(l => (l.Present, l.Raw))], "NULL")));
        }

        var separator = $" || {dialect.Text(joined.Separator)} || ";
        var bads = parts.Select(p => p.Bad).OfType<string>().ToList();
        var text = string.Join(separator, parts.Select(p => p.Value));
        var present = $"({string.Join(" AND ", parts.Select(p => p.Present))})";
        var raw = string.Join(separator, parts.Select(p => p.Raw));
        var bad = bads.Count == 0 ? null : $"({string.Join(" OR ", bads)})";
        if (column.Type.Kind == TypeKind.Text)
        {
            return new Reading(present, $"({text})", bad, raw);
        }

        var cast = values.OfText($"({text})", column.Type);
        var castBad = cast.Bad is null ? bad : bad is null ? cast.Bad : $"({bad} OR {cast.Bad})";
        return new Reading(present, cast.Value, castBad, raw);
    }

    private static IEnumerable<string> TextLeaves(TypedColumn column, LandedSchema schema) => column.Column.Alternatives
        .SelectMany(ColumnTyping.PathsOf)
        .SelectMany(path => schema.Leaves[path])
        .Where(l => l.Kind == LandedKind.Text)
        .Select(l => l.Column(LandedForm.Text));

    private static string Case(IReadOnlyList<(string When, string Then)> cases, string otherwise) => cases[0].When == "true"
        ? cases[0].Then
        : $"CASE {string.Join(' ', cases.Select(c => $"WHEN {c.When} THEN {c.Then}"))} ELSE {otherwise} END";
}
