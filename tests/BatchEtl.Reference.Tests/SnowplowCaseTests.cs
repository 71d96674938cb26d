using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>Every row of the expected tables, made by others from the same contract.</summary>
[TestFixture]
public sealed class SnowplowCaseTests
{
    private static readonly DateOnly[] Days = [new(2026, 3, 27), new(2026, 3, 28), new(2026, 3, 29), new(2026, 3, 30)];

    private string _folder = "";
    private IReadOnlyDictionary<DateOnly, ReferenceDay> _built = new Dictionary<DateOnly, ReferenceDay>();

    [OneTimeSetUp]
    public void Build()
    {
        _folder = SharedCases.Folder("snowplow");
        var pipeline = PipelineFile.Load(Path.Combine(_folder, "pipeline.json"), [], _folder);
        var asOf = new DateTimeOffset(2026, 4, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        var warehouse = new ReferenceWarehouse();
        foreach (var day in Days)
        {
            Assert.That(warehouse.Build(pipeline, day, asOf).Refused, Is.Null);
        }

        _built = warehouse.Days;
    }

    [Test]
    public void EveryTableEveryRow([ValueSource(nameof(Days))] DateOnly day)
    {
        using var types = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "expected", "types.json")));
        var folders = Directory.GetDirectories(Path.Combine(_folder, "expected")).Select(f => Path.GetFileName(f)!).ToList();
        Assert.That(_built[day].Tables.Keys, Is.EquivalentTo(folders));
        foreach (var (name, table) in _built[day].Tables)
        {
            var declared = types.RootElement.GetProperty(name).EnumerateObject().ToList();
            Assert.That(table.Columns, Is.EqualTo(declared.Select(c => c.Name)), name);
            Assert.That(table.Types.Select(t => t.ToString()), Is.EqualTo(declared.Select(c => c.Value.GetString())), name);
            var expected = ExpectedTable.Read(Path.Combine(_folder, "expected", name, $"dt={day:yyyy-MM-dd}.jsonl.gz"), table);
            Assert.That(TableDifference.Between(expected, table), Is.Empty, name);
            TestContext.Out.WriteLine($"{name}: {expected.Rows.Count} rows");
        }
    }

    [Test]
    public void Headlines()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "expected", "headline.json")));
        foreach (var expected in document.RootElement.EnumerateArray())
        {
            var day = DateOnly.ParseExact(expected.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var built = _built[day];
            var head = built.Headline!;
            long Number(string name) => expected.GetProperty(name).GetInt64();
            Assert.Multiple(() =>
            {
                Assert.That(built.Provisional, Is.EqualTo(expected.GetProperty("provisional").GetBoolean()));
                Assert.That(head.Records, Is.EqualTo(Number("records")));
                Assert.That(head.BeforeHistory, Is.EqualTo(Number("before_history")));
                Assert.That(head.Excluded, Has.Count.EqualTo(expected.GetProperty("excluded").GetArrayLength()));
                Assert.That(head.Duplicates, Is.EqualTo(Number("duplicates")));
                Assert.That(head.Events, Is.EqualTo(Number("events")));
                Assert.That(head.Sessions, Is.EqualTo(Number("sessions")));
                Assert.That(head.Actors, Is.EqualTo(Number("actors")));
                Assert.That(new[] { head.HoursHeld, head.Hours }, Is.EqualTo(expected.GetProperty("hours").EnumerateArray().Select(h => h.GetInt32())));
                Assert.That(head.Completeness, Is.EqualTo(expected.GetProperty("completeness").GetDouble()));
                Assert.That(
                    head.Rejects,
                    Is.EquivalentTo(expected.GetProperty("rejects").EnumerateObject().ToDictionary(r => r.Name, r => r.Value.GetInt64())));
                Assert.That(
                    head.Sums,
                    Is.EquivalentTo(expected.GetProperty("sums").EnumerateObject().ToDictionary(r => r.Name, r => r.Value.GetString())));
                foreach (var rows in expected.GetProperty("rows").EnumerateObject().Where(r => built.Tables.ContainsKey(r.Name)))
                {
                    Assert.That(built.Tables[rows.Name].Rows, Has.Count.EqualTo(rows.Value.GetInt32()), rows.Name);
                }
            });
        }
    }
}
