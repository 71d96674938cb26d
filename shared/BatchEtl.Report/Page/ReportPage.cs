using System.Globalization;
using BatchEtl.Report.Data;
using BatchEtl.Report.Words;

namespace BatchEtl.Report.Page;

/// <summary>A day's report as one self-contained HTML file.</summary>
internal sealed class ReportPage(ReportData data, Attention attention)
{
    /// <summary>So many notices stand on the first screen; the others a click away.</summary>
    private const int FirstNotices = 6;

    private readonly List<(string Id, string Title)> _sections = [];
    private int _charts;

    public string Render()
    {
        var body = new Html();
        Changed(body);
        Growth(body);
        Engagement(body);
        Sales(body);
        new FunnelSection(data).Add(body, Section, Chart);
        new RetentionSection(data).Add(body, Section);
        TopEvents(body);
        new QualitySection(data).Add(body, Section);
        var title = $"{data.Pipeline.Name}, {NumberText.Day(data.Day)}";
        return new Html()
            .Add("<!DOCTYPE html>")
            .Add($"<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{Html.Encode(title)}</title>")
            .Add($"<link rel=\"icon\" href=\"data:,\"><style>{Resource("report.css")}</style></head><body>")
            .Add($"<header><h1>{Html.Encode(title)}</h1>{Banners()}<nav aria-label=\"Sections\">{string.Join(' ', _sections.Select(s => $"<a href=\"#{s.Id}\">{Html.Encode(s.Title)}</a>"))}</nav></header><main>")
            .Add(body.ToString())
            .Add($"</main><footer class=\"muted\"><p>As of {data.Manifest.AsOf.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC · days in {Html.Encode(data.Pipeline.Zone)} · run {Html.Encode(data.Manifest.RunId)} · batch-etl {Html.Encode(data.Manifest.ProgramVersion)}, {Html.Encode(data.Manifest.Engine)}</p></footer>")
            .Add($"<script>{Resource("report.js")}</script></body></html>")
            .ToString();
    }

    private string Banners()
    {
        var banners = new List<string>();
        if (data.Manifest.Provisional)
        {
            banners.Add("Provisional: the day was not over when it was published; its numbers will change.");
        }

        if (data.Manifest.Completeness < 1)
        {
            banners.Add($"Incomplete: {data.Manifest.HoursSeen.Count} of {data.Manifest.Hours} hours have records ({NumberText.Percent(data.Manifest.Completeness)}).");
        }

        var failed = data.Manifest.Checks.Count(c => !c.Passed);
        if (failed > 0)
        {
            banners.Add($"{failed} checks found something; see data quality.");
        }

        return string.Concat(banners.Select(b => $"<p class=\"banner\">{Html.Encode(b)}</p>"));
    }

    private void Changed(Html html)
    {
        Section(html, "changed", "What changed");
        var events = Attention.Events(data.Events).Concat(attention.EmptyColumns(data.Filled, data.FilledBefore.Rows, data.FilledBefore.Day)).ToList();
        var whole = attention.Whole(data.Anomalies).ToList();
        var values = attention.Values(data.Anomalies).ToList();

        // What breaks tracking explains what follows in the numbers, and a value what follows in the whole: some of each come first.
        const int each = FirstNotices / 3;
        var all = events.Concat(whole).Concat(values).ToList();
        var some = events.Take(each).Concat(whole.Take(each)).Concat(values.Take(each)).ToList();
        var first = all.Where(n => some.Contains(n)).Concat(all.Except(some).Take(FirstNotices - some.Count)).ToList();
        var others = all.Except(first).Concat(attention.Young(data.Anomalies)).ToList();
        if (first.Count == 0)
        {
            html.Add($"<p>{(CanCompare ? "Nothing out of the ordinary: all values lie within what is usual for this weekday." : "Too early to say what is usual: anomalies need the same weekday of at least four weeks.")}</p>");
        }

        html.Add($"<ul class=\"notices\">{string.Concat(first.Select(Item))}</ul>");
        if (others.Count > 0)
        {
            html.Add(Html.Details($"{others.Count} more", $"<ul class=\"notices\">{string.Concat(others.Take(500).Select(Item))}</ul>{(others.Count > 500 ? $"<p>and {others.Count - 500} more in the tables anomalies and event_catalog</p>" : "")}"));
        }

        var headline = new[] { ("dau", 1), ("wau", 7), ("new_actors", 1), ("sessions", 1), ("events", 1) }
            .Concat(data.Pipeline.Metrics.Declared.Take(5).Select(d => (d.Name, 1)));
        html.Add($"<div class=\"tiles\">{string.Concat(headline.Select(h => Tile(h.Item1, h.Item2)))}</div>");

        static string Item(Notice notice) => $"<li>{Html.Encode(notice.Text)}<small>{Html.Encode(notice.Detail)}</small></li>";
    }

    private bool CanCompare => data.Weekly.Count > 4;

    private string Tile(string metric, int period)
    {
        var text = MetricText.Of(metric, data.Pipeline);
        var row = data.Metrics.FirstOrDefault(m => m.Metric == metric && m.Period == period);
        var now = row?.Value;
        (string When, double? Before)[] changes = [("yesterday", row?.Value1), ("last week", row?.Value7), ("4 weeks ago", row?.Value28)];
        return $"<section class=\"tile\" aria-label=\"{Html.Encode(text.Title)}\"><span>{Html.Encode(text.Title)}</span><b title=\"{Html.Encode(NumberText.Exact(now, text.Kind))}\">{Html.Encode(NumberText.Short(now, text.Kind))}</b><dl>"
            + string.Concat(changes.Select(c => $"<dt>{c.When}</dt><dd title=\"{Html.Encode(NumberText.Exact(c.Before, text.Kind))}\">{Html.Encode(NumberText.Change(now, c.Before) ?? "–")}</dd>"))
            + $"</dl>{Html.Details("Definition", $"<p>{Html.Encode(text.Definition)}</p>")}</section>";
    }

    private void Growth(Html html)
    {
        Section(html, "growth", "Active users and growth");
        Figures(
            html,
            Chart("Active users", NumberKind.Amount, ("monthly (28 days)", "mau", 28), ("weekly (7 days)", "wau", 7), ("daily", "dau", 1)),
            new SvgChart("Growth accounting, by day", data.Recent,
            [
                Series("new", "new_actors", 1), Series("retained", "retained_actors", 1), Series("resurrected", "resurrected_actors", 1),
                new ChartSeries("churned", [.. data.Values("churned_actors", 1, data.Recent).Select(v => -v)]),
            ], NumberKind.Amount) { Stacked = true },
            Chart("Quick ratio, 28 days", NumberKind.Ratio, ("quick ratio", "quick_ratio", 28)),
            Chart("Stickiness", NumberKind.Share, ("daily by monthly active users", "stickiness", 28)));
        Definitions(html, "dau", "new_actors", "retained_actors", "resurrected_actors", "churned_actors", "quick_ratio", "stickiness");
        if (data.Weekly.Count > 13)
        {
            html.Add(Html.Details("Up to three years, weekly", new SvgChart("Active users, one weekday a week", data.Weekly,
                [new("monthly (28 days)", data.Values("mau", 28, data.Weekly)), new("weekly (7 days)", data.Values("wau", 7, data.Weekly)), new("daily", data.Values("dau", 1, data.Weekly))],
                NumberKind.Amount).Render(NextChart())));
        }
    }

    private void Engagement(Html html)
    {
        Section(html, "engagement", "Sessions and engagement");
        Figures(
            html,
            Chart("Sessions", NumberKind.Amount, ("sessions", "sessions", 1)),
            Chart("Session duration", NumberKind.Milliseconds, ("mean", "session_duration_ms", 1)),
            Chart("Events per session", NumberKind.Ratio, ("events per session", "events_per_session", 1)),
            Chart("Engaged and bounced sessions", NumberKind.Share, ("engaged", "engaged_rate", 1), ("bounced", "bounce_rate", 1)));
        Definitions(html, "sessions", "session_duration_ms", "events_per_session", "engaged_rate", "bounce_rate");
    }

    private void Sales(Html html)
    {
        var declared = data.Pipeline.Metrics.Declared.Select(d => d.Name).ToList();
        if (declared.Count == 0)
        {
            return;
        }

        Section(html, "sales", "Sales and other declared metrics");
        Figures(html, [.. declared.Select(m => (Name: m, Text: MetricText.Of(m, data.Pipeline))).Select(m => Chart(m.Text.Title, m.Text.Kind, (m.Text.Title, m.Name, 1)))]);
        Definitions(html, [.. declared]);
    }

    private void TopEvents(Html html)
    {
        const int shown = 20;
        Section(html, "events", "Events");
        var rows = data.Events.OrderByDescending(e => e.Events).ThenBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => (IReadOnlyList<string>)[e.Name, NumberText.Exact(e.Events, NumberKind.Amount), NumberText.Exact(e.Actors, NumberKind.Amount), $"{e.Hours}", e.State ?? "", NumberText.Day(e.FirstSeen), NumberText.Day(e.LastSeen)]).ToList();
        string[] columns = ["event", "events", "actors", "hours", "state", "first seen", "last seen"];
        html.Add(rows.Count == 0 ? "<p class=\"none\">no events yet</p>" : Html.Table("Top events", columns, rows.Take(shown)));
        if (rows.Count > shown)
        {
            html.Add(Html.Details($"{rows.Count - shown} more events", Html.Table("Other events", columns, rows.Skip(shown))));
        }

        var names = data.Filled.DistinctBy(f => f.Event).OrderByDescending(f => f.Events).Take(shown).Select(f => f.Event).ToList();
        html.Add(Html.Details("How often columns are filled", Html.Table(
            "Share of events whose column is not null",
            ["column", .. names],
            data.Filled.GroupBy(f => f.Column).Select(c => c.ToDictionary(f => f.Event)).Select(c =>
                (IReadOnlyList<string>)[c.Values.First().Column, .. names.Select(n => c.TryGetValue(n, out var filled) ? NumberText.Percent(filled.Share) : "")]))));
    }

    private ChartSeries Series(string name, string metric, int period) => new(name, data.Values(metric, period, data.Recent));

    private SvgChart Chart(string title, NumberKind kind, params (string Name, string Metric, int Period)[] series) =>
        new(title, data.Recent, [.. series.Select(s => Series(s.Name, s.Metric, s.Period))], kind);

    private string Chart(SvgChart chart) => chart.Render(NextChart());

    private void Figures(Html html, params SvgChart[] charts) => html.Add($"<div class=\"figures\">{string.Concat(charts.Select(Chart))}</div>");

    private void Definitions(Html html, params string[] metrics) => html.Add(Html.Details(
        "Definitions",
        $"<dl>{string.Concat(metrics.Select(m => MetricText.Of(m, data.Pipeline)).Select(t => $"<dt><strong>{Html.Encode(t.Title)}</strong></dt><dd>{Html.Encode(t.Definition)}</dd>"))}</dl>"));

    private void Section(Html html, string id, string title)
    {
        _sections.Add((id, title));
        html.Add($"<h2 id=\"{id}\">{Html.Encode(title)}</h2>");
    }

    private string NextChart() => string.Create(CultureInfo.InvariantCulture, $"c{++_charts}");

    private static string Resource(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream($"BatchEtl.Report.Page.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
