using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Time;
using BatchEtl.Core.Upkeep;

namespace BatchEtl.Core.Runs;

/// <summary>Runs several days under the warehouse's lock: a night with what must be run again, or a backfill.</summary>
public sealed class NightRunner(RunParts parts)
{
    private readonly DayCalendar _calendar = new(parts.Pipeline.Zone);

    /// <summary>A night: D, and before it the days whose inputs changed and what depends on them (P4, T3).</summary>
    /// <exception cref="BatchEtlException">Refused, bad input, a failed check, or the engine or store failed.</exception>
    public IReadOnlyList<Manifest> Night(DateOnly day, CancellationToken cancellation) =>
        Run(planner => planner.Night(day), day, cancellation);

    /// <summary>The days from first to last, in order; those already published with the same inputs and settings are left out unless forced.</summary>
    public IReadOnlyList<Manifest> Backfill(DateOnly first, DateOnly last, bool force, CancellationToken cancellation)
    {
        if (last < first)
        {
            throw BatchEtlException.Usage($"expected --to on or after --from, found {last:yyyy-MM-dd} before {first:yyyy-MM-dd}");
        }

        return Run(planner => planner.Backfill(first, last, force), first, cancellation);
    }

    /// <summary>The days that are over at <c>as_of</c> and follow the last published one, in order.</summary>
    /// <exception cref="BatchEtlException">Nothing is published yet: which day is the first is not ours to say (Refused).</exception>
    public IReadOnlyList<DateOnly> Missing()
    {
        var published = parts.Warehouse.Manifests.Days();
        if (published.Count == 0)
        {
            throw BatchEtlException.Refused($"{parts.Warehouse.Root}: expected published days to catch up from, found none; begin with backfill --from FIRST --to LAST");
        }

        var rules = new RunRules(parts, _calendar);
        var missing = new List<DateOnly>();
        for (var day = _calendar.Next(published[^1]); !rules.IsOpen(new DayWindows(parts.Pipeline, _calendar, day)); day = _calendar.Next(day))
        {
            missing.Add(day);
        }

        return missing;
    }

    /// <summary>What a night of D would run and why; changes nothing.</summary>
    /// <exception cref="BatchEtlException">The night would be refused, or its input is not there.</exception>
    public IReadOnlyList<DayPlan> Plan(DateOnly day, CancellationToken cancellation)
    {
        var scratch = Directory.CreateTempSubdirectory("batch-etl-plan-");
        try
        {
            using var engine = parts.StartEngine(scratch.FullName, cancellation);
            var planner = new DayPlanner(parts, engine, parts.Warehouse.HistoryFor(day));
            var night = new NightPlanner(parts, _calendar, engine, cancellation).Night(day);
            var changed = night.Where(p => p.Scope == DayScope.All).Select(p => p.Day).ToHashSet();
            return [.. night.Select(planned => planner.Plan(planned, changed, cancellation))];
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Every day from the first to the last published, with why it is stale; null = as it should be, or missing.</summary>
    public IReadOnlyList<(DateOnly Day, string? Stale)> Status(CancellationToken cancellation)
    {
        var published = parts.Warehouse.Manifests.Days();
        var scratch = Directory.CreateTempSubdirectory("batch-etl-status-");
        try
        {
            using var engine = parts.StartEngine(scratch.FullName, cancellation);
            var planner = new NightPlanner(parts, _calendar, engine, cancellation);
            var days = new List<(DateOnly, string?)>();
            for (var day = published[0]; day <= published[^1]; day = _calendar.Next(day))
            {
                days.Add((day, published.Contains(day) ? planner.Stale(day) : null));
            }

            return days;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private List<Manifest> Run(Func<NightPlanner, IReadOnlyList<PlannedDay>> plan, DateOnly earliest, CancellationToken cancellation)
    {
        var runId = RunId.New(parts.AsOf);
        using var held = RunLock.Take(parts.Warehouse, runId, parts.AsOf);
        var publisher = new Publisher(held);
        foreach (var completed in publisher.Recover())
        {
            parts.Log.Info($"{completed:yyyy-MM-dd}: completed the publication that an earlier run had begun");
        }

        new Erasure(parts).Complete(publisher, runId, cancellation);
        var historyStart = parts.Warehouse.HistoryFor(earliest);
        var temp = $"{parts.Warehouse.Staging(runId)}/_temp";
        try
        {
            parts.Warehouse.Store.CreateFolder(temp);
            using var engine = parts.StartEngine(temp, cancellation);
            var manifests = new List<Manifest>();
            var days = plan(new NightPlanner(parts, _calendar, engine, cancellation));
            if (days.Count == 0)
            {
                return manifests;
            }

            var runner = new DayRunner(parts, publisher, engine, runId, historyStart, days[^1].Day);
            foreach (var planned in days)
            {
                parts.Log.DayBegins(manifests.Count, days.Count);
                parts.Log.Info($"{planned.Day:yyyy-MM-dd}: {planned.Reason}{(planned.Scope == DayScope.Chain ? "; events and sessions stay" : "")}");
                manifests.Add(runner.Run(planned, Unprocessed(planned.Day, days), cancellation));
                new CatalogRegistration(parts).OfDay(manifests[^1], days[^1].Day);
            }

            WarnOfLaterDays(days[^1].Day);
            Report(manifests, runner.Restatements, cancellation);
            return manifests;
        }
        catch (BatchEtlException e) when (e.ExitCode == ExitCode.Engine)
        {
            VerifyAfter(held);
            throw;
        }
        finally
        {
            Finish(publisher);
        }
    }

    /// <summary>Reports of the days that were published; the run's result does not hang on them.</summary>
    private void Report(IReadOnlyList<Manifest> manifests, IReadOnlyList<Restatement> restatements, CancellationToken cancellation)
    {
        if (!parts.Pipeline.Report && parts.Pipeline.OnFinish is null)
        {
            return;
        }

        try
        {
            parts.Warehouse.Store.CreateFolder($"{parts.Warehouse.Root}/_reports");
            using var reader = parts.StartReader();
            foreach (var manifest in manifests)
            {
                var report = parts.Report(parts, manifest, manifest == manifests[^1] ? restatements : [], reader, cancellation);
                parts.Warehouse.Store.WriteText(DayReport.JsonPath(parts.Warehouse, manifest.Day), ManifestText.Write(report.Json));
                if (parts.Pipeline.Report)
                {
                    parts.Warehouse.Store.WriteText(DayReport.PagePath(parts.Warehouse, manifest.Day), report.Page());
                }
            }
        }
        catch (BatchEtlException e)
        {
            parts.Log.Warning($"the days are published, their reports could not be made: {e.Message}; run report --date {manifests[^1].Day:yyyy-MM-dd}");
        }
    }

    /// <summary>What a run finds missing may have been removed by another that took over while this one slept: that is the cause to tell then.</summary>
    private static void VerifyAfter(RunLock held)
    {
        try
        {
            held.Verify();
        }
        catch (BatchEtlException e) when (e.ExitCode != ExitCode.Refused)
        {
            // The store is away; the first error says so.
        }
    }

    /// <summary>Days behind the last one that was built are built on what it was before.</summary>
    private void WarnOfLaterDays(DateOnly last)
    {
        var later = parts.Warehouse.Manifests.Days().Where(d => d > last).ToList();
        if (later.Count > 0 && Lineage.Outdated(parts.Warehouse.Manifests.Read(later[0])!, parts.Warehouse.Manifests.Read) is not null)
        {
            parts.Log.Warning($"{later.Count} later days build on {last:yyyy-MM-dd}, which has changed; run backfill --from {later[0]:yyyy-MM-dd} --to {later[^1]:yyyy-MM-dd}");
        }
    }

    /// <summary>Files of older folders that this night leaves alone (P4).</summary>
    private IReadOnlyList<string> Unprocessed(DateOnly day, IReadOnlyList<PlannedDay> planned)
    {
        if (day != planned[^1].Day)
        {
            return [];
        }

        var files = new UnprocessedFiles(parts, _calendar).Before(new DayWindows(parts.Pipeline, _calendar, day));
        if (files.Count > 0)
        {
            parts.Log.Warning($"{files.Count} files appeared in folders of days that a night no longer runs again, e.g. {files[0]} (P4); run backfill --force for their days");
        }

        return files;
    }

    /// <summary>Staged files are of no use after a failure; a failing removal must not hide its cause, the next run removes them too.</summary>
    private void Finish(Publisher publisher)
    {
        try
        {
            publisher.Finish();
        }
        catch (BatchEtlException e)
        {
            parts.Log.Warning(e.Message);
        }
    }
}
