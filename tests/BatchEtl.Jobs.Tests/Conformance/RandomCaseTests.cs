using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference;
using BatchEtl.Reference.RandomCases;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>Random schemas, mappings and records: every row of every table as the reference has it. BATCH_ETL_SEEDS=from-to asks for others.</summary>
[TestFixture]
public sealed class RandomCaseTests
{
    private const int DuckDbSeeds = 40;

    /// <summary>A case takes Spark many small jobs.</summary>
    private const int SparkSeeds = 3;

    public static IEnumerable<TestCaseData> Cases() =>
        Seeds(DuckDbSeeds).Select(s => new TestCaseData(TestedEngine.DuckDb, s)).Concat(Seeds(SparkSeeds).Select(s => new TestCaseData(TestedEngine.Spark, s)));

    private static IEnumerable<int> Seeds(int count)
    {
        var asked = Environment.GetEnvironmentVariable("BATCH_ETL_SEEDS")?.Split('-');
        return asked is [var first, var last]
            ? Enumerable.Range(int.Parse(first, CultureInfo.InvariantCulture), int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1)
            : Enumerable.Range(0, count);
    }

    [TestCaseSource(nameof(Cases))]
    public void EveryTableEveryRow(TestedEngine engine, int seed)
    {
        using var temp = new TemporaryFolder();
        var made = RandomCase.Create(seed, Directory.CreateDirectory(Path.Combine(temp.Path, "case")).FullName);
        var pipeline = PipelineFile.Load(made.PipelineFile, ["engine.memory=1GB"], temp.Path);
        using var harness = new DayHarness(engine, pipeline, Path.Combine(temp.Path, "built"), recordsPerSlice: (seed % 3) switch { 0 => null, 1 => 5, _ => 120 });
        var reference = new ReferenceWarehouse();
        using (Assert.EnterMultipleScope())
        {
            foreach (var day in made.Days)
            {
                var expected = reference.Build(pipeline, day, made.AsOfMicros);
                var build = harness.Build(day);
                foreach (var contract in build.Contracts.All)
                {
                    var differences = BuiltTable.Differences(expected.Tables[contract.Name], build, contract, limit: 4);
                    Assert.That(differences, Is.Empty, $"{contract.Name} {day}");
                }

                foreach (var check in NightJobs.All.SelectMany(j => j.Checks(build)))
                {
                    Assert.That(build.Number(check.Query), Is.LessThanOrEqualTo(check.Limit), $"{check.Table}.{check.Name} {day}");
                }

                var counts = build.Counts;
                var headline = expected.Headline!;
                Assert.That(counts.Records, Is.EqualTo(headline.Records));
                Assert.That(counts.Rejects, Is.EquivalentTo(headline.Rejects));
                Assert.That(counts.Excluded, Is.EqualTo(headline.Excluded));
                Assert.That(counts.BeforeHistory, Is.EqualTo(headline.BeforeHistory));
                Assert.That(counts.Duplicates, Is.EqualTo(headline.Duplicates));
                Assert.That(counts.Events, Is.EqualTo(headline.Events));
                Assert.That(counts.Sessions, Is.EqualTo(headline.Sessions));
                Assert.That(counts.Actors, Is.EqualTo(headline.Actors));
                Assert.That(counts.Sums.Keys, Is.EquivalentTo(headline.Sums.Keys));
                Assert.That(counts.Completeness, Is.EqualTo(headline.Completeness));
            }
        }
    }
}
