namespace BatchEtl.Report.Tests.Page;

/// <summary>What stands in the page, for histories of every shape.</summary>
[TestFixture]
public sealed class ReportPageTests
{
    internal const string Hostile = "<script>alert(1)</script>";

    internal static readonly Shape Ordinary = new(100, ["purchase", "view", "cart"]);

    private static readonly Dictionary<Shape, string> _pages = [];

    /// <summary>The page of a shape, made once.</summary>
    internal static string PageOf(Shape shape)
    {
        lock (_pages)
        {
            if (!_pages.TryGetValue(shape, out var page))
            {
                using var warehouse = new SyntheticWarehouse(shape);
                _pages[shape] = page = warehouse.Page;
            }

            return page;
        }
    }

    private static readonly (string Name, Shape Shape)[] _shapes =
    [
        ("ordinary", Ordinary),
        ("first day", new Shape(1, ["view"]) { Provisional = true }),
        ("nothing happened", new Shape(3, []) { Actors = 0 }),
        ("hostile names", new Shape(60, [Hostile, "a\"b'c&d", "ünïcode ✓"]) { Platform = Hostile }),
        ("500 event names", new Shape(40, [.. Enumerable.Range(0, 500).Select(i => $"page:section_{i}:element:click")])),
        ("three years", new Shape(1100, ["view"])),
    ];

    internal static IEnumerable<TestCaseData> Shapes() => _shapes.Select(s => new TestCaseData(s.Shape).SetArgDisplayNames(s.Name));

    [TestCaseSource(nameof(Shapes))]
    public void EveryShapeHasAllSectionsAndNothingFromOutside(object shape)
    {
        var page = PageOf((Shape)shape);
        string[] sections = ["changed", "growth", "engagement", "sales", "funnels", "retention", "events", "quality"];
        Assert.That(sections.Select(s => page.IndexOf($"<h2 id=\"{s}\"", StringComparison.Ordinal)), Is.Ordered.And.All.GreaterThan(0));
        Assert.That(page.Replace("http://www.w3.org/", "", StringComparison.Ordinal), Does.Not.Contain("http://").And.Not.Contain("https://").And.Not.Contain("url(http"));
        Assert.That(page, Does.Not.Contain("<script>alert").And.Not.Contain("NaN").And.Not.Contain("∞"));
        Assert.That(page, Has.Length.LessThan(1_000_000));
    }

    [Test]
    public void TheFirstScreenSaysWhatIsDifferent()
    {
        var page = PageOf(Ordinary);
        var first = page[..page.IndexOf("<h2 id=\"growth\"", StringComparison.Ordinal)];
        Assert.That(first, Does.Contain("orders on ios 41 % below the usual Friday").And.Contain("event purchase is new").And.Contain("price is empty in purchase events"));
        Assert.That(first, Does.Contain("Incomplete: 23 of 24 hours").And.Contain("1 checks found something"));
    }

    [Test]
    public void EveryPointOfAChartSaysItsValuesAndStandsInItsTable()
    {
        var page = PageOf(Ordinary);
        var chart = page[page.IndexOf("<figure id=\"c1\"", StringComparison.Ordinal)..];
        chart = chart[..chart.IndexOf("</figure>", StringComparison.Ordinal)];
        Assert.That(chart.Split("<title>"), Has.Length.EqualTo(92), "13 weeks of days");
        var value = (12_345 + 100 * (99 % 7)) / 3;
        Assert.That(chart, Does.Contain($"Fri 27 Mar 2026: monthly (28 days) {value:N0}"));
        Assert.That(chart, Does.Contain($"<th scope=\"row\">Fri 27 Mar 2026</th><td>{value:N0}</td>"));
    }

    [Test]
    public void LongHistoriesAreShownWeekly()
    {
        using var warehouse = new SyntheticWarehouse(new Shape(1100, ["view"]));
        Assert.That(warehouse.Data.Recent, Has.Count.EqualTo(91));
        Assert.That(warehouse.Data.Weekly, Has.Count.EqualTo(156).And.All.Matches<DateOnly>(d => d.DayOfWeek == DayOfWeek.Friday));
        Assert.That(warehouse.Page, Does.Contain("Up to three years, weekly"));
    }
}
