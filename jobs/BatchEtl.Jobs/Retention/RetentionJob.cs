using System.Globalization;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Retention;

/// <summary>Writes retention(D) from actors(D) (A4).</summary>
public sealed class RetentionJob : IJob
{
    private static readonly SqlTemplate _retention = SqlTemplate.Beside<RetentionJob>("retention.sql");

    public string Name => "retention";

    public bool IsChained => true;

    public void Build(DayBuild build)
    {
        var periods = CohortPeriod.Of(build.Pipeline).ToList();
        var cells = periods.SelectMany(p => p.CellsOf(build.Day, build.HistoryStart, build.Windows.Calendar)).ToList();
        if (cells.Count == 0)
        {
            build.WriteEmpty(TableContracts.Retention);
            return;
        }

        var dialect = build.Engine.Dialect;
        build.Write(TableContracts.Retention, _retention.Render(dialect, new Dictionary<string, string>
        {
            ["actors"] = build.Relation("actors", build.Day),
            ["days_of_day"] = Mask("day"),
            ["days_of_week"] = Mask("week"),
            ["days_of_month"] = Mask("month"),
            ["cells"] = $"(SELECT * FROM (VALUES {string.Join(", ", cells.Select(Row))}) AS listed(period, cohort, n, first_day, last_day, provisional))",
        }));

        string Row(CohortCell cell) => string.Create(
            CultureInfo.InvariantCulture,
            $"({dialect.Text(cell.Period)}, {dialect.Date(cell.Cohort)}, {cell.N}, {dialect.Date(cell.Cohort)}, {dialect.Date(cell.LastDay)}, {(cell.Provisional ? "true" : "false")})");
        string Mask(string period) => Dialect.Long(
            periods.FirstOrDefault(p => p.Name == period) is { } p ? (1L << p.DaysSoFar(build.Day, build.Windows.Calendar)) - 1 : 0);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var retention = build.Relation("retention", build.Day);
        yield return new TableCheck(
            "retention", "within_cohort", CheckSeverity.Fail,
            $"SELECT count(*) FROM {retention} AS r WHERE active > cohort_size OR (n = 0 AND provisional AND period = 'day')",
            0, "cells have more active actors than their cohort, or a day's own cell is provisional (A4)");
        yield return new TableCheck(
            "retention", "first_period_is_whole", CheckSeverity.Fail,
            $"SELECT count(*) FROM {retention} AS r WHERE n = 0 AND active <> cohort_size",
            0, "actors are not active in the period that they were first seen in (A4)");
    }
}
