using BatchEtl.Core.Configuration;
using BatchEtl.Reference.RandomCases;
using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>Random cases are the same for the same seed, publish all their days, and together reach all rules.</summary>
[TestFixture]
public sealed class RandomCaseTests
{
    private const int Seeds = 40;

    [Test]
    public void TheSameSeedGivesTheSameBytes()
    {
        using var first = new Scratch();
        using var second = new Scratch();
        RandomCase.Create(5, first.Folder);
        RandomCase.Create(5, second.Folder);
        var files = Files(first.Folder);
        Assert.That(files, Is.EqualTo(Files(second.Folder)));
        foreach (var file in files)
        {
            Assert.That(File.ReadAllBytes(Path.Combine(first.Folder, file)), Is.EqualTo(File.ReadAllBytes(Path.Combine(second.Folder, file))), file);
        }

        static List<string> Files(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];
    }

    [Test]
    public void SeedsPublishTheirDaysAndReachTheRules()
    {
        var seen = new SortedDictionary<string, long>(StringComparer.Ordinal);
        void See(string what, long times) => seen[what] = seen.GetValueOrDefault(what) + times;

        for (var seed = 0; seed < Seeds; seed++)
        {
            using var scratch = new Scratch();
            var random = RandomCase.Create(seed, scratch.Folder);
            var pipeline = PipelineFile.Load(random.PipelineFile, [], scratch.Folder);
            var warehouse = new ReferenceWarehouse();
            foreach (var day in random.Days)
            {
                ReferenceDay built;
                try
                {
                    built = warehouse.Build(pipeline, day, random.AsOfMicros);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"seed {seed}, {day:yyyy-MM-dd}: {e.Message}", e);
                }

                Assert.That(built.Refused, Is.Null, $"seed {seed}, {day}");
                var headline = built.Headline!;
                foreach (var (reason, n) in headline.Rejects)
                {
                    See("rejects " + reason, n);
                }

                See("records", headline.Records);
                See("events", headline.Events);
                See("duplicates", headline.Duplicates);
                See("sessions", headline.Sessions);
                See("excluded", headline.Excluded.Sum());
                See("before history", headline.BeforeHistory);
                See("days without events", headline.Events == 0 ? 1 : 0);
                See("continuations", built.Tables["sessions"].Rows.Count(r => r[8] is true));
                See("cube rows", built.Tables.Where(t => t.Key.StartsWith("cube_", StringComparison.Ordinal)).Sum(t => t.Value.Rows.Count));
                See("metrics", built.Tables["metrics"].Rows.Count);
            }
        }

        foreach (var (what, times) in seen)
        {
            TestContext.Out.WriteLine($"{what}: {times}");
        }

        string[] all = ["bad_time", "bad_value", "future", "no_actor", "no_id", "no_name", "no_time", "too_late"];
        Assert.That(seen.Where(s => s.Value > 0).Select(s => s.Key), Is.SupersetOf(
            all.Select(r => "rejects " + r).Concat(["duplicates", "excluded", "before history", "continuations", "cube rows"])));
    }

    private sealed class Scratch : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("random-case-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
