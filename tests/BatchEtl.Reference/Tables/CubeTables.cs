using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Tables;

/// <summary>C1–C4.</summary>
internal static class CubeTables
{
    public static ReferenceTable Of(CubeDefinition cube, ReferenceTable source)
    {
        var dimensions = cube.AllDimensions;
        var table = new TableBuilder();
        foreach (var dimension in dimensions)
        {
            table.Column(dimension, ColumnType.Text);
        }

        table.Column("grouping_id", ColumnType.Int);
        foreach (var measure in cube.Measures)
        {
            table.Column(measure.Name, TypeOf(measure, source));
        }

        var rows = source.Rows.Select(r => (Row: r, Dimensions: Dimensions(cube, source, r))).ToList();
        foreach (var kept in Rollups(cube))
        {
            // C3: a rolled-up dimension is null and its bit is set, the first dimension's the highest.
            var groupingId = Enumerable.Range(0, dimensions.Count).Sum(i => kept[i] ? 0 : 1 << (dimensions.Count - 1 - i));
            foreach (var group in rows.GroupBy(r => r.Dimensions.Select((d, i) => kept[i] ? d : null).ToArray(), TextArrays.Instance))
            {
                table.Row([.. group.Key, groupingId, .. cube.Measures.Select(m => Aggregate(m, source, group.Select(r => r.Row).ToList()))]);
            }
        }

        return table.Build().SortedBy(["grouping_id", .. dimensions]);
    }

    /// <summary>Which dimensions each rollup keeps: the finest grain always, repeats once, levels only with those before them (C4).</summary>
    public static List<bool[]> Rollups(CubeDefinition cube)
    {
        var dimensions = cube.AllDimensions;
        var all = Enumerable.Range(0, 1 << dimensions.Count)
            .Select(bits => Enumerable.Range(0, dimensions.Count).Select(i => (bits & (1 << i)) != 0).ToArray());
        IEnumerable<bool[]> wanted = cube.Rollups is null
            ? all.Where(kept => LevelsInOrder(cube, kept))
            : cube.Rollups.Select(r => dimensions.Select(r.Contains).ToArray());
        return [.. wanted.Append([.. dimensions.Select(_ => true)]).DistinctBy(kept => string.Concat(kept.Select(k => k ? '1' : '0')))];
    }

    private static bool LevelsInOrder(CubeDefinition cube, bool[] kept) =>
        kept.Skip(cube.Dimensions.Count).SkipWhile(k => k).All(k => !k);

    private static string?[] Dimensions(CubeDefinition cube, ReferenceTable source, object?[] row)
    {
        var plain = cube.Dimensions.Select(d => DimensionText.Of(row[source.IndexOf(d)]) ?? DimensionText.None);
        if (cube.Levels is not { } levels)
        {
            return [.. plain];
        }

        // C4: each level its own part, (none) where there is none, what goes beyond the last level stays in it.
        var parts = ((string?)row[source.IndexOf(levels.Of)])?.Split(levels.Separator, levels.Names.Count) ?? [];
        return [.. plain, .. levels.Names.Select((_, i) => i < parts.Length ? parts[i] : DimensionText.None)];
    }

    private static ColumnType TypeOf(CubeMeasure measure, ReferenceTable source) => measure.Kind switch
    {
        AggregateKind.Count or AggregateKind.Distinct => ColumnType.BigInt,
        AggregateKind.Sum => Sums.TypeOf(source.TypeOf(measure.Column!)),
        _ => source.TypeOf(measure.Column!),
    };

    private static object? Aggregate(CubeMeasure measure, ReferenceTable source, List<object?[]> rows)
    {
        if (measure.Column is null)
        {
            return (long)rows.Count;
        }

        var values = rows.Select(r => r[source.IndexOf(measure.Column)]).Where(v => v is not null).ToList();
        return measure.Kind switch
        {
            AggregateKind.Count => (long)values.Count,
            AggregateKind.Distinct => (long)values.Distinct().Count(),
            AggregateKind.Sum => Sums.Of(values, source.TypeOf(measure.Column)),
            AggregateKind.Min => values.Min(ValueOrder.Instance),
            _ => values.Max(ValueOrder.Instance),
        };
    }

    private sealed class TextArrays : IEqualityComparer<string?[]>
    {
        public static readonly TextArrays Instance = new();

        public bool Equals(string?[]? x, string?[]? y) => x!.SequenceEqual(y!);

        public int GetHashCode(string?[] obj) => obj.Aggregate(0, (hash, text) => HashCode.Combine(hash, text));
    }
}
