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
    public static IEnumerable<int> Seeds()
    {
        var asked = Environment.GetEnvironmentVariable("BATCH_ETL_SEEDS")?.Split('-');
        return asked is [var first, var last]
            ? Enumerable.Range(int.Parse(first, CultureInfo.InvariantCulture), int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1)
            : Enumerable.Range(0, 25);
    }

    [TestCaseSource(nameof(Seeds))]
    public void EveryTableEveryRow(int seed)
    {
        using var temp = new TemporaryFolder();
        var made = RandomCase.Create(seed, Directory.CreateDirectory(Path.Combine(temp.Path, "case")).FullName);
        var pipeline = PipelineFile.Load(made.PipelineFile, ["engine.memory=1GB"], temp.Path);
        using var harness = new DayHarness(pipeline, Path.Combine(temp.Path, "built"));
        var reference = new ReferenceWarehouse();
        using (Assert.EnterMultipleScope())
        {
            foreach (var day in made.Days)
            {
                var expected = reference.Build(pipeline, day, made.AsOfMicros);
                var build = harness.Build(day);
                foreach (var contract in build.Contracts.All)
                {
                    var differences = TableDifference.Between(expected.Tables[contract.Name], BuiltTable.Read(build, contract), limit: 4);
                    Assert.That(differences, Is.Empty, $"{contract.Name} {day}");
                }

                Assert.That(build.Counts.Duplicates, Is.EqualTo(expected.Headline!.Duplicates));
                Assert.That(build.Counts.BeforeHistory, Is.EqualTo(expected.Headline.BeforeHistory));
                Assert.That(build.Counts.Excluded, Is.EqualTo(expected.Headline.Excluded));
            }
        }
    }
}
