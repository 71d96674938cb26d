using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Anomalies;

/// <summary>Writes anomalies(D) from metrics(D) and those of the same weekday in the eight weeks before (A7).</summary>
public sealed class AnomaliesJob : IJob
{
    /// <summary>Fewer days tell nothing.</summary>
    private const int FewestDays = 4;

    private static readonly int[] _daysBefore = [7, 14, 21, 28, 35, 42, 49, 56];
    private static readonly SqlTemplate _anomalies = SqlTemplate.Beside<AnomaliesJob>("anomalies.sql");

    public string Name => "anomalies";

    public bool IsChained => true;

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => _daysBefore.Select(n => new EarlierTable("metrics", n));

    public void Build(DayBuild build)
    {
        var past = _daysBefore.Select(n => build.Earlier("metrics", n)).OfType<string>().ToList();
        if (past.Count < FewestDays)
        {
            build.WriteEmpty(TableContracts.Anomalies);
            return;
        }

        var options = build.Pipeline.Anomalies;
        build.Write(TableContracts.Anomalies, _anomalies.Render(build.Engine.Dialect, new Dictionary<string, string>
        {
            ["today"] = build.Relation("metrics", build.Day),
            ["past"] = $"({string.Join("\nUNION ALL\n", past.Select(Rows))}) AS published",
            ["sensitivity"] = Number(options.Sensitivity),
            ["min_change"] = Number(options.MinChange),
            ["min_volume"] = Dialect.Long(options.MinVolume),
        }));

        static string Rows(string metrics) =>
            $"SELECT metric, period_days, coalesce(dimension, '') AS dimension_key, coalesce(dimension_value, '') AS value_key, value, CAST(coalesce(denominator, numerator) AS DOUBLE) AS volume, denominator IS NOT NULL AS is_ratio FROM {metrics} AS m";
        static string Number(decimal number) => $"CAST('{number.ToString(CultureInfo.InvariantCulture)}' AS DOUBLE)";
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        yield return new TableCheck(
            "anomalies", "outside_limits", CheckSeverity.Fail,
            $"SELECT count(*) FROM {build.Relation("anomalies", build.Day)} AS a WHERE value BETWEEN low AND high OR days < {FewestDays}",
            0, "values lie within what is usual (A7)");
    }
}
