using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Cubes;

/// <summary>Writes a cube_&lt;name&gt;(D) for each declared cube (C1–C4).</summary>
public sealed class CubesJob : IJob
{
    public string Name => "cubes";

    public void Build(DayBuild build)
    {
        foreach (var cube in build.Pipeline.Cubes)
        {
            build.Write(build.Contracts.Cube(cube), new CubeQuery(build, cube).Sql());
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
}
