using BatchEtl.Core.Configuration;
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
        var records = new LandedRecords(build);
        var inHistory = build.InHistory(window);
        var slices = build.Slices(f => records.CanHold(f, inHistory));
        if (slices.Count == 0)
        {
            yield break;
        }

        var survivors = Repeats.Survivors(build, inHistory);
        if (slices[0].Index > 0)
        {
            yield return (0, survivors);
        }

        foreach (var slice in slices)
        {
            var once = Once(build, records.Valid(slice.Scans, inHistory));
            yield return (slice.Index, slice.Index == 0 ? $"{once}\nUNION ALL\n{survivors}" : once);
        }
    }

    /// <summary>Decides about all repeated records at once (E4), where landed records are a step.</summary>
    /// <returns>The mapped columns of a window's events.</returns>
    public static string Settled(DayBuild build, Window window)
    {
        var records = new LandedRecords(build);
        if (!build.Files.Any(f => f.HasRecords && records.CanHold(f, build.InHistory(build.Windows.Records))))
        {
            return NoRowsSql.Of(build.Engine, build.Columns.Select(c => (c.Name, c.Role == ColumnRole.OccurredAt ? ColumnType.BigInt : c.PublishedType)));
        }

        build.Engine.Materialize(
            Repeats.Candidates,
            $"SELECT {Names(build)} FROM ({LandedStep.Valid(build, build.InHistory(build.Windows.Records))}) AS valid WHERE {Key(build)} IN (SELECT {LandingJob.RepeatKey} FROM {LandingJob.Repeated})",
            build.Cancellation);
        Repeats.Settle(build);
        return $"{Once(build, LandedStep.Valid(build, window))}\nUNION ALL\n{Repeats.Survivors(build, window)}";
    }

    /// <summary>
    /// All valid records that may matter to the day, slice by slice: the mapped columns, <c>is_repeated</c>, and
    /// <c>kept_at</c>, the time of those that are surely events of a window; null for the others.
    /// </summary>
    public static IEnumerable<(int Slice, string Select)> Marked(DayBuild build, Window window)
    {
        var records = new LandedRecords(build);
        var all = build.InHistory(build.Windows.Records);
        var names = string.Join(", ", build.Columns.Select(c => $"valid.{build.Engine.Dialect.Identifier(c.Name)}"));
        foreach (var slice in build.Slices(f => records.CanHold(f, all)))
        {
            yield return (slice.Index, $"""
                SELECT {names}, r.{LandingJob.RepeatKey} IS NOT NULL AS is_repeated,
                  CASE WHEN r.{LandingJob.RepeatKey} IS NULL AND occurred_at >= {Dialect.Long(window.Start)} AND occurred_at < {Dialect.Long(window.End)} THEN occurred_at END AS kept_at
                FROM ({records.Valid(slice.Scans, all)}) AS valid
                LEFT JOIN {LandingJob.Repeated} AS r ON r.{LandingJob.RepeatKey} = {Key(build)}
                """);
        }
    }

    /// <summary>A record of <see cref="Marked"/> as one value.</summary>
    public static string Record(DayBuild build) =>
        StructSql.Of(build.Engine.Dialect, build.Columns.Select(c => (c.Name, build.Engine.Dialect.Identifier(c.Name))));

    /// <summary>Takes the repeated records, which a relation has in lists of <see cref="Record"/>; to be settled when all are there.</summary>
    public static void TakeRepeated(DayBuild build, string relation, string lists)
    {
        var columns = build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)).Select(n => $"c.{n} AS {n}");
        build.Engine.Append(
            Repeats.Candidates,
            $"SELECT {string.Join(", ", columns)} FROM (SELECT {build.Engine.Dialect.Call("flatten", lists)} AS c FROM {relation} WHERE {lists} IS NOT NULL) AS flat",
            build.Cancellation);
    }

    /// <summary>Decides about the repeated records (E4).</summary>
    /// <returns>Those of a window that are events, marked as in <see cref="Marked"/>; they belong to slice 0.</returns>
    public static string Settle(DayBuild build, Window window)
    {
        Repeats.Settle(build);
        var columns = string.Join(", ", build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)));
        return $"SELECT {columns}, false AS is_repeated, occurred_at AS kept_at FROM ({Repeats.Survivors(build, window)}) AS survivors";
    }

    private static string Once(DayBuild build, string valid) =>
        $"SELECT {Names(build)} FROM ({valid}) AS valid WHERE {build.Engine.Dialect.Call("none_of", Key(build), LandingJob.RepeatKey, LandingJob.Repeated)}";

    private static string Key(DayBuild build) => build.Engine.Dialect.Call("repeat_key", "valid.event_id");

    private static string Names(DayBuild build) => string.Join(", ", build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)));
}
