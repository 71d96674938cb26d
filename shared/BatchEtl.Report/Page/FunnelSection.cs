using System.Globalization;
using BatchEtl.Report.Data;
using BatchEtl.Report.Words;

namespace BatchEtl.Report.Page;

/// <summary>Funnels with conversion and time to convert, and conversion over time.</summary>
internal sealed class FunnelSection(ReportData data)
{
    public void Add(Html html, Action<Html, string, string> section, Func<SvgChart, string> chart)
    {
        if (data.Pipeline.Funnels.Count == 0)
        {
            return;
        }

        section(html, "funnels", "Funnels");
        foreach (var funnel in data.Pipeline.Funnels)
        {
            var rows = data.Funnels.Where(f => f.Funnel == funnel.Name).ToList();
            html.Add($"<h3>{Html.Encode(funnel.Name)}</h3><p class=\"muted\">Actors who go through the steps within {Html.Encode(NumberText.Duration(funnel.Window.TotalMilliseconds))}, by the day of the first step.</p>");
            if (rows.Count == 0)
            {
                html.Add("<p class=\"none\">no values yet</p>");
                continue;
            }

            var last = rows.Where(r => r.Dt == data.Day).GroupBy(r => r.EntryDay).OrderByDescending(g => g.Key).FirstOrDefault();
            if (last is not null)
            {
                html.Add(Steps([.. last.OrderBy(r => r.Step)]));
            }

            // Of an entry day its latest row counts.
            var byDay = rows.GroupBy(r => (r.EntryDay, r.Step)).Select(g => g.MaxBy(r => r.Dt)!).ToLookup(r => r.EntryDay);
            var days = byDay.Select(d => d.Key).Order().ToList();
            if (days.Count > 1)
            {
                html.Add($"<div class=\"figures\">{chart(new SvgChart(
                    $"{funnel.Name}: conversion from first to last step", days,
                    [new("conversion", [.. days.Select(d => byDay[d].MaxBy(r => r.Step)?.FromFirst)])], NumberKind.Share))}</div>");
            }
        }
    }

    private static string Steps(IReadOnlyList<FunnelRow> rows)
    {
        var cells = rows.Select(r =>
            $"<tr><th scope=\"row\">{r.Step}. {Html.Encode(r.StepName)}</th><td>{NumberText.Exact(r.Actors, NumberKind.Amount)}</td>"
            + string.Create(CultureInfo.InvariantCulture, $"<td><div class=\"meter\"><i style=\"width:{(r.FromFirst ?? 0) * 100:0.#}%\"></i></div></td>")
            + $"<td>{NumberText.Exact(r.FromPrevious, NumberKind.Share)}</td><td>{NumberText.Exact(r.FromFirst, NumberKind.Share)}</td><td>{NumberText.Exact(r.MedianMs, NumberKind.Milliseconds)}</td><td>{NumberText.Exact(r.P90Ms, NumberKind.Milliseconds)}</td></tr>");
        var caption = $"Entry day {NumberText.Day(rows[0].EntryDay)}{(rows[0].Provisional ? ", provisional: the window is still open" : "")}";
        return $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Html.Encode(caption)}\"><table><caption>{Html.Encode(caption)}</caption><thead><tr><th scope=\"col\">step</th><th scope=\"col\">actors</th><th scope=\"col\">of the first</th><th scope=\"col\">from previous</th><th scope=\"col\">from first</th><th scope=\"col\">median time</th><th scope=\"col\">90 % within</th></tr></thead><tbody>{string.Concat(cells)}</tbody></table></div>";
    }
}
