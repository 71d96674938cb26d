using System.Globalization;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Cli.Output;

/// <summary>What people want to read after a night: the last day's headlines, what was lost and why, checks, where the time went.</summary>
internal sealed class RunSummary(RunParts parts, IReadOnlyList<Manifest> manifests)
{
    public void Write(TextWriter target)
    {
        var last = manifests[^1];
        var counts = last.Counts;
        target.WriteLine();
        target.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{parts.Pipeline.Name} {last.Day:yyyy-MM-dd}{(last.Provisional ? " (provisional)" : "")}: published {last.Tables.Count} tables, {last.Tables.Values.Sum(t => t.Rows):N0} rows, {last.Tables.Values.Sum(t => t.Files.Sum(f => f.Bytes)) / 1e6:N1} MB"));
        if (manifests.Count > 1)
        {
            target.WriteLine($"with it {manifests.Count - 1} other days: {string.Join(", ", manifests.SkipLast(1).Select(m => m.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))}");
        }

        target.WriteLine();
        Headlines(target, last);
        target.WriteLine();
        Records(target, counts, last);
        Losses(target, last);
        Checks(target, last);
        Times(target);
    }

    private void Headlines(TextWriter target, Manifest last)
    {
        using var engine = parts.StartReader();
        if (parts.Warehouse.Files("metrics", last.Day) is not { } files)
        {
            return;
        }

        var declared = parts.Pipeline.Metrics.Declared.Select(d => engine.Dialect.Text(d.Name));
        var names = new[] { "'dau'", "'wau'", "'mau'", "'stickiness'", "'new_actors'", "'sessions'", "'events_per_session'", "'bounce_rate'", "'engaged_rate'" }.Concat(declared).ToList();
        var order = string.Join(' ', names.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"WHEN {n} THEN {i}")));
        var rows = engine.Rows(
            $"SELECT metric, value, value_1d_before, value_7d_before FROM {engine.ParquetRelation(files)} AS m "
            + $"WHERE dimension IS NULL AND metric IN ({string.Join(", ", names)}) AND (metric <> 'new_actors' OR period_days = 1) ORDER BY CASE metric {order} END",
            CancellationToken.None);
        TextTable.Write(
            target,
            ["metric", "value", "yesterday", "", "last week", ""],
            [.. rows.Select(r => (IReadOnlyList<object?>)[r[0], Number(r[1]), Number(r[2]), Change(r[1], r[2]), Number(r[3]), Change(r[1], r[3])])]);
    }

    private static string Number(object? value) => value is double number
        ? number.ToString(Math.Abs(number) >= 1000 ? "N0" : "0.###", CultureInfo.InvariantCulture).PadLeft(12)
        : "–".PadLeft(12);

    private static string Change(object? now, object? before) => now is double a && before is double b && b != 0
        ? ((a / b) - 1).ToString("+0.0 %;-0.0 %;0.0 %", CultureInfo.InvariantCulture).PadLeft(9)
        : string.Empty;

    private static void Records(TextWriter target, ManifestCounts counts, Manifest last)
    {
        target.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Records:N0} records landed in the day's folders, {counts.Events:N0} events of the day, {counts.Sessions:N0} sessions, {counts.Actors:N0} active actors; completeness {last.Completeness:P0} ({last.HoursSeen.Count} of {last.Hours} hours)"));
        var rejects = counts.Rejects.Count == 0
            ? "none"
            : string.Join(", ", counts.Rejects.OrderByDescending(r => r.Value).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value:N0}")));
        target.WriteLine($"rejected: {rejects}");
        target.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"duplicates: {counts.Duplicates:N0}; excluded: {counts.Excluded.Sum():N0}; before history: {counts.BeforeHistory:N0}"));
    }

    private static void Losses(TextWriter target, Manifest last)
    {
        if (last.Lost.Count > 0)
        {
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lost to damage: {last.Lost.Count:N0} stretches, {last.Lost.Sum(l => l.Bytes):N0} bytes, e.g. {last.Lost[0].File} from byte {last.Lost[0].Position} on"));
        }

        if (last.Unprocessed.Count > 0)
        {
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"unprocessed: {last.Unprocessed.Count:N0} files in folders of older days, e.g. {last.Unprocessed[0]}; backfill --force their days"));
        }

        foreach (var warning in last.Warnings.Take(10))
        {
            target.WriteLine($"warning: {warning}");
        }
    }

    private static void Checks(TextWriter target, Manifest last)
    {
        var failed = last.Checks.Where(c => !c.Passed).ToList();
        target.WriteLine($"checks: {last.Checks.Count - failed.Count} of {last.Checks.Count} passed{string.Concat(failed.Select(c => $"; {c.Table}.{c.Check} found {c.Found}"))}");
    }

    private void Times(TextWriter target)
    {
        var seconds = manifests.SelectMany(m => m.Seconds).GroupBy(s => s.Key).Select(g => (Step: g.Key, Seconds: g.Sum(s => s.Value))).OrderByDescending(s => s.Seconds).ToList();
        var total = seconds.Sum(s => s.Seconds);
        var records = manifests.Sum(m => m.Inputs.Sum(i => i.Records));
        target.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"time: {total:F1} s ({string.Join(", ", seconds.Where(s => s.Seconds >= total * 0.02).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Step} {s.Seconds:F1}")))}); {records / Math.Max(total, 0.001) / 1e6:F2} million landed records a second"));
    }
}
