using BatchEtl.Core.Configuration.Reading;

namespace BatchEtl.Core.Configuration.Checking;

/// <summary>C1, C2 and C4.</summary>
internal static class CubeChecks
{
    private const int MostDimensions = 31;
    private const int MostUnderAll = 12;

    public static void Run(CheckContext context)
    {
        foreach (CubeDefinition cube in context.Pipeline.Cubes)
        {
            string path = $"cubes.{cube.Name}";
            IReadOnlyList<SourceColumn> columns = context.Columns(cube.Source);
            string kind = Kind(cube.Source);
            for (int i = 0; i < cube.Dimensions.Count; i++)
            {
                context.Column($"{path}.dimensions[{i}]", cube.Dimensions[i], columns, kind);
            }

            if (cube.Levels is { } levels
                && context.Column($"{path}.levels.of", levels.Of, columns, kind)?.Type is { Kind: not TypeKind.Text } type)
            {
                context.Add($"{path}.levels.of", $"{path}.levels.of is {levels.Of}, a {type}", "a text column");
            }

            Count(context, path, cube);
            Rollups(context, path, cube);
            foreach (CubeMeasure measure in cube.Measures.Where(m => m.Column is not null))
            {
                Fits(context, $"{path}.measures.{measure.Name}", measure.Kind, measure.Column!, columns, kind);
            }
        }
    }

    public static string Kind(SourceTable source) => source == SourceTable.Events ? "column of events" : "column of sessions";

    /// <summary>Reports an unknown column, and a sum of what has none.</summary>
    public static SourceColumn? Fits(
        CheckContext context, string path, AggregateKind kind, string name, IReadOnlyList<SourceColumn> columns, string columnKind)
    {
        SourceColumn? column = context.Column(path, name, columns, columnKind);
        if (kind == AggregateKind.Sum && column?.Type is { } type && SourceColumns.SumOf(type) is null)
        {
            context.Add(path, $"{path} is the sum of {name}, a {type}", "a bigint, decimal, double or boolean column");
        }

        return column;
    }

    private static void Count(CheckContext context, string path, CubeDefinition cube)
    {
        int count = cube.AllDimensions.Count;
        int most = cube.Rollups is null ? MostUnderAll : MostDimensions;
        if (count > most)
        {
            context.Add(
                $"{path}.dimensions", $"{count} dimensions in {path}", cube.Rollups is null ? $"at most {most} under rollups: all" : $"at most {most}");
        }
        else if (count == 0)
        {
            context.Add($"{path}.dimensions", $"no dimensions in {path}", "at least one, in dimensions or levels");
        }
    }

    private static void Rollups(CheckContext context, string path, CubeDefinition cube)
    {
        SourceColumn[] known = [.. cube.AllDimensions.Select(d => new SourceColumn(d, null))];
        IReadOnlyList<string> levels = cube.Levels?.Names ?? [];
        for (int i = 0; i < (cube.Rollups?.Count ?? 0); i++)
        {
            IReadOnlyList<string> kept = cube.Rollups![i];
            foreach (string name in kept)
            {
                context.Column($"{path}.rollups[{i}]", name, known, $"dimension of {path}");
            }

            for (int level = 1; level < levels.Count; level++)
            {
                if (kept.Contains(levels[level]) && !kept.Contains(levels[level - 1]))
                {
                    context.Add(
                        $"{path}.rollups[{i}]", $"a rollup that keeps level {Quoted.Value(levels[level])} without {Quoted.Value(levels[level - 1])}",
                        "all levels before it too");
                    break;
                }
            }
        }
    }
}
