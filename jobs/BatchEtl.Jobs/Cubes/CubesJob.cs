using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Cubes;

/// <summary>Writes a cube_&lt;name&gt;(D) for each declared cube (C1–C4).</summary>
public sealed class CubesJob : IJob
{
    /// <summary>The step of a cube's finest grain, for engines that count distinct values by combinations.</summary>
    private const string Fine = "cube_fine";

    public string Name => "cubes";

    public bool IsChained => true;

    public IReadOnlyList<string> Tables(Pipeline pipeline) => [.. pipeline.Cubes.Select(c => "cube_" + c.Name)];

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [new("events", 0)];

    public void Build(DayBuild build)
    {
        var numbered = new Dictionary<string, string>();
        foreach (var cube in build.Pipeline.Cubes)
        {
            var query = new CubeQuery(build, cube);
            if (!build.Engine.HasOwnAggregates)
            {
                build.Engine.Materialize(Fine, query.NumberedFineSql(), build.Cancellation);
            }

            foreach (var (column, step) in query.Distinct)
            {
                CountDistinct(build, cube, query, column, step, numbered);
            }

            build.Write(build.Contracts.Cube(cube), query.Sql(build.Engine.HasOwnAggregates ? $"({query.FineSql()})" : Fine));
            foreach (var (_, step) in query.Distinct)
            {
                build.Engine.Drop(step);
            }
        }

        build.Engine.Drop(Fine);
        foreach (var step in numbered.Values)
        {
            build.Engine.Drop(step);
        }
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        foreach (var cube in build.Pipeline.Cubes)
        {
            var contract = build.Contracts.Cube(cube);
            var rows = build.Relation(contract.Name, build.Day);
            if (cube.Measures.FirstOrDefault(m => m is { Kind: AggregateKind.Count, Column: null }) is { } count)
            {
                var source = cube.Source == SourceTable.Events ? build.Counts.Events : build.Counts.Sessions;
                var name = build.Engine.Dialect.Identifier(count.Name);
                yield return new TableCheck(
                    contract.Name, "totals", CheckSeverity.Fail,
                    string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM (SELECT grouping_id, sum({name}) AS total FROM {rows} AS c GROUP BY grouping_id) AS t WHERE total <> {source}"),
                    0, $"rollups do not add up to the {source} {(cube.Source == SourceTable.Events ? "events" : "sessions")} of the day (C3)");
            }

            foreach (var sum in contract.Columns.Where(c => cube.Measures.Any(m => m.Name == c.Name && m.Kind == AggregateKind.Sum)))
            {
                yield return new TableCheck(
                    contract.Name, $"{sum.Name}_fits", CheckSeverity.Fail,
                    $"SELECT count(*) FROM {rows} AS c WHERE {SumSql.Overflows(build.Engine.Dialect.Identifier(sum.Name), sum.Type)}",
                    0, "sums have more than 38 digits (C2)");
            }
        }
    }

    /// <summary>Counts in one pass, or in several over disjoint values where the sets of all might not fit into memory.</summary>
    private static void CountDistinct(DayBuild build, CubeDefinition cube, CubeQuery query, string column, string step, Dictionary<string, string> numbered)
    {
        if (!build.Engine.HasOwnAggregates)
        {
            build.Engine.Materialize(step, query.CombinationsSql(column, Fine), build.Cancellation);
            return;
        }

        var numbers = Numbers(build, cube.Source, column, numbered);
        var rows = cube.Source == SourceTable.Events ? build.Counts.Events : build.Counts.Sessions;
        var passes = 1 + rows / (8 * build.Engine.RecordsPerSlice);
        build.Engine.Drop(step);
        for (var pass = 0; pass < passes; pass++)
        {
            build.Engine.Append(
                step,
                query.DistinctSql(column, numbers, string.Create(CultureInfo.InvariantCulture, $"number % {passes} = {pass}")),
                build.Cancellation);
        }
    }

    /// <summary>The step that has a number for each value of a column, so that sets of values are sets of numbers.</summary>
    private static string Numbers(DayBuild build, SourceTable source, string column, Dictionary<string, string> numbered)
    {
        // Actors of the day's events and sessions have a row in its snapshot, which is shorter than both.
        var table = column == "actor_id" ? "actors" : source == SourceTable.Events ? "events" : "sessions";
        var key = $"{table}.{column}";
        if (!numbered.TryGetValue(key, out var step))
        {
            step = string.Create(CultureInfo.InvariantCulture, $"cube_numbers_{numbered.Count}");
            numbered[key] = step;
            var name = build.Engine.Dialect.Identifier(column);
            var wanted = table == "actors" ? "(activity & 1) = 1" : $"{name} IS NOT NULL";
            build.Engine.Materialize(
                step,
                $"SELECT value, {build.Engine.Dialect.Call("any_number")} AS number FROM (SELECT DISTINCT {name} AS value FROM {build.Relation(table, build.Day)} AS s WHERE {wanted}) AS found",
                build.Cancellation);
        }

        return step;
    }
}
