using BatchEtl.Core.Configuration;
using BatchEtl.Reference;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>The example pipelines, whose schemas have nothing in common: every row as the reference has it (E1–E7, S, C, A).</summary>
[TestFixture(TestedEngine.DuckDb)]
[TestFixture(TestedEngine.Spark)]
public sealed class ExampleTests(TestedEngine engine)
{
    [TestCase("marketplace", "2026-03-28", 2)]
    [TestCase("kafka-envelope", "2026-05-04", 2)]
    [TestCase("web-analytics", "2026-03-28", 3)]
    public void EveryTableEveryRow(string example, string first, int days)
    {
        using var temp = new TemporaryFolder();
        var folder = Path.Combine(Repository.Root, "jobs", "BatchEtl.Cli", "examples", example);
        var pipeline = PipelineFile.Load(Path.Combine(folder, "pipeline.yaml"), [], folder);
        using var harness = new DayHarness(engine, pipeline, temp.Path);
        var reference = new ReferenceWarehouse();
        var asOf = new DateTimeOffset(2026, 12, 31, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        using (Assert.EnterMultipleScope())
        {
            for (var day = DateOnly.Parse(first, null); days > 0; day = day.AddDays(1), days--)
            {
                var expected = reference.Build(pipeline, day, asOf);
                Assert.That(expected.Refused, Is.Null);
                var build = harness.Build(day);
                Assert.That(build.Counts.Events, Is.GreaterThan(50), "the example has events");
                foreach (var contract in build.Contracts.All)
                {
                    Assert.That(BuiltTable.Differences(expected.Tables[contract.Name], build, contract), Is.Empty, $"{contract.Name} {day}");
                }

                Assert.That(build.Counts.Duplicates, Is.EqualTo(expected.Headline!.Duplicates));
                Assert.That(build.Counts.Rejects, Is.EquivalentTo(expected.Headline.Rejects));
                SnowplowTests.AssertChecks(build);
            }
        }
    }
}
