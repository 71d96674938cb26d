using BatchEtl.Core.Errors;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>What a run refuses (T3, T4, P5, A1, S5).</summary>
internal sealed class RunRules(RunParts parts, DayCalendar calendar)
{
    /// <summary>Whether the day is to be published as provisional.</summary>
    /// <exception cref="BatchEtlException">The day can't be built now (Refused).</exception>
    public bool Admit(DayWindows windows, DateOnly historyStart)
    {
        var day = windows.Day;
        if (!calendar.Exists(day))
        {
            throw BatchEtlException.Usage($"{day:yyyy-MM-dd} is no day in {calendar.Zone} (T1); ask for another day");
        }

        var provisional = IsOpen(windows);
        if (provisional && !parts.Provisional)
        {
            throw BatchEtlException.Refused(
                $"{day:yyyy-MM-dd} is over on {Instant(windows.Complete)} (its end and sessions.carry_over), as_of is {parts.AsOf:u} (T3); run it later, or with --provisional");
        }

        if (day == historyStart)
        {
            return provisional;
        }

        var before = calendar.Previous(day);
        var manifest = parts.Warehouse.Manifests.Read(before) ?? throw BatchEtlException.Refused(
            $"{day:yyyy-MM-dd} builds on {before:yyyy-MM-dd}, which is not published (A1, S5); run backfill --from {before:yyyy-MM-dd} --to {day:yyyy-MM-dd}");
        if (manifest.Provisional && !parts.Provisional)
        {
            throw BatchEtlException.Refused(
                $"{day:yyyy-MM-dd} builds on {before:yyyy-MM-dd}, which is provisional (T3); run that day again first, or run with --provisional");
        }

        if (new[] { "sessions", "actors", "event_catalog" }.FirstOrDefault(t => parts.Warehouse.Files(t, before) is null) is { } gone)
        {
            if (!manifest.Tables.ContainsKey(gone) && !manifest.Expired.ContainsKey(gone))
            {
                throw BatchEtlException.Refused(
                    $"{day:yyyy-MM-dd} builds on {gone} of {before:yyyy-MM-dd}: expected that table, found a day that batch-etl {manifest.ProgramVersion} published without it; run backfill --from {historyStart:yyyy-MM-dd} --to {day:yyyy-MM-dd}, which makes it from published events");
            }

            throw BatchEtlException.Refused($"{day:yyyy-MM-dd} builds on {gone} of {before:yyyy-MM-dd} (A1, S5), which {(manifest.Expired.ContainsKey(gone) ? "has expired (warehouse.keep)" : "is gone")}; a new warehouse can begin with this day");
        }

        var mine = RunSettings.Of(parts.Pipeline, historyStart);
        foreach (var other in parts.Jobs.SelectMany(j => j.Reads(parts.Pipeline, windows)).Select(r => r.DaysBefore).Where(n => n > 0).Distinct().Select(n => calendar.AddDays(day, -n)).Where(d => d >= historyStart))
        {
            if (parts.Warehouse.Manifests.Read(other) is { } published && RunSettings.Differences(mine, published.Settings) is { Count: > 0 } differences)
            {
                throw BatchEtlException.Refused(
                    $"{day:yyyy-MM-dd} builds on {other:yyyy-MM-dd}, which was made with other settings: {string.Join(", ", differences)} (P5); restore them, or backfill from {historyStart:yyyy-MM-dd} with the new ones");
            }
        }

        return provisional;
    }

    /// <summary>Whether a day is not over at <c>as_of</c> (T3).</summary>
    public bool IsOpen(DayWindows windows) => windows.Complete > Micros(parts.AsOf);

    private static string Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString("u");

    private static long Micros(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
