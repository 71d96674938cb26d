using System.Globalization;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Events;

/// <summary>
/// The first look at what landed: judges every record, counts (P3), writes rejects(D), and finds the ids that may repeat.
/// Makes the step <c>repeated</c> (event_id).
/// </summary>
public sealed class LandingJob : IJob
{
    internal const string Repeated = "repeated";
    private const string FoundAgain = "found_again";
    private const string Rejected = "rejected";
    private const string Slice = "landing_slice";
    private static readonly SqlTemplate _landing = SqlTemplate.Beside<LandingJob>("landing.sql");
    private static readonly SqlTemplate _rejects = SqlTemplate.Beside<LandingJob>("rejects.sql");

    public string Name => "landing";

    public void Build(DayBuild build)
    {
        var records = new LandedRecords(build.Engine, build.Pipeline, build.Windows, build.Columns);
        var tally = new LandingTally(build);
        var filter = build.Engine.PrepareRepeatFilter(build.Files.Sum(f => f.Records));
        build.Engine.Drop(Rejected);
        build.Engine.Drop(FoundAgain);
        foreach (var slice in build.Slices(_ => true))
        {
            CountSlice(build, records, slice.Scans, filter, tally);
        }

        build.Engine.DropRepeatFilter();
        tally.Finish();
        WriteRejects(build);
        IReadOnlyList<LandedScan> scans = [.. build.Slices(_ => true).SelectMany(s => s.Scans)];
        if (scans.Count > 0)
        {
            build.Engine.Materialize(
                Repeated,
                filter
                    ? $"SELECT DISTINCT event_id FROM {FoundAgain}"
                    : $"SELECT event_id FROM ({records.Valid(scans, build.Windows.Records)}) AS valid GROUP BY event_id HAVING count(*) > 1",
                build.Cancellation);
            build.Engine.Drop(FoundAgain);
        }
    }

    public IEnumerable<TableCheck> Checks(DayBuild build) => [];

    /// <summary>Records of the build's files that are not rejected and may matter to its day (P4).</summary>
    public static long RelevantRecords(DayBuild build)
    {
        var records = new LandedRecords(build.Engine, build.Pipeline, build.Windows, build.Columns);
        return build.Slices(_ => true).Sum(slice => build.Count(
            $"({records.Judged(slice.Scans)})",
            $"_reason IS NULL AND occurred_at >= {Dialect.Long(build.Windows.Records.Start)} AND occurred_at < {Dialect.Long(build.Windows.Records.End)}"));
    }

    private static void CountSlice(
        DayBuild build, LandedRecords records, IReadOnlyList<LandedScan> slice, bool filter, LandingTally tally)
    {
        var windows = build.Windows;
        var engine = build.Engine;
        engine.Materialize(
            Slice,
            _landing.Render(engine.Dialect, new Dictionary<string, string>
            {
                ["judged"] = records.Judged(slice),
                ["start"] = Dialect.Long(windows.Start),
                ["end"] = Dialect.Long(windows.End),
                ["unit"] = Dialect.Long(tally.Unit),
                ["inside"] = $"occurred_at >= {Dialect.Long(windows.Records.Start)} AND occurred_at < {Dialect.Long(windows.Records.End)}",
                ["before_history"] = $"occurred_at < {Dialect.Long(windows.Calendar.Of(build.HistoryStart).Start)}",
                ["repeated"] = filter ? engine.Dialect.Call("repeat_filter", "event_id") : "false",
            }),
            build.Cancellation);
        foreach (var row in engine.Rows($"SELECT _file_index, _reason, _excluded, _before, _inside, _stretch, records FROM {Slice}", build.Cancellation))
        {
            tally.Add(row);
        }

        engine.Append(
            Rejected,
            $"SELECT r.reason, r.file, r.number, r.raw FROM (SELECT {engine.Dialect.Call("flatten", "rejected")} AS r FROM {Slice} WHERE rejected IS NOT NULL) AS flat",
            build.Cancellation);
        engine.Append(
            FoundAgain,
            $"SELECT event_id FROM (SELECT {engine.Dialect.Call("flatten", "repeats")} AS event_id FROM {Slice} WHERE repeats IS NOT NULL) AS flat",
            build.Cancellation);
        engine.Drop(Slice);
    }

    private static void WriteRejects(DayBuild build)
    {
        var files = build.Files.Where(f => f.Records > 0 && build.Windows.Window.Contains(f.Folder.Window.Start)).ToList();
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
            ["rejected"] = Rejected,
            ["files"] = $"(SELECT * FROM (VALUES {string.Join(", ", values)}) AS listed(file_index, path))",
            ["reason"] = Case(r => r.Name, _ => RejectReason.BadValueName),
            ["column"] = Case(r => r.Column, i => build.Columns[i].Name),
        }));
        build.Engine.Drop(Rejected);
    }
}
