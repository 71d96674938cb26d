using BatchEtl.Core.Jobs;
using BatchEtl.Core.Publishing;

namespace BatchEtl.Core.Runs;

/// <summary>Which published tables a day was built from, and whether what it has changed (P3, P4).</summary>
internal static class Lineage
{
    /// <summary>The published partitions that jobs of a day read, with their versions.</summary>
    public static IReadOnlyList<ManifestRead> ReadBy(IEnumerable<IJob> jobs, RunParts parts, DayWindows windows, DateOnly historyStart)
    {
        var read = new List<ManifestRead>();
        foreach (var days in jobs.SelectMany(j => j.Reads(parts.Pipeline, windows)).Where(r => r.DaysBefore > 0).Distinct().GroupBy(r => r.DaysBefore))
        {
            var day = windows.Calendar.AddDays(windows.Day, -days.Key);
            if (day >= historyStart && parts.Warehouse.Manifests.Read(day) is { } manifest)
            {
                read.AddRange(days.Select(r => new ManifestRead(r.Table, day, DayVersions.Of(manifest).Of(r.Table))));
            }
        }

        return read;
    }

    /// <summary>
    /// The jobs that a day must run again: those of chains, which every later day goes on; those that only read events of some
    /// days where these changed (P4), where the day was published without their table, or with another section for them.
    /// </summary>
    /// <param name="changed">Days that the run is about to build before this one.</param>
    public static IReadOnlyList<IJob> Due(RunParts parts, DayWindows windows, Manifest published, IReadOnlyCollection<DateOnly> changed) =>
        [.. parts.Jobs.Where(j => j.IsChained && IsDue(j, parts, windows, published, changed))];

    private static bool IsDue(IJob job, RunParts parts, DayWindows windows, Manifest published, IReadOnlyCollection<DateOnly> changed)
    {
        var reads = job.Reads(parts.Pipeline, windows).ToList();
        if (reads.Count == 0 || reads.Any(r => r.Table != "events") || job.Tables(parts.Pipeline).Any(t => !published.Tables.ContainsKey(t)))
        {
            return true;
        }

        if (ConfigurationSections.Differences(parts.Pipeline.Written, published.Configuration, [job.Name]).Count > 0)
        {
            return true;
        }

        var now = ReadBy([job], parts, windows, published.HistoryStart);
        var days = now.Select(r => r.Day).ToHashSet();
        return days.Overlaps(changed) || !now.ToHashSet().SetEquals(published.Read.Where(r => r.Table == "events" && days.Contains(r.Day)));
    }

    /// <summary>The versions of a day that is about to be published: the run where something changed, else what they were.</summary>
    /// <param name="before">What is published of the day; null = nothing.</param>
    /// <param name="after">The manifest, its versions aside.</param>
    /// <param name="planned">What the run built; of what is forced it is not known whether something changed.</param>
    public static DayVersions Versions(Manifest? before, Manifest after, PlannedDay planned)
    {
        if (before is null || planned.IsForced)
        {
            return new DayVersions(after.RunId, after.RunId, after.RunId);
        }

        var was = DayVersions.Of(before);
        var sessions = planned.Scope == DayScope.Chain || SameInputs(before, after);
        var events = planned.Scope == DayScope.Chain || (sessions && SameRead(before, after, t => t == "sessions"));
        var chain = events && SameRead(before, after, t => t != "sessions")
            && ConfigurationSections.Differences(after.Configuration, before.Configuration, ConfigurationSections.OfTables).Count == 0;
        return new DayVersions(sessions ? was.Sessions : after.RunId, events ? was.Events : after.RunId, chain ? was.Chain : after.RunId);
    }

    /// <summary>The first partition that a day read and that has another version since; null where there is none.</summary>
    /// <param name="manifests">Day → manifest, or null.</param>
    public static ManifestRead? Outdated(Manifest manifest, Func<DateOnly, Manifest?> manifests) =>
        manifest.Read.Where(r => r.RunId is not null && manifests(r.Day) is { } now && DayVersions.Of(now).Of(r.Table) != r.RunId).MaxBy(r => r.Table == "sessions");

    private static bool SameInputs(Manifest before, Manifest after) =>
        !before.Provisional && !after.Provisional
        && before.ProgramVersion == after.ProgramVersion
        && before.HistoryStart == after.HistoryStart
        && ConfigurationSections.Differences(after.Configuration, before.Configuration, ConfigurationSections.OfEvents).Count == 0
        && Files(before).SetEquals(Files(after))
        && before.Lost.SequenceEqual(after.Lost)
        && before.Counts.Erased == after.Counts.Erased;

    private static HashSet<(string, long)> Files(Manifest manifest) => [.. manifest.Inputs.Where(i => i.Input).Select(i => (i.File, i.Bytes))];

    private static bool SameRead(Manifest before, Manifest after, Func<string, bool> tables) =>
        before.Read.Where(r => tables(r.Table)).ToHashSet().SetEquals(after.Read.Where(r => tables(r.Table)));
}
