using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>A day that a run builds, and why.</summary>
public sealed record PlannedDay(DateOnly Day, string Reason);

/// <summary>Runs several days under the warehouse's lock: a night with what must be run again, or a backfill.</summary>
public sealed class NightRunner(RunParts parts)
{
    private readonly DayCalendar _calendar = new(parts.Pipeline.Zone);

    /// <summary>A night: D, and before it the days whose inputs changed and what depends on them (P4, T3).</summary>
    /// <exception cref="BatchEtlException">Refused, bad input, a failed check, or the engine or store failed.</exception>
    public IReadOnlyList<Manifest> Night(DateOnly day, CancellationToken cancellation) =>
        Run(engine => PlanNight(day, engine, cancellation), day, cancellation);

    /// <summary>The days from first to last, in order; those already published with the same inputs and settings are left out unless forced.</summary>
    public IReadOnlyList<Manifest> Backfill(DateOnly first, DateOnly last, bool force, CancellationToken cancellation)
    {
        if (last < first)
        {
            throw BatchEtlException.Usage($"expected --to on or after --from, found {last:yyyy-MM-dd} before {first:yyyy-MM-dd}");
        }

        return Run(engine => PlanBackfill(first, last, force, engine, cancellation), first, cancellation);
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
            return [.. PlanNight(day, engine, cancellation).Select(planned => planner.Plan(planned, cancellation))];
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
            var days = new List<(DateOnly, string?)>();
            for (var day = published[0]; day <= published[^1]; day = _calendar.Next(day))
            {
                days.Add((day, published.Contains(day) ? StaleReason(day, engine, cancellation) : null));
            }

            return days;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private List<Manifest> Run(Func<IEngine, IReadOnlyList<PlannedDay>> plan, DateOnly earliest, CancellationToken cancellation)
    {
        var runId = RunId.New(parts.AsOf);
        using var held = RunLock.Take(parts.Warehouse, runId, parts.AsOf);
        var publisher = new Publisher(held);
        foreach (var completed in publisher.Recover())
        {
            parts.Log.Info($"{completed:yyyy-MM-dd}: completed the publication that an earlier run had begun");
        }

        var historyStart = parts.Warehouse.HistoryFor(earliest);
        var temp = $"{parts.Warehouse.Staging(runId)}/_temp";
        try
        {
            parts.Warehouse.Store.CreateFolder(temp);
            using var engine = parts.StartEngine(temp, cancellation);
            var manifests = new List<Manifest>();
            var days = plan(engine);
            foreach (var planned in days)
            {
                parts.Log.Info($"{planned.Day:yyyy-MM-dd}: {planned.Reason}");
                var unprocessed = Unprocessed(planned.Day, days);
                manifests.Add(new DayRunner(parts, publisher, engine, runId).Run(planned.Day, historyStart, unprocessed, cancellation));
            }

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

    private List<PlannedDay> PlanNight(DateOnly day, IEngine engine, CancellationToken cancellation)
    {
        var windows = new DayWindows(parts.Pipeline, _calendar, day);
        var published = parts.Warehouse.Manifests.Days().Where(d => d < day).ToList();
        var reach = new UnprocessedFiles(parts, _calendar);
        var planned = new List<PlannedDay>();
        foreach (var earlier in published)
        {
            var reason = planned.Count > 0 ? $"depends on {planned[0].Day:yyyy-MM-dd}"
                : !reach.IsWithinReach(earlier, windows) ? null
                : ChangeOf(earlier, engine, cancellation);
            if (reason is not null)
            {
                planned.Add(new PlannedDay(earlier, reason));
            }
        }

        planned.Add(new PlannedDay(day, "the night's own day"));
        return planned;
    }

    private List<PlannedDay> PlanBackfill(DateOnly first, DateOnly last, bool force, IEngine engine, CancellationToken cancellation)
    {
        var planned = new List<PlannedDay>();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (!_calendar.Exists(day))
            {
                continue;
            }

            var reason = force ? "forced"
                : planned.Count > 0 ? "follows a day that is built"
                : !parts.Warehouse.Manifests.IsPublished(day) ? "not published yet"
                : StaleReason(day, engine, cancellation);
            if (reason is null)
            {
                parts.Log.Info($"{day:yyyy-MM-dd}: already published with the same inputs and settings");
            }
            else
            {
                planned.Add(new PlannedDay(day, reason));
            }
        }

        return planned;
    }

    /// <summary>Why a published day is not as a run with today's inputs and settings would make it, or null.</summary>
    private string? StaleReason(DateOnly day, IEngine engine, CancellationToken cancellation)
    {
        var manifest = parts.Warehouse.Manifests.Read(day)!;
        return RunSettings.Differences(RunSettings.Of(parts.Pipeline, manifest.HistoryStart), manifest.Settings) is { Count: > 0 } differences
            ? $"has other settings: {string.Join(", ", differences)}"
            : ChangeOf(day, engine, cancellation);
    }

    /// <summary>How a published day's inputs changed (P4), or that it was provisional (T3); else null.</summary>
    private string? ChangeOf(DateOnly day, IEngine engine, CancellationToken cancellation)
    {
        var manifest = parts.Warehouse.Manifests.Read(day)!;
        var windows = new DayWindows(parts.Pipeline, _calendar, day);
        if (manifest.Provisional)
        {
            return "was provisional";
        }

        var known = manifest.Inputs.ToDictionary(i => i.File, StringComparer.Ordinal);
        var listed = parts.Landing.List(windows.Folders);
        var present = listed.Select(f => f.RelativePath).ToHashSet(StringComparer.Ordinal);
        if (manifest.Inputs.FirstOrDefault(i => i.Input && !present.Contains(i.File)) is { } gone)
        {
            return $"its input {gone.File} is gone";
        }

        var changed = listed.Where(f => !known.TryGetValue(f.RelativePath, out var before) || before.Bytes != f.Bytes).ToList();
        var certain = changed.FirstOrDefault(f =>
            windows.Window.Contains(f.Folder.Window.Start) || (known.TryGetValue(f.RelativePath, out var before) && before.Input));
        if (certain is not null)
        {
            return $"its input {certain.RelativePath} {(known.ContainsKey(certain.RelativePath) ? "changed" : "is new")}";
        }

        return changed.Count > 0 && HoldRecordsOf(windows, manifest.HistoryStart, [.. changed.Select(f => f.RelativePath)], engine, cancellation)
            ? $"late records landed, e.g. in {changed[0].RelativePath}"
            : null;
    }

    private bool HoldRecordsOf(
        DayWindows windows, DateOnly historyStart, HashSet<string> changed, IEngine engine, CancellationToken cancellation)
    {
        var landed = parts.Landing.Find(windows, cancellation);
        var files = landed with { Files = [.. landed.Files.Where(f => changed.Contains(f.RelativePath))] };
        return parts.RelevantRecords(DayBuild.Of(
            parts, windows, files, engine, new DayTables(parts.Warehouse, "plan", windows.Day), historyStart, new Dictionary<string, Configuration.ColumnType>(), _ => { }, cancellation)) > 0;
    }
}
