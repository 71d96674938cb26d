using System.Text.Json.Nodes;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>The page and the numbers in the terminal, by the program.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class ReportVerbsTests
{
    private Night _night = null!;

    [OneTimeSetUp]
    public void Publish()
    {
        _night = new Night(8_000);
        Assert.That(_night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void Remove() => _night.Dispose();

    [Test]
    public void ANightLeavesThePageAndReportMakesItAgain()
    {
        var left = File.ReadAllText(Path.Combine(_night.Warehouse, "_reports", "dt=2026-03-29.html"));
        var file = Path.Combine(_night.Folder, "page.html");
        var made = Run("report", "--date", "2026-03-29", "--out", file);
        Assert.That((made.ExitCode, made.Output), Is.EqualTo((0, $"{file}\n")));
        Assert.That(File.ReadAllText(file), Is.EqualTo(left).And.Contain("marketplace, Sun 29 Mar 2026").And.Contain("<h2 id=\"retention\""));
        Assert.That(Run("report", "--date", "2026-03-30").Error, Does.Contain("2026-03-30 is not published").And.Contain("published: 2026-03-27 to 2026-03-29"));
        var nowhere = Run("report", "--date", "2026-03-29", "--out", Path.Combine(_night.Folder, "no", "page.html"));
        Assert.That(nowhere.ExitCode, Is.EqualTo(6), nowhere.Error);
    }

    [Test]
    public void NoPageIsMadeWhereNoneIsWanted()
    {
        var elsewhere = Path.Combine(_night.Folder, "elsewhere");
        Assert.That(_night.Run("nightly", "--date", "2026-03-28", "--set", "report=false", "--set", $"warehouse.root={elsewhere}", "--set", "on_finish=exit 0").ExitCode, Is.Zero);
        Assert.That(Directory.GetFiles(Path.Combine(elsewhere, "_reports")).Select(Path.GetFileName), Is.EqualTo(new[] { "dt=2026-03-28.json" }));
    }

    [Test]
    public void MetricsInTheTerminalAndForScripts()
    {
        var table = Run("metrics", "--date", "2026-03-29", "--metric", "dau", "--metric", "orders", "--by", "platform", "--days", "3");
        Assert.That(table.ExitCode, Is.Zero, table.Error);
        Assert.That(table.Output, Does.Match(@"metric +days +platform +2026-03-29 +1d +7d +last 3 days").And.Match(@"dau +1 +ios +\d+ +[+-]?[\d.]+ % +[▁▂▃▄▅▆▇█]{3}"));
        var csv = Run("metrics", "--date", "2026-03-29", "--metric", "aov", "--days", "2", "--format", "csv").Output.Split('\n');
        Assert.That(csv[0], Is.EqualTo("day,metric,period_days,dimension,dimension_value,value,numerator,denominator"));
        Assert.That(csv.Skip(1).Where(l => l.Length > 0), Has.Exactly(2).Items.And.All.Match(@"^2026-03-2[89],aov,1,,,[\d.]+,[\d.]+,\d+$"));
        var rows = JsonNode.Parse(Run("metrics", "--date", "2026-03-29", "--days", "1", "--format", "json").Output)!.AsArray();
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(_night.Warehouse, "_reports", "dt=2026-03-29.json")))!;
        Assert.That(rows.Select(r => ((string)r!["metric"]!, (double?)r["value"])), Is.EqualTo(report["metrics"]!.AsArray().Select(r => ((string)r!["metric"]!, (double?)r["value"]))));
    }

    [TestCase("--metric", "revenue", "expected one of dau, new_actors")]
    [TestCase("--by", "planet", "expected one of metrics.dimensions (platform, country), found 'planet'")]
    [TestCase("--days", "0", "expected 1 to 1000, found 0")]
    [TestCase("--days", "1001", "expected 1 to 1000, found 1001")]
    [TestCase("--format", "xml", "expected table, csv or json, found 'xml'")]
    public void WrongOptionsSayWhatIsRight(string option, string value, string message)
    {
        var run = Run("metrics", "--date", "2026-03-29", option, value);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(message));
    }

    private ProgramRun Run(string verb, params string[] arguments) => ProgramRun.Of([verb, "--pipeline", _night.Pipeline, .. arguments]);
}
