using System.Globalization;
using BatchEtl.Report.Data;
using BatchEtl.Report.Words;

namespace BatchEtl.Report.Page;

/// <summary>How far the numbers can be trusted: completeness, rejects, duplicates, files, checks, restated days.</summary>
internal sealed class QualitySection(ReportData data)
{
    private const int MostFiles = 50;

    public void Add(Html html, Action<Html, string, string> section)
    {
        var manifest = data.Manifest;
        var counts = manifest.Counts;
        section(html, "quality", "Data quality");
        html.Add($"<h3>Completeness by hour</h3><ol class=\"hours\" start=\"0\">{string.Concat(Enumerable.Range(0, manifest.Hours).Select(h => manifest.HoursSeen.Contains(h)
            ? $"<li title=\"hour {h} has records\">{h}</li>" : $"<li class=\"lacks\" title=\"hour {h} has no record\">{h}<span aria-label=\" without records\">!</span></li>"))}</ol>");
        var records = Math.Max(1, counts.Records);
        html.Add(Html.Table("Records", ["what", "records", "of the landed"],
        [
            Row("landed in the day's folders", counts.Records),
            .. counts.Rejects.OrderByDescending(r => r.Value).Select(r => Row($"rejected: {r.Key}", r.Value)),
            Row("excluded", counts.Excluded.Sum()), Row("erased", counts.Erased), Row("before history", counts.BeforeHistory), Row("duplicates of the day", counts.Duplicates), Row("events of the day", counts.Events),
        ]));
        var late = manifest.Inputs.Where(i => i.Days.Any(d => d.Key < data.Day)).ToList();
        html.Add($"<p>{manifest.Inputs.Count.ToString("N0", CultureInfo.InvariantCulture)} files read; {late.Count} of them hold records of earlier days; {manifest.Unprocessed.Count} files of older folders wait to be asked for; {manifest.Lost.Count} damaged stretches left out.</p>");
        if (manifest.Unprocessed.Count > 0)
        {
            html.Add(Html.Details("Unprocessed files", $"<ul>{string.Concat(manifest.Unprocessed.Take(MostFiles).Select(f => $"<li>{Html.Encode(f)}</li>"))}</ul>"));
        }

        html.Add($"<p>{manifest.Checks.Count(c => c.Passed)} of {manifest.Checks.Count} checks passed.</p>");
        var checks = Html.Table("Checks", ["check", "result", "found"], manifest.Checks.OrderBy(c => c.Passed).Select(c => (IReadOnlyList<string>)[$"{c.Table}.{c.Check}", c.Passed ? "passed" : c.Severity.ToString().ToLowerInvariant(), c.Found?.ToString(CultureInfo.InvariantCulture) ?? ""]));
        html.Add(manifest.Checks.All(c => c.Passed) ? Html.Details("All checks", checks) : checks);
        if (manifest.Warnings.Count > 0)
        {
            html.Add($"<h3>Warnings</h3><ul>{string.Concat(manifest.Warnings.Take(MostFiles).Select(w => $"<li>{Html.Encode(w)}</li>"))}</ul>");
        }

        html.Add("<h3>Restated days</h3>");
        html.Add(data.Restated.Count == 0
            ? "<p>This night restated no earlier day.</p>"
            : Html.Table("Restated by this day's run", ["day", "number", "was", "is", "why"], data.Restated.Where(r => r.Old != r.New).Select(r => (IReadOnlyList<string>)[
                NumberText.Day(r.Day), r.Metric, NumberText.Exact(r.Old, NumberKind.Amount), NumberText.Exact(r.New, NumberKind.Amount), r.Reason])));

        IReadOnlyList<string> Row(string what, long number) => [what, NumberText.Exact(number, NumberKind.Amount), NumberText.Exact((double)number / records, NumberKind.Share)];
    }
}
