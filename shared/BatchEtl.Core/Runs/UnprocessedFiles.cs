using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>Files that appeared in folders of published days which a night of D no longer runs again (P4): they wait until their days are asked for.</summary>
internal sealed class UnprocessedFiles(RunParts parts, DayCalendar calendar)
{
    /// <summary>Whether a night of D looks at an earlier day again (P4).</summary>
    public bool IsWithinReach(DateOnly earlier, DayWindows night) =>
        new DayWindows(parts.Pipeline, calendar, earlier).Complete > night.Start - night.Lateness;

    /// <summary>Their paths relative to the landing root, in order.</summary>
    public IReadOnlyList<string> Before(DayWindows night)
    {
        var days = parts.Warehouse.Manifests.Days().Where(d => d < night.Day && !IsWithinReach(d, night)).ToList();
        if (days.Count == 0)
        {
            return [];
        }

        var found = parts.Landing.List(new Window(calendar.Of(days[0]).Start, calendar.Of(days[^1]).End));
        return [.. days.SelectMany(day =>
        {
            var window = calendar.Of(day);
            var landed = found.Where(f => window.Contains(f.Folder.Window.Start)).ToList();
            var known = landed.Count == 0 ? [] : parts.Warehouse.Manifests.Read(day)!.Inputs.ToDictionary(i => i.File, StringComparer.Ordinal);
            return landed.Where(f => !known.TryGetValue(f.RelativePath, out var before) || before.IsAnother(f.Bytes, f.Modified)).Select(f => f.RelativePath);
        })];
    }
}
