using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;
using BatchEtl.Core.Upkeep;

namespace BatchEtl.Jobs.Events;

/// <summary>
/// The first look at what landed: judges every record, counts (P3), writes rejects(D), and finds the ids that may repeat.
/// Makes the step <c>repeated</c> (repeat_key).
/// </summary>
public sealed class LandingJob : IJob
{
    internal const string Repeated = "repeated";

    /// <summary>The column of <see cref="Repeated"/>: the dialect's <c>repeat_key</c> of an event_id.</summary>
    internal const string RepeatKey = "repeat_key";
    private const string FoundAgain = "found_again";
    private const string Rejected = "rejected";
    private const string Slice = "landing_slice";
    private const string CountColumns = "_file_index, _reason, _excluded, _before, _inside, _stretch, records";
    private static readonly SqlTemplate _landing = SqlTemplate.Beside<LandingJob>("landing.sql");
    private static readonly SqlTemplate _rejects = SqlTemplate.Beside<LandingJob>("rejects.sql");

    public string Name => "landing";

    public IReadOnlyList<string> Tables(Pipeline pipeline) => [TableContracts.Rejects.Name];

    public void Build(DayBuild build)
    {
        var records = new LandedRecords(build);
        var tally = new LandingTally(build);
        IReadOnlyList<LandedScan> scans = [.. build.Slices(_ => true).SelectMany(s => s.Scans)];
        if (!build.Engine.KeepsLandedRecords)
        {
            ReadSlices(build, records, scans, tally);
        }
        else if (scans.Count > 0)
        {
            ReadOnce(build, records, scans, tally);
        }

        tally.Finish();
        WriteRejects(build);
    }

    public IEnumerable<TableCheck> Checks(DayBuild build) => [];

    /// <summary>Whether the build's files hold a record that is not rejected and lies in a window (P4); reads no further than to the first.</summary>
    public static bool HasRelevantRecords(DayBuild build, Window window)
    {
        var records = new LandedRecords(build);
        return build.Slices(_ => true).Any(slice => build.Engine.Rows(
            $"SELECT 1 FROM ({records.Judged(slice.Scans)}) AS j WHERE _reason IS NULL AND occurred_at >= {Dialect.Long(window.Start)} AND occurred_at < {Dialect.Long(window.End)} LIMIT 1",
            build.Cancellation).Count > 0);
    }

    private static void ReadSlices(DayBuild build, LandedRecords records, IReadOnlyList<LandedScan> scans, LandingTally tally)
    {
        var engine = build.Engine;
        var filter = engine.PrepareRepeatFilter(build.Files.Sum(f => f.Records ?? 0));
        engine.Drop(Rejected);
        engine.Drop(FoundAgain);
        foreach (var slice in build.Slices(_ => true))
        {
            ReadSlice(build, records, slice.Scans, filter, tally);
        }

        engine.DropRepeatFilter();
        if (scans.Count > 0)
        {
            engine.Materialize(
                Repeated,
                filter ? $"SELECT DISTINCT {Key(engine.Dialect)} AS {RepeatKey} FROM {FoundAgain}" : Repeating(engine.Dialect, records.Valid(scans, build.Windows.Records)),
                build.Cancellation);
            engine.Drop(FoundAgain);
        }
    }

    private static void ReadSlice(DayBuild build, LandedRecords records, IReadOnlyList<LandedScan> slice, bool filter, LandingTally tally)
    {
        var engine = build.Engine;
        var dialect = engine.Dialect;
        var rejected = $"{dialect.Call("collect", dialect.Call("reject", "_reason", LandedColumns.FileIndex, LandedColumns.RecordNumber, "_raw"))} "
            + $"FILTER (WHERE _reason IS NOT NULL AND {LandedColumns.FolderStart} >= {Dialect.Long(build.Windows.Start)} AND {LandedColumns.FolderStart} < {Dialect.Long(build.Windows.End)})";
        var repeats = $"{dialect.Call("collect", "event_id")} "
            + $"FILTER (WHERE CASE WHEN _inside AND NOT _before AND _excluded IS NULL THEN {(filter ? dialect.Call("repeat_filter", "event_id") : "false")} ELSE false END)";
        engine.Materialize(Slice, Counted(build, $"({records.Judged(slice)}) AS judged", tally.Unit, $",\n  {rejected} AS rejected,\n  {repeats} AS repeats"), build.Cancellation);
        tally.Add(engine.Rows($"SELECT {CountColumns} FROM {Slice}", build.Cancellation));
        engine.Append(
            Rejected,
            $"SELECT r.reason, r.file, r.number, r.raw FROM (SELECT {dialect.Call("flatten", "rejected")} AS r FROM {Slice} WHERE rejected IS NOT NULL) AS flat",
            build.Cancellation);
        engine.Append(
            FoundAgain,
            $"SELECT event_id FROM (SELECT {dialect.Call("flatten", "repeats")} AS event_id FROM {Slice} WHERE repeats IS NOT NULL) AS flat",
            build.Cancellation);
        engine.Drop(Slice);
    }

    private static void ReadOnce(DayBuild build, LandedRecords records, IReadOnlyList<LandedScan> scans, LandingTally tally)
    {
        LandedStep.Make(build, records, scans);
        tally.Add(build.Engine.Rows($"SELECT {CountColumns} FROM ({Counted(build, LandedStep.Name, tally.Unit, string.Empty)}) AS counted", build.Cancellation));
        build.Engine.Materialize(Repeated, Repeating(build.Engine.Dialect, LandedStep.Valid(build, build.InHistory(build.Windows.Records))), build.Cancellation);
    }

    private static string Counted(DayBuild build, string judged, long unit, string lists)
    {
        var windows = build.Windows;
        return _landing.Render(build.Engine.Dialect, new Dictionary<string, string>
        {
            ["judged"] = judged,
            ["start"] = Dialect.Long(windows.Start),
            ["unit"] = Dialect.Long(unit),
            ["inside"] = $"occurred_at >= {Dialect.Long(windows.Records.Start)} AND occurred_at < {Dialect.Long(windows.Records.End)}",
            ["before_history"] = $"occurred_at < {Dialect.Long(windows.Calendar.Of(build.HistoryStart).Start)}",
            ["lists"] = lists,
        });
    }

    private static string Repeating(Dialect dialect, string valid) =>
        $"SELECT {Key(dialect)} AS {RepeatKey} FROM ({valid}) AS valid GROUP BY 1 HAVING count(*) > 1";

    /// <summary>What is compared to find ids that may repeat; who settles them compares the ids themselves.</summary>
    private static string Key(Dialect dialect) => dialect.Call("repeat_key", "event_id");

    private static void WriteRejects(DayBuild build)
    {
        var files = build.Files.Where(f => f.HasRecords && build.Windows.Window.Contains(f.Folder.Window.Start)).ToList();
        if (files.Count == 0)
        {
            build.WriteEmpty(TableContracts.Rejects);
            return;
        }

        string Case(Func<(int Code, string Name, string Column), string> named, Func<int, string> bad) =>
            $"CASE {string.Join(' ', RejectReason.Named.Select(r => $"WHEN r.reason = {r.Code} THEN {build.Engine.Dialect.Text(named(r))}"))} "
            + string.Join(' ', build.Columns.Select((_, i) => $"WHEN r.reason = {RejectReason.BadValue + i} THEN {build.Engine.Dialect.Text(bad(i))}")) + " END";
        var values = files.Select(f => string.Create(CultureInfo.InvariantCulture, $"({f.Index}, {build.Engine.Dialect.Text(f.RelativePath)})"));
        build.Write(TableContracts.Rejects, _rejects.Render(build.Engine.Dialect, new Dictionary<string, string>
        {
            ["rejected"] = build.Engine.KeepsLandedRecords ? LandedStep.Rejected(build) : Rejected,
            ["files"] = $"(SELECT * FROM (VALUES {string.Join(", ", values)}) AS listed(file_index, path))",
            ["reason"] = Case(r => r.Name, _ => RejectReason.BadValueName),
            ["column"] = Case(r => r.Column, i => build.Columns[i].Name),
            ["kept"] = build.Erased.Count == 0 ? "true" : $"NOT {ErasedIds.Among(build.Engine, "r.raw", build.Erased)}",
        }));
        build.Engine.Drop(Rejected);
    }
}
