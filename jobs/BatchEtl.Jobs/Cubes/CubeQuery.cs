using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Cubes;

/// <summary>A cube's SQL: the fragments of <c>cube.sql</c> and <c>distinct.sql</c>.</summary>
internal sealed class CubeQuery(DayBuild build, CubeDefinition cube)
{
    private static readonly SqlTemplate _template = SqlTemplate.Beside<CubesJob>("cube.sql");
    private static readonly SqlTemplate _combinations = SqlTemplate.Beside<CubesJob>("combinations.sql");
    private static readonly SqlTemplate _distinct = SqlTemplate.Beside<CubesJob>("distinct.sql");
    private readonly Dialect _dialect = build.Engine.Dialect;
    private readonly TableContract _source = cube.Source == SourceTable.Events ? build.Contracts.Events : build.Contracts.Sessions;

    /// <summary>The columns whose values are counted, and the step that holds each one's counts.</summary>
    public IReadOnlyList<(string Column, string Step)> Distinct { get; } =
        [.. cube.Measures.Where(m => m.Kind == AggregateKind.Distinct).Select(m => m.Column!).Distinct()
            .Select((c, i) => (c, string.Create(CultureInfo.InvariantCulture, $"cube_distinct_{i}")))];

    private List<string> Names => [.. cube.AllDimensions.Select(_dialect.Identifier)];

    private List<string> Raw => [.. cube.Dimensions.Concat(cube.Levels is { } levels ? [levels.Of] : []).Distinct().Select(_dialect.Identifier)];

    private IReadOnlyList<CubeMeasure> Plain { get; } = [.. cube.Measures.Where(m => m.Kind != AggregateKind.Distinct)];

    /// <summary>The finest grain: raw dimensions, <c>_rows</c>, and the measures that roll up.</summary>
    public string FineSql()
    {
        var columns = Plain.Select(m => m.Column).OfType<string>().Distinct().ToList();
        var raw = string.Join(", ", Raw);
        return $"SELECT {raw}, count(*) AS _rows{string.Concat(Plain.Select((m, i) => $", {Fine(m, columns)} AS _v{i}"))} "
            + $"FROM {Source(columns.Select((c, i) => $"{_dialect.Identifier(c)} AS _m{i}"))} GROUP BY {raw}";
    }

    /// <summary>The finest grain as a step's rows, each with a number.</summary>
    public string NumberedFineSql() => $"SELECT *, {_dialect.Call("any_number")} AS _id FROM ({FineSql()}) AS fine";

    /// <summary>The cube's rows; its distinct counts must have been made.</summary>
    /// <param name="fine">The relation of <see cref="FineSql"/>.</param>
    public string Sql(string fine)
    {
        var contract = build.Contracts.Cube(cube);
        return _template.Render(_dialect, new Dictionary<string, string>
        {
            ["fine"] = fine,
            ["dimensions"] = string.Join(", ", DimensionTexts()),
            ["dimension_names"] = string.Join(", ", Names),
            ["measure_names"] = string.Concat(Plain.Select((m, i) => $", _v{i} AS {_dialect.Identifier(m.Name)}")),
            ["rolled_measures"] = string.Concat(Plain.Select(m => $", {Rolled(m)} AS {_dialect.Identifier(m.Name)}")),
            ["grouping_id"] = GroupingId(Names),
            ["sets"] = string.Join(", ", Sets().Select(s => $"({string.Join(", ", s.Select(_dialect.Identifier))})")),
            ["distinct_joins"] = string.Concat(Distinct.Select(DistinctJoin)),
            ["result"] = string.Join(", ", contract.Columns.Select(Result)),
            ["order"] = string.Join(", ", Names.Prepend("grouping_id").Select(d => $"r.{d} NULLS LAST")),
        });
    }

    /// <summary>The counts of a column's values whose number meets a condition.</summary>
    public string DistinctSql(string column, string numbers, string wanted) =>
        _distinct.Render(_dialect, new Dictionary<string, string>(Counting(column, "bucket")) { ["numbers"] = numbers, ["wanted"] = wanted });

    /// <summary>The counts of a column's values, for engines without sets of numbers.</summary>
    /// <param name="fine">The step of <see cref="NumberedFineSql"/>.</param>
    public string CombinationsSql(string column, string fine) => _combinations.Render(_dialect, new Dictionary<string, string>(Counting(column, "_id"))
    {
        ["fine"] = fine,
        ["same"] = string.Join(" AND ", Raw.Select(r => $"source.{r} IS NOT DISTINCT FROM member.{r}")),
    });

    /// <param name="along">A column that every rollup keeps.</param>
    private Dictionary<string, string> Counting(string column, string along) => new()
    {
        ["source"] = Source([$"{_dialect.Identifier(column)} AS counted"]),
        ["raw_dimensions"] = string.Join(", ", Raw),
        ["dimensions"] = string.Join(", ", DimensionTexts()),
        ["dimension_names"] = string.Join(", ", Names),
        ["grouping_id"] = GroupingId(Names),
        ["sets"] = string.Join(", ", Sets().Select(s => $"({string.Join(", ", s.Select(_dialect.Identifier).Append(along))})")),
    };

    private string Source(IEnumerable<string> columns) =>
        $"(SELECT {string.Join(", ", Raw.Concat(columns))} FROM {build.Relation(_source.Name, build.Day)} AS s) AS source";

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

    private string DistinctJoin((string Column, string Step) distinct, int index) =>
        $"\nLEFT JOIN (SELECT {string.Join(", ", Names)}, grouping_id, sum(counted) AS counted FROM {distinct.Step} GROUP BY {string.Join(", ", Names)}, grouping_id) AS d{index} ON d{index}.grouping_id = r.grouping_id AND "
        + string.Join(" AND ", Names.Select(d => $"coalesce(d{index}.{d}, '') = coalesce(r.{d}, '') AND (d{index}.{d} IS NULL) = (r.{d} IS NULL)"));

    private string Result(TableColumn column)
    {
        var name = _dialect.Identifier(column.Name);
        var measure = cube.Measures.FirstOrDefault(m => m.Name == column.Name && m.Kind == AggregateKind.Distinct);
        return measure is null
            ? $"r.{name}"
            : $"coalesce(d{Distinct.Select(d => d.Column).ToList().IndexOf(measure.Column!)}.counted, 0) AS {name}";
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
