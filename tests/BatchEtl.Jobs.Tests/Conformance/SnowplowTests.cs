using System.Text.Json;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>Web tracking in Snowplow's flat schema: every row of every table as others expect it.</summary>
[TestFixture(TestedEngine.DuckDb)]
[TestFixture(TestedEngine.Spark)]
public sealed class SnowplowTests(TestedEngine engine)
{
    [Test]
    public void EveryTableEveryRow()
    {
        var folder = SharedFolder.Of("cases/snowplow");
        using var temp = new TemporaryFolder();
        var pipeline = PipelineFile.Load(Path.Combine(folder, "pipeline.json"), [], folder);
        using var harness = new DayHarness(engine, pipeline, temp.Path);
        using var headlines = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected", "headline.json")));
        using (Assert.EnterMultipleScope())
        {
            foreach (var headline in headlines.RootElement.EnumerateArray())
            {
                var day = DateOnly.Parse(headline.GetProperty("day").GetString()!, null);
                var build = harness.Build(day);
                foreach (var contract in build.Contracts.All)
                {
                    var actual = BuiltTable.Read(build, contract);
                    var expected = ExpectedTable.Read(Path.Combine(folder, "expected", contract.Name, $"dt={day:yyyy-MM-dd}.jsonl.gz"), actual);
                    Assert.That(BuiltTable.Differences(expected, build, contract), Is.Empty, $"{contract.Name} {day}");
                }

                AssertHeadline(headline, build.Counts);
                AssertChecks(build);
            }
        }
    }

    private static void AssertHeadline(JsonElement expected, DayCounts counts)
    {
        Assert.That(counts.Records, Is.EqualTo(expected.GetProperty("records").GetInt64()));
        Assert.That(counts.BeforeHistory, Is.EqualTo(expected.GetProperty("before_history").GetInt64()));
        Assert.That(counts.Duplicates, Is.EqualTo(expected.GetProperty("duplicates").GetInt64()));
        Assert.That(counts.Events, Is.EqualTo(expected.GetProperty("events").GetInt64()));
        Assert.That(counts.Sessions, Is.EqualTo(expected.GetProperty("sessions").GetInt64()));
        Assert.That(counts.Actors, Is.EqualTo(expected.GetProperty("actors").GetInt64()));
        Assert.That(counts.Completeness, Is.EqualTo(expected.GetProperty("completeness").GetDouble()));
        Assert.That(counts.Rejects, Is.EquivalentTo(expected.GetProperty("rejects").EnumerateObject().ToDictionary(r => r.Name, r => r.Value.GetInt64())));
        Assert.That(counts.Sums, Is.EquivalentTo(expected.GetProperty("sums").EnumerateObject().ToDictionary(r => r.Name, r => r.Value.GetString()!)));
    }

    internal static void AssertChecks(DayBuild build)
    {
        foreach (var check in NightJobs.All.SelectMany(j => j.Checks(build)))
        {
            Assert.That(build.Number(check.Query), Is.LessThanOrEqualTo(check.Limit), $"{check.Table}.{check.Name}");
        }
    }
}
