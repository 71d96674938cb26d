using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Funnels;

/// <summary>Writes funnels(D): every entry day whose attempts may still go on after D began (A5).</summary>
public sealed class FunnelsJob : IJob
{
    private const string Reaching = "funnel_reaching", Furthest = "funnel_furthest", Rows = "funnel_rows";
    private static readonly SqlTemplate _attempts = SqlTemplate.Beside<FunnelsJob>("attempts.sql");
    private static readonly SqlTemplate _furthest = SqlTemplate.Beside<FunnelsJob>("furthest.sql");
    private static readonly SqlTemplate _funnel = SqlTemplate.Beside<FunnelsJob>("funnel.sql");

    public string Name => "funnels";

    public bool IsChained => true;

    public IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows)
    {
        var longest = pipeline.Funnels.Select(f => DayWindows.Micros(f.Window)).DefaultIfEmpty(0).Max();
        return EntryDays(windows, longest, DateOnly.MinValue).Select((_, n) => new EarlierTable("events", n));
    }

    public void Build(DayBuild build)
    {
        var engine = build.Engine;
        engine.Drop(Rows);
        var funnels = build.Pipeline.Funnels
            .Select(f => new FunnelQuery(build, f, [.. EntryDays(build.Windows, DayWindows.Micros(f.Window), build.HistoryStart).Reverse()]))
            .ToLookup(f => engine.HasOwnAggregates && f.Steps <= AttemptsQuery.MostSteps);
        foreach (var together in AttemptsQuery.Together(funnels[true]))
        {
            Follow(build, together);
        }

        foreach (var funnel in funnels[false])
        {
            FollowByWindows(build, funnel);
        }

        if (build.Pipeline.Funnels.Count == 0)
        {
            build.WriteEmpty(TableContracts.Funnels);
            return;
        }

        build.Write(TableContracts.Funnels, $"SELECT * FROM {Rows} ORDER BY funnel, entry_day, step");
        engine.Drop(Rows);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build)
    {
        var funnels = build.Relation("funnels", build.Day);
        yield return new TableCheck(
            "funnels", "steps_narrow", CheckSeverity.Fail,
            $"SELECT count(*) FROM {funnels} AS f WHERE conversion_from_previous > 1 OR conversion_from_first > 1 OR median_ms > p90_ms",
            0, "more actors reach a step than the one before (A5)");
        yield return new TableCheck(
            "funnels", "rows_of_every_step", CheckSeverity.Fail,
            string.Create(CultureInfo.InvariantCulture, $"SELECT abs(count(*) - {build.Pipeline.Funnels.Sum(f => f.Steps.Count * EntryDays(build.Windows, DayWindows.Micros(f.Window), build.HistoryStart).Count())}) FROM {funnels} AS f"),
            0, "a funnel lacks a step of an entry day, or has it twice (A5)");
    }

    /// <summary>In one pass, or in several over different actors where the events of all might not fit into memory.</summary>
    private static void Follow(DayBuild build, IReadOnlyList<FunnelQuery> funnels)
    {
        var query = new AttemptsQuery(build, funnels);
        var passes = 1 + query.Events / (3 * build.Engine.RecordsPerSlice);
        build.Engine.Drop(Reaching);
        for (var pass = 0L; pass < passes; pass++)
        {
            build.Engine.Append(Reaching, _attempts.Render(build.Engine.Dialect, query.Attempts(pass, passes)), build.Cancellation);
        }

        foreach (var funnel in funnels)
        {
            build.Engine.Append(Rows, _funnel.Render(build.Engine.Dialect, funnel.Rows(query.Of(funnel, Reaching))), build.Cancellation);
        }

        build.Engine.Drop(Reaching);
    }

    private static void FollowByWindows(DayBuild build, FunnelQuery query)
    {
        if (query.Steps > 1)
        {
            build.Engine.Materialize(Furthest, _furthest.Render(build.Engine.Dialect, query.Furthest()), build.Cancellation);
        }

        build.Engine.Materialize(Reaching, query.ReachingOf(Furthest), build.Cancellation);
        build.Engine.Drop(Furthest);
        build.Engine.Append(Rows, _funnel.Render(build.Engine.Dialect, query.Rows(Reaching)), build.Cancellation);
        build.Engine.Drop(Reaching);
    }

    /// <summary>The entry days F of history with end(F) + window &gt; end(D − 1), the last first.</summary>
    private static IEnumerable<DateOnly> EntryDays(DayWindows windows, long window, DateOnly historyStart)
    {
        for (var day = windows.Day; day >= historyStart && windows.Calendar.Of(day).End + window > windows.Start; day = windows.Calendar.Previous(day))
        {
            yield return day;
        }
    }
}
