using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BatchEtl.Report.Words;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace BatchEtl.Report.Page;

/// <summary>A line or a stack of bars over days.</summary>
/// <param name="Values">A value per day of the chart; null = none.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<double?> Values);

/// <summary>A chart over days as SVG, with its values on hover and by arrow keys, and a table behind it.</summary>
internal sealed partial class SvgChart(string title, IReadOnlyList<DateOnly> days, IReadOnlyList<ChartSeries> series, NumberKind kind)
{
    private const int Width = 560, Height = 210;

    /// <summary>The library knows no CSS: what is drawn in these colours gets the page's.</summary>
    private static readonly (OxyColor Drawn, string Style)[] _colors =
    [
        (OxyColor.FromRgb(1, 0, 0), "var(--s1)"), (OxyColor.FromRgb(2, 0, 0), "var(--s2)"), (OxyColor.FromRgb(3, 0, 0), "var(--s3)"), (OxyColor.FromRgb(4, 0, 0), "var(--s4)"),
        (OxyColor.FromRgb(5, 0, 0), "var(--muted)"), (OxyColor.FromRgb(6, 0, 0), "var(--grid)"),
    ];

    private static readonly LineStyle[] _dashes = [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot, LineStyle.DashDot];

    private static OxyColor Text => _colors[4].Drawn;

    private static OxyColor Grid => _colors[5].Drawn;

    /// <summary>Bars on top of each other, negative ones below, instead of lines.</summary>
    public bool Stacked { get; init; }

    /// <param name="id">Unique in the page.</param>
    public string Render(string id)
    {
        if (series.All(s => s.Values.All(v => v is null)))
        {
            return $"<figure><figcaption>{Html.Encode(title)}</figcaption><p class=\"none\">no values yet</p></figure>";
        }

        var html = new StringBuilder($"<figure id=\"{id}\"><figcaption>{Html.Encode(title)}</figcaption>");
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"chart\" tabindex=\"0\" role=\"img\" aria-label=\"{Html.Encode(title)}: {Html.Encode(Latest())}. Arrow keys read single days.\">{Drawing(id)}<output aria-live=\"polite\"></output></div>");
        if (series.Count > 1)
        {
            html.Append("<p class=\"legend\">").AppendJoin(' ', series.Select((s, i) => $"<span class=\"key k{i + 1}{(Stacked ? " bar" : "")}\"></span>{Html.Encode(s.Name)}")).Append("</p>");
        }

        html.Append(Html.Details("Table", Html.Table(title, ["day", .. series.Select(s => s.Name)], days.Select((d, i) => (IReadOnlyList<string>)[NumberText.Day(d), .. series.Select(s => NumberText.Exact(s.Values[i], kind))]).Reverse())));
        return html.Append("</figure>").ToString();
    }

    private string Latest() => $"{NumberText.Day(days[^1])}, {At(days.Count - 1)}";

    private string At(int i) => string.Join(", ", series.Select(s => (series.Count > 1 ? s.Name + " " : "") + NumberText.Exact(s.Values[i], kind)));

    private string Drawing(string id)
    {
        var model = Model();
        using var stream = new MemoryStream();
        new SvgExporter { Width = Width, Height = Height, IsDocument = false }.Export(model, stream);
        var svg = Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF');
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = Size().Replace(svg, $"<svg viewBox=\"0 0 {Width} {Height}\" aria-hidden=\"true\"", 1);
        svg = ClipPath().Replace(svg, m => $"{id}{m.Value}");
        svg = svg.Replace("font-family=\"Segoe UI\" ", "", StringComparison.Ordinal).Replace("  ", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        foreach (var (drawn, style) in _colors)
        {
            svg = svg.Replace(string.Create(CultureInfo.InvariantCulture, $"rgb({drawn.R},{drawn.G},{drawn.B})"), style, StringComparison.Ordinal);
        }

        return svg.Replace("</svg>", Bands(model) + "</svg>", StringComparison.Ordinal);
    }

    private PlotModel Model()
    {
        var model = new PlotModel { PlotAreaBorderThickness = new OxyThickness(0), TextColor = Text, Background = OxyColors.Transparent, Padding = new OxyThickness(0, 6, 8, 0), PlotMargins = new OxyThickness(kind == NumberKind.Milliseconds ? 84 : 62, double.NaN, double.NaN, double.NaN), Culture = CultureInfo.InvariantCulture };
        model.Axes.Add(new DateTimeAxis
        {
            Position = AxisPosition.Bottom, StringFormat = days.Count > 400 ? "MMM yyyy" : "d MMM", TicklineColor = Grid, AxislineColor = Grid, MinorTickSize = 0, MajorTickSize = 4,
            Minimum = X(days[0]) - 0.6, Maximum = X(days[^1]) + 0.6, MinimumMajorStep = 1, IntervalLength = 80, FontSize = 12,
        });
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left, LabelFormatter = v => NumberText.Short(v, kind), MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = Grid, MajorGridlineThickness = 1,
            MinorTickSize = 0, MajorTickSize = 0, AxislineStyle = LineStyle.None, FontSize = 12, IntervalLength = 45, MaximumPadding = 0.06, MinimumPadding = Stacked ? 0.06 : 0,
            Minimum = Stacked || series.Any(s => s.Values.Any(v => v < 0)) ? double.NaN : 0,
        });
        if (Stacked)
        {
            Stack(model);
        }
        else
        {
            foreach (var (s, i) in series.Select((s, i) => (s, i)))
            {
                var line = new LineSeries { Color = _colors[i].Drawn, StrokeThickness = 2.2, LineStyle = _dashes[i] };
                line.Points.AddRange(days.Select((d, n) => new DataPoint(X(d), s.Values[n] ?? double.NaN)));
                if (s.Values.Count(v => v is not null) < 3)
                {
                    (line.MarkerType, line.MarkerFill, line.MarkerSize) = (MarkerType.Circle, _colors[i].Drawn, 4);
                }

                model.Series.Add(line);
            }
        }

        return model;
    }

    private void Stack(PlotModel model)
    {
        var above = new double[days.Count];
        var below = new double[days.Count];
        foreach (var (s, i) in series.Select((s, i) => (s, i)))
        {
            var bars = new RectangleBarSeries { FillColor = _colors[i].Drawn, StrokeThickness = 0 };
            for (var n = 0; n < days.Count; n++)
            {
                var value = s.Values[n] ?? 0;
                var sum = value < 0 ? below : above;
                bars.Items.Add(new RectangleBarItem(X(days[n]) - 0.42, sum[n], X(days[n]) + 0.42, sum[n] + value));
                sum[n] += value;
            }

            model.Series.Add(bars);
        }
    }

    /// <summary>A band per day that says its values; where the days stand is the library's to say.</summary>
    private string Bands(PlotModel model)
    {
        var axis = model.Axes[0];
        var area = model.PlotArea;
        var places = days.Select(d => axis.Transform(X(d))).ToList();
        var html = new StringBuilder("<g class=\"bands\">");
        for (var i = 0; i < days.Count; i++)
        {
            var left = i == 0 ? area.Left : (places[i - 1] + places[i]) / 2;
            var right = i == days.Count - 1 ? area.Right : (places[i] + places[i + 1]) / 2;
            html.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left:0.#}\" y=\"{area.Top:0.#}\" width=\"{right - left:0.#}\" height=\"{area.Height:0.#}\"><title>{Html.Encode(NumberText.Day(days[i]))}: {Html.Encode(At(i))}</title></rect>");
        }

        return html.Append("</g>").ToString();
    }

    private static double X(DateOnly day) => DateTimeAxis.ToDouble(day.ToDateTime(TimeOnly.MinValue));

    [GeneratedRegex("<svg width=\"[0-9.]+\" height=\"[0-9.]+\"")]
    private static partial Regex Size();

    [GeneratedRegex("clipPath[0-9]+(?=[\")])")]
    private static partial Regex ClipPath();
}
