using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>Decides which days a run builds, how much of each, and why (P4, T3, S4, A1). Changes nothing.</summary>
internal sealed class NightPlanner(RunParts parts, DayCalendar calendar, IEngine engine, CancellationToken cancellation)
{
    /// <summary>How far back a night looks for days that an earlier run has left behind what they are built on: A1's bitmap.</summary>
    private const int DaysLookedAt = 63;

    private readonly Dictionary<DateOnly, Manifest?> _manifests = [];

    /// <summary>A night of D: the published days before it that must be run again, and D.</summary>
    public IReadOnlyList<PlannedDay> Night(DateOnly day)
    {
        var windows = new DayWindows(parts.Pipeline, calendar, day);
        var reach = new UnprocessedFiles(parts, calendar);
        var before = parts.Warehouse.Manifests.Days().Where(d => d < day && (d >= calendar.AddDays(day, -DaysLookedAt) || reach.IsWithinReach(d, windows))).ToList();
        var changes = new Dictionary<DateOnly, string>();
        foreach (var earlier in before)
        {
            var change = Read(earlier)!.Provisional ? "was provisional" : reach.IsWithinReach(earlier, windows) ? InputChange(earlier) : null;
            if (change is not null)
            {
                changes.Add(earlier, change);
            }
        }

        AddThoseThatGoOn(changes, earlier => reach.IsWithinReach(earlier, windows));
        var planned = new List<PlannedDay>();
        foreach (var earlier in before.Union(changes.Keys).Order())
        {
            Add(planned, earlier, changes.TryGetValue(earlier, out var change) ? new PlannedDay(earlier, change) : null);
        }

        planned.Add(new PlannedDay(day, "the night's own day"));
        return planned;
    }

    /// <summary>
    /// A late record around a midnight belongs to sessions of the day before it too (S4), which may be out of a night's reach: the
    /// morning could not go on sessions that the day before does not know.
    /// </summary>
    /// <param name="looked">Whether a day was looked at for itself; it has no such records where nothing of it changed.</param>
    private void AddThoseThatGoOn(Dictionary<DateOnly, string> changes, Func<DateOnly, bool> looked)
    {
        foreach (var changed in changes.Keys.ToList())
        {
            for (var (later, day) = (changed, calendar.Previous(changed)); !changes.ContainsKey(day) && !looked(day) && Read(day) is not null; (later, day) = (day, calendar.Previous(day)))
            {
                var windows = new DayWindows(parts.Pipeline, calendar, day);
                if (InputChange(day, new Window(windows.End - windows.Gap, windows.End + windows.CarryOver)) is not { } change)
                {
                    break;
                }

                changes.Add(day, $"{change}, and sessions of it may go on in {later:yyyy-MM-dd} (S4)");
            }
        }
    }

    /// <summary>The days from first to last that are not published as today's inputs and settings would have them, or all of them.</summary>
    public IReadOnlyList<PlannedDay> Backfill(DateOnly first, DateOnly last, bool force)
    {
        var planned = new List<PlannedDay>();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (!calendar.Exists(day))
            {
                continue;
            }

            var published = parts.Warehouse.Manifests.IsPublished(day);
            if (force || !published)
            {
                planned.Add(new PlannedDay(day, published ? "forced" : "not published yet") { IsForced = published });
            }
            else if (!Add(planned, day, OwnChange(day)))
            {
                parts.Log.Info($"{day:yyyy-MM-dd}: already published with the same inputs and settings");
            }
        }

        return planned;
    }

    /// <summary>Why a published day is not as a run with today's inputs and settings would make it, or null.</summary>
    public string? Stale(DateOnly day)
    {
        var alone = new List<PlannedDay>();
        Add(alone, day, OwnChange(day));
        return alone.SingleOrDefault()?.Reason;
    }

    /// <summary>Plans a published day when it changed itself, or for what it is built on.</summary>
    private bool Add(List<PlannedDay> planned, DateOnly day, PlannedDay? change)
    {
        var before = planned.Count > 0 && planned[^1].Day == calendar.Previous(day) ? planned[^1] : null;
        var outdated = Lineage.Outdated(Read(day)!, Read);
        var next = change is { Scope: DayScope.All } ? change
            : before is { Scope: DayScope.All, OnlyIds: false } ? new PlannedDay(day, $"its morning may continue other sessions of {before.Day:yyyy-MM-dd} (S4)") { OnlyIds = true }
            : outdated?.Table == "sessions" ? new PlannedDay(day, $"sessions of {outdated.Day:yyyy-MM-dd} have changed since it was built (S4)") { OnlyIds = true }
            : change is not null ? change
            : planned.Count > 0 ? new PlannedDay(day, $"its chains (actors, metrics, event_catalog) begin before {planned[0].Day:yyyy-MM-dd}", DayScope.Chain)
            : outdated is not null ? new PlannedDay(day, $"{outdated.Table} of {outdated.Day:yyyy-MM-dd} have changed since it was built", DayScope.Chain)
            : null;
        if (next is null)
        {
            return false;
        }

        planned.Add(next.Scope == DayScope.Chain && LacksColumns(day) is { } column
            ? new PlannedDay(day, $"{next.Reason}, and it was published without column {column}")
            : next);
        return true;
    }

    /// <summary>How a published day's settings, inputs or tables differ from today's, and how much of it that concerns; or null.</summary>
    private PlannedDay? OwnChange(DateOnly day)
    {
        var manifest = Read(day)!;
        var differences = RunSettings.Differences(RunSettings.Of(parts.Pipeline, manifest.HistoryStart), manifest.Settings);
        if (differences.Count > 0)
        {
            return new PlannedDay(day, $"has other settings: {string.Join(", ", differences)}");
        }

        var change = Sections(ConfigurationSections.OfEvents) ?? (manifest.Provisional ? "was provisional" : InputChange(day)) ?? Lacking(chained: false);
        var chain = change is null ? Sections(ConfigurationSections.OfTables) ?? Lacking(chained: true) : null;
        return change is not null ? new PlannedDay(day, change) : chain is not null ? new PlannedDay(day, chain, DayScope.Chain) : null;

        string? Sections(IReadOnlyList<string> sections) =>
            ConfigurationSections.Differences(parts.Pipeline.Written, manifest.Configuration, sections) is { Count: > 0 } found
                ? $"was built with other {string.Join(", ", found)} in its pipeline file"
                : null;

        string? Lacking(bool chained) =>
            parts.Jobs.Where(j => j.IsChained == chained).SelectMany(j => j.Tables(parts.Pipeline))
                .FirstOrDefault(t => !manifest.Tables.ContainsKey(t) && !manifest.Expired.ContainsKey(t)) is { } table
                ? $"was published without {table}"
                : null;
    }

    /// <summary>How a published day's inputs changed since its manifest (P4), or null.</summary>
    /// <param name="only">Where given, new files count only for records that lie in it.</param>
    private string? InputChange(DateOnly day, Window? only = null)
    {
        var manifest = Read(day)!;
        var windows = new DayWindows(parts.Pipeline, calendar, day);
        var known = manifest.Inputs.ToDictionary(i => i.File, StringComparer.Ordinal);
        var listed = parts.Landing.List(windows.Folders);
        var present = listed.Select(f => f.RelativePath).ToHashSet(StringComparer.Ordinal);
        if (manifest.Inputs.FirstOrDefault(i => i.Input && !present.Contains(i.File)) is { } gone)
        {
            return $"its input {gone.File} is gone";
        }

        var changed = listed.Where(f => !known.TryGetValue(f.RelativePath, out var before) || before.IsAnother(f.Bytes, f.Modified)).ToList();
        var certain = changed.FirstOrDefault(f =>
            (only is null && windows.Window.Contains(f.Folder.Window.Start)) || (known.TryGetValue(f.RelativePath, out var before) && before.Input));
        if (certain is not null)
        {
            return $"its input {certain.RelativePath} {(known.ContainsKey(certain.RelativePath) ? "changed" : "is new")}";
        }

        return changed.Count > 0 && HoldRecords(windows, only ?? windows.Records, manifest.HistoryStart, [.. changed.Select(f => f.RelativePath)])
            ? $"late records landed, e.g. in {changed[0].RelativePath}"
            : null;
    }

    private bool HoldRecords(DayWindows windows, Window window, DateOnly historyStart, HashSet<string> changed)
    {
        var landed = parts.Landing.Find(windows, cancellation);
        var files = landed with { Files = [.. landed.Files.Where(f => changed.Contains(f.RelativePath))] };
        return parts.HasRelevantRecords(DayBuild.Of(
            parts, windows, files, engine, new DayTables(parts.Warehouse, "plan", windows.Day), historyStart, new Dictionary<string, Configuration.ColumnType>(), _ => { }, cancellation), window);
    }

    /// <summary>A mapped column that the published day has not: what reads its events would look for it in vain.</summary>
    private string? LacksColumns(DateOnly day)
    {
        var types = Read(day)!.Types;
        return parts.Pipeline.Events.Columns.FirstOrDefault(c => c.Role != Configuration.ColumnRole.OccurredAt && !types.ContainsKey(c.Name))?.Name;
    }

    private Manifest? Read(DateOnly day)
    {
        if (!_manifests.TryGetValue(day, out var manifest))
        {
            _manifests[day] = manifest = parts.Warehouse.Manifests.Read(day);
        }

        return manifest;
    }
}
