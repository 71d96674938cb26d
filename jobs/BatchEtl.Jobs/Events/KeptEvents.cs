using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Time;

namespace BatchEtl.Jobs.Events;

/// <summary>Valid records without duplicates (E4): those whose id does not repeat, and of the others the survivors.</summary>
internal static class KeptEvents
{
    /// <summary>The mapped columns of events in a window, or null when no landed file can hold one.</summary>
    public static string? Of(DayBuild build, Window window)
    {
        var records = new LandedRecords(build.Engine, build.Pipeline, build.Windows, build.Columns);
        var inHistory = LandingJob.HistoryPart(build, window);
        IReadOnlyList<LandedScan> scans = [.. build.Slices(f => records.CanHold(f, inHistory)).SelectMany(s => s)];
        if (scans.Count == 0)
        {
            return null;
        }

        var names = string.Join(", ", build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)));
        return $"""
            SELECT {names} FROM ({records.Valid(scans, inHistory)}) AS valid
            WHERE NOT EXISTS (SELECT 1 FROM {LandingJob.Repeated} AS r WHERE r.event_id = valid.event_id)
            UNION ALL
            SELECT {names} FROM {LandingJob.Settled}
            WHERE NOT is_duplicate AND occurred_at >= {Dialect.Long(inHistory.Start)} AND occurred_at < {Dialect.Long(inHistory.End)}
            """;
    }
}
