using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Cubes;

/// <summary>A cube's SQL: the fragments of <c>cube.sql</c>.</summary>
internal sealed class CubeQuery(DayBuild build, CubeDefinition cube)
{
    private static readonly SqlTemplate _template = SqlTemplate.Beside<CubesJob>("cube.sql");
    private readonly Dialect _dialect = build.Engine.Dialect;
    private readonly TableContract _source = cube.Source == SourceTable.Events ? build.Contracts.Events : build.Contracts.Sessions;

    public string Sql()
    {
        var dimensions = cube.AllDimensions.Select(_dialect.Identifier).ToList();
        var plain = cube.Measures.Where(m => m.Kind != AggregateKind.Distinct).ToList();
        var distinct = cube.Measures.Where(m => m.Kind == AggregateKind.Distinct).ToList();
        var columns = cube.Measures.Select(m => m.Column).OfType<string>().Distinct().ToList();
        var contract = build.Contracts.Cube(cube);
        return _template.Render(_dialect, new Dictionary<string, string>
        {
            ["source"] = Source(columns),
            ["dimensions"] = string.Join(", ", dimensions),
            ["fine_measures"] = string.Concat(plain.Select(m => $", {Fine(m, columns)} AS {_dialect.Identifier(m.Name)}")),
            ["rolled_measures"] = string.Concat(plain.Select(m => $", {Rolled(m)} AS {_dialect.Identifier(m.Name)}")),
            ["grouping_id"] = GroupingId(dimensions),
            ["sets"] = string.Join(", ", Sets().Select(s => $"({string.Join(", ", s.Select(_dialect.Identifier))})")),
            ["distinct_steps"] = string.Concat(distinct.Select((m, i) => DistinctStep(m, i, dimensions, columns))),
            ["distinct_joins"] = string.Concat(distinct.Select((_, i) => DistinctJoin(i, dimensions))),
            ["result"] = string.Join(", ", contract.Columns.Select(c => Result(c, distinct))),
            ["order"] = string.Join(", ", dimensions.Prepend("grouping_id").Select(d => $"r.{d} NULLS LAST")),
        });
    }

    private string Source(List<string> columns) =>
        $"(SELECT {string.Join(", ", DimensionTexts().Concat(columns.Select((c, i) => $"{_dialect.Identifier(c)} AS _m{i}")))} FROM {build.Relation(_source.Name, build.Day)} AS s) AS source";

    private IEnumerable<string> DimensionTexts()
    {
        foreach (var name in cube.Dimensions)
        {
            var type = _source.Columns.First(c => c.Name == name).Type;
            yield return $"coalesce({TextSql.Of(build.Engine, _dialect.Identifier(name), type)}, {TextSql.None}) AS {_dialect.Identifier(name)}";
        }

        if (cube.Levels is { } levels)
        {
            var type = _source.Columns.First(c => c.Name == levels.Of).Type;
            var text = TextSql.Of(build.Engine, _dialect.Identifier(levels.Of), type);
            for (var i = 0; i < levels.Names.Count; i++)
            {
                var level = _dialect.Call(
                    i == levels.Names.Count - 1 ? "level_rest" : "level",
                    text, _dialect.Text(levels.Separator), (i + 1).ToString(CultureInfo.InvariantCulture));
                yield return $"coalesce({level}, {TextSql.None}) AS {_dialect.Identifier(levels.Names[i])}";
            }
        }
    }

    private string Fine(CubeMeasure measure, List<string> columns)
    {
        if (measure.Column is null)
        {
            return "count(*)";
        }

        var column = $"_m{columns.IndexOf(measure.Column)}";
        return measure.Kind switch
        {
            AggregateKind.Count => $"count({column})",
            AggregateKind.Sum => SumSql.Of(build.Engine, column, _source.Columns.First(c => c.Name == measure.Column).Type),
            AggregateKind.Min => $"min({column})",
            _ => $"max({column})",
        };
    }

    private string Rolled(CubeMeasure measure)
    {
        var name = _dialect.Identifier(measure.Name);
        return measure.Kind switch
        {
            AggregateKind.Count => $"CAST(sum({name}) AS BIGINT)",
            AggregateKind.Sum => SumSql.Of(build.Engine, name, build.Contracts.Cube(cube).Columns.First(c => c.Name == measure.Name).Type),
            AggregateKind.Min => $"min({name})",
            _ => $"max({name})",
        };
    }

    /// <summary>First dimension = highest bit; a set bit = rolled up (C3).</summary>
    private static string GroupingId(List<string> dimensions) => string.Join(" + ", dimensions.Select((d, i) =>
        string.Create(CultureInfo.InvariantCulture, $"grouping({d}) * {1L << (dimensions.Count - 1 - i)}")));

    private string DistinctStep(CubeMeasure measure, int index, List<string> dimensions, List<string> columns)
    {
        var column = $"_m{columns.IndexOf(measure.Column!)}";
        var names = string.Join(", ", dimensions);
        var sets = string.Join(", ", Sets().Select(s => $"({string.Join(", ", s.Select(_dialect.Identifier))})"));
        return $"""
            ,
            pair{index} AS (
              SELECT DISTINCT {names}, {column} AS counted FROM {Source(columns)}
            ),
            distinct{index} AS (
              SELECT {names}, {GroupingId(dimensions)} AS grouping_id, count(DISTINCT counted) AS counted
              FROM pair{index}
              GROUP BY GROUPING SETS ({sets})
            )
            """;
    }

    private static string DistinctJoin(int index, List<string> dimensions) =>
        $"\nJOIN distinct{index} AS d{index} ON d{index}.grouping_id = r.grouping_id AND "
        + string.Join(" AND ", dimensions.Select(d => $"coalesce(d{index}.{d}, '') = coalesce(r.{d}, '') AND (d{index}.{d} IS NULL) = (r.{d} IS NULL)"));

    private string Result(TableColumn column, List<CubeMeasure> distinct)
    {
        var name = _dialect.Identifier(column.Name);
        var index = distinct.FindIndex(m => m.Name == column.Name);
        return index >= 0 ? $"d{index}.counted AS {name}" : $"r.{name}";
    }

    /// <summary>The rollups as lists of dimensions kept: each once, the finest grain always; of levels only leading ones (C4).</summary>
    private List<IReadOnlyList<string>> Sets()
    {
        var all = cube.AllDimensions;
        IEnumerable<IReadOnlyList<string>> wanted = cube.Rollups ?? [.. Enumerable.Range(0, 1 << all.Count)
            .Select(bits => (IReadOnlyList<string>)[.. all.Where((_, i) => (bits & (1 << i)) != 0)])
            .Where(KeepsLeadingLevels)];
        return [.. wanted.Prepend(all)
            .Select(kept => (IReadOnlyList<string>)[.. all.Where(kept.Contains)])
            .DistinctBy(kept => string.Join('\n', kept))];
    }

    private bool KeepsLeadingLevels(IReadOnlyList<string> kept)
    {
        var levels = cube.Levels?.Names ?? [];
        return levels.SkipWhile(kept.Contains).All(l => !kept.Contains(l));
    }
}
