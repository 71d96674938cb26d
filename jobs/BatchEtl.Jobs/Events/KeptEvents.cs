using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Time;

namespace BatchEtl.Jobs.Events;

/// <summary>Valid records without duplicates (E4): those whose id does not repeat, and of the others the survivors.</summary>
internal static class KeptEvents
{
    /// <summary>
    /// The mapped columns of a window's events, slice by slice; nothing when no landed file can hold one. An event is in the
    /// same slice whatever the window: survivors of repeated ids are in the first, the others where their file is.
    /// </summary>
    public static IEnumerable<(int Slice, string Select)> Of(DayBuild build, Window window)
    {
        var records = new LandedRecords(build.Engine, build.Pipeline, build.Windows, build.Columns);
        var inHistory = LandingJob.HistoryPart(build, window);
        var slices = build.Slices(f => records.CanHold(f, inHistory));
        if (slices.Count == 0)
        {
            yield break;
        }

        var names = string.Join(", ", build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)));
        var survivors = Repeats.Survivors(build, inHistory);
        if (slices[0].Index > 0)
        {
            yield return (0, survivors);
        }

        foreach (var slice in slices)
        {
            var once = $"SELECT {names} FROM ({records.Valid(slice.Scans, inHistory)}) AS valid WHERE event_id NOT IN (SELECT event_id FROM {LandingJob.Repeated})";
            yield return (slice.Index, slice.Index == 0 ? $"{once}\nUNION ALL\n{survivors}" : once);
        }
    }
}
