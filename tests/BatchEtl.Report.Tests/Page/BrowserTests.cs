using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BatchEtl.Report.Tests.Page;

/// <summary>The page in a real browser: Debian's Chromium, headless, without network.</summary>
[TestFixture]
[NonParallelizable]
public sealed class BrowserTests
{
    private const string Chromium = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string _folder = string.Empty;

    [OneTimeSetUp]
    public async Task Start()
    {
        if (!File.Exists(Chromium))
        {
            Assert.Ignore($"no {Chromium} here (Debian: apt install chromium)");
        }

        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _folder = Directory.CreateTempSubdirectory("batch-etl-page-").FullName;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await (_browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [TestCaseSource(typeof(ReportPageTests), nameof(ReportPageTests.Shapes))]
    public async Task NoErrorNoRequestNoBarrier(object shape)
    {
        ColorScheme[] schemes = (Shape)shape == ReportPageTests.Ordinary ? [ColorScheme.Light, ColorScheme.Dark] : [ColorScheme.Light];
        foreach (var scheme in schemes)
        {
            var (page, problems) = await Open((Shape)shape, scheme, 1200);
            var axe = await page.RunAxe();
            Assert.That(axe.Violations.SelectMany(v => v.Nodes.Take(3).Select(n => $"{scheme} {v.Id}: {v.Help}: {n.Html}")), Is.Empty);
            Assert.That(problems, Is.Empty);
            await page.Context.CloseAsync();
        }
    }

    [TestCaseSource(typeof(ReportPageTests), nameof(ReportPageTests.Shapes))]
    public async Task APhoneScrollsDownOnly(object shape)
    {
        var (page, _) = await Open((Shape)shape, ColorScheme.Light, 390);
        Assert.That(await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth"), Is.LessThanOrEqualTo(390));
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task ValuesAreReadByPointerAndByKeyboard()
    {
        var (page, _) = await Open(ReportPageTests.Ordinary, ColorScheme.Light, 1200);
        var chart = page.Locator(".chart").First;
        var read = chart.Locator("output");
        await chart.Locator(".bands rect").Nth(0).HoverAsync();
        Assert.That(await read.TextContentAsync(), Does.StartWith("Sat 27 Dec 2025: monthly (28 days) "));
        await chart.FocusAsync();
        await page.Keyboard.PressAsync("End");
        Assert.That(await read.TextContentAsync(), Does.StartWith("Fri 27 Mar 2026: "));
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.That(await read.TextContentAsync(), Does.StartWith("Thu 26 Mar 2026: "));
        var definition = page.Locator(".tile details").First;
        await definition.Locator("summary").ClickAsync();
        Assert.That(await definition.Locator("p").IsVisibleAsync(), Is.True);
        await page.Context.CloseAsync();
    }

    private async Task<(IPage Page, List<string> Problems)> Open(Shape shape, ColorScheme scheme, int width)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.html");
        await File.WriteAllTextAsync(file, ReportPageTests.PageOf(shape));
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        var problems = new List<string>();
        page.Console += (_, message) => problems.Add($"console: {message.Text}");
        page.PageError += (_, error) => problems.Add($"error: {error}");
        page.Dialog += (_, dialog) => problems.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                problems.Add($"request: {request.Url}");
            }
        };
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return (page, problems);
    }
}
