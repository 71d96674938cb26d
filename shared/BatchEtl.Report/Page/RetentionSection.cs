using System.Globalization;
using BatchEtl.Report.Data;
using BatchEtl.Report.Words;

namespace BatchEtl.Report.Page;

/// <summary>The retention triangle as heat maps.</summary>
internal sealed class RetentionSection(ReportData data)
{
    private const int MostCohorts = 14;

    public void Add(Html html, Action<Html, string, string> section)
    {
        section(html, "retention", "Retention");
        html.Add("<p class=\"muted\">Of those first seen in a period, the share that was active so many periods later. Dashed: the period is not over.</p>");
        var any = false;
        foreach (var (period, title) in new[] { ("week", "By week"), ("day", "By day"), ("month", "By month") })
        {
            var cells = data.Retention.Where(c => c.Period == period).ToList();
            if (cells.Count == 0)
            {
                continue;
            }

            var map = Map(title, period, cells);
            html.Add(any ? Html.Details(title, map) : map);
            any = true;
        }

        if (!any)
        {
            html.Add("<p class=\"none\">no values yet</p>");
        }
    }

    private static string Map(string title, string period, IReadOnlyList<RetentionCell> cells)
    {
        var cohorts = cells.GroupBy(c => c.Cohort).OrderByDescending(c => c.Key).Take(MostCohorts).ToList();
        var columns = cohorts.SelectMany(c => c).Max(c => c.N);
        var strongest = Math.Max(0.0001, cohorts.SelectMany(c => c).Where(c => c.N > 0).Select(c => c.Rate).DefaultIfEmpty(1).Max());
        var rows = cohorts.Select(cohort =>
        {
            var byN = cohort.ToDictionary(c => c.N);
            var name = period == "month" ? cohort.Key.ToString("MMM yyyy", CultureInfo.InvariantCulture) : NumberText.Day(cohort.Key);
            return $"<tr><th scope=\"row\">{name}</th><td>{NumberText.Exact(cohort.MaxBy(c => c.N)!.Size, NumberKind.Amount)}</td>{string.Concat(Enumerable.Range(0, columns + 1).Select(n => Cell(byN.GetValueOrDefault(n))))}</tr>";
        });
        return $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Retention {title}\"><table class=\"heat\"><caption>{title}: n-th {period} after the first</caption><thead><tr><th scope=\"col\">cohort</th><th scope=\"col\">actors</th>{string.Concat(Enumerable.Range(0, columns + 1).Select(n => $"<th scope=\"col\">{n}</th>"))}</tr></thead><tbody>{string.Concat(rows)}</tbody></table></div>";

        string Cell(RetentionCell? cell) => cell is null
            ? "<td></td>"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"<td{(cell.Provisional ? " class=\"p\"" : "")} style=\"background:rgba(var(--heat),{Math.Min(1, cell.N == 0 ? 0 : cell.Rate / strongest) * 0.45:0.##})\" title=\"{cell.Active:N0} of {cell.Size:N0}\">{NumberText.Percent(cell.Rate)}</td>");
    }
}
