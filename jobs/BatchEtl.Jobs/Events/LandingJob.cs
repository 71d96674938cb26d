using System.Globalization;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Jobs.Events;

/// <summary>
/// The first look at what landed: judges every record, counts (P3), writes rejects(D), and finds the ids that may repeat.
/// Makes the steps <c>repeated</c> (event_id) and <c>settled</c> (their records with is_duplicate).
/// </summary>
public sealed class LandingJob : IJob
{
    internal const string Repeated = "repeated";
    internal const string Settled = "settled";
    private const string Rejected = "rejected";
    private const string Slice = "landing_slice";
    private static readonly SqlTemplate _landing = SqlTemplate.Beside<LandingJob>("landing.sql");
    private static readonly SqlTemplate _rejects = SqlTemplate.Beside<LandingJob>("rejects.sql");
    private static readonly SqlTemplate _settled = SqlTemplate.Beside<LandingJob>("settled.sql");

    public string Name => "landing";

    public void Build(DayBuild build)
    {
        var records = new LandedRecords(build.Engine, build.Pipeline, build.Windows, build.Columns);
        var tally = new LandingTally(build);
        var filter = build.Engine.PrepareRepeatFilter(build.Files.Sum(f => f.Records));
        build.Engine.Drop(Rejected);
        build.Engine.Drop(Repeated);
        foreach (var slice in build.Slices(_ => true))
        {
            CountSlice(build, records, slice.Scans, filter, tally);
        }

        tally.Finish();
        WriteRejects(build);
        if (!filter && build.Files.Any(f => f.Records > 0))
        {
            var all = records.Valid([.. build.Slices(_ => true).SelectMany(s => s.Scans)], build.Windows.Records);
            build.Engine.Materialize(Repeated, $"SELECT event_id FROM ({all}) AS valid GROUP BY event_id HAVING count(*) > 1", build.Cancellation);
        }

        Settle(build, records);
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
            Repeated,
            $"SELECT DISTINCT event_id FROM (SELECT {engine.Dialect.Call("flatten", "repeats")} AS event_id FROM {Slice} WHERE repeats IS NOT NULL) AS flat",
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

    private static void Settle(DayBuild build, LandedRecords records)
    {
        const string candidates = "candidates";
        build.Engine.Drop(candidates);
        build.Engine.Drop(Settled);
        foreach (var slice in build.Slices(f => records.CanHold(f, build.Windows.Records)))
        {
            build.Engine.Append(
                candidates,
                $"SELECT * FROM ({records.Valid(slice.Scans, HistoryPart(build, build.Windows.Records))}) AS valid WHERE event_id IN (SELECT event_id FROM {Repeated})",
                build.Cancellation);
        }

        if (!build.Files.Any(f => f.Records > 0 && records.CanHold(f, build.Windows.Records)))
        {
            return;
        }

        var names = build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)).ToList();
        build.Engine.Materialize(
            Settled,
            _settled.Render(build.Engine.Dialect, new Dictionary<string, string>
            {
                ["candidates"] = candidates,
                ["columns"] = string.Join(", ", names),
                ["content"] = string.Join(", ", names.Where(n => n != "\"event_id\"" && n != "\"occurred_at\"").Select(n => $"{n} NULLS LAST")),
                ["horizon"] = Dialect.Long(build.Windows.Horizon),
            }),
            build.Cancellation);
        build.Engine.Drop(candidates);
        var window = build.Windows.Window;
        build.Counts.Duplicates = build.Count(Settled, $"is_duplicate AND occurred_at >= {Dialect.Long(window.Start)} AND occurred_at < {Dialect.Long(window.End)}");
    }

    /// <summary>The part of a window that lies in history: nothing before it exists (T4).</summary>
    internal static Core.Time.Window HistoryPart(DayBuild build, Core.Time.Window window)
    {
        var start = Math.Max(window.Start, build.Windows.Calendar.Of(build.HistoryStart).Start);
        return new Core.Time.Window(Math.Min(start, window.End), window.End);
    }
}
