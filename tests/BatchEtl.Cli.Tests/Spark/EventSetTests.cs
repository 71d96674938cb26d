using System.Globalization;
using System.Runtime.Versioning;
using BatchEtl.Jobs.Tests;
using BatchEtl.Reference.RandomCases;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>Two days of event sets with all their tables, by scripts/submit on local[2] and each cluster, landing and warehouse on HDFS: the embedded engine's rows.</summary>
[TestFixture]
[Category("Cluster")]
[UnsupportedOSPlatform("windows")]
public sealed class EventSetTests
{
    private static readonly int[] _seeds = [3, 7, 16];

    public static IEnumerable<TestCaseData> Cases() =>
        from name in (string[])["marketplace", "snowplow", .. _seeds.Select(s => $"random-{s}")]
        from deployment in Enum.GetValues<Deployment>()
        select new TestCaseData(name, deployment);

    [TestCaseSource(nameof(Cases))]
    public void EveryTable(string name, Deployment deployment)
    {
        var cluster = SparkCluster.Shared;
        var temp = Directory.CreateTempSubdirectory("batch-etl-set-").FullName;
        try
        {
            var set = EventSet.Of(name, temp);
            string[] verb = ["backfill", "--from", $"{set.Days[0]:yyyy-MM-dd}", "--to", $"{set.Days[1]:yyyy-MM-dd}", "--as-of", set.AsOf];
            var warehouse = Path.Combine(temp, "expected");
            var embedded = ProgramRun.Of([.. verb, "--pipeline", set.Pipeline, "--set", $"landing.root={set.Landing}", "--set", $"warehouse.root={warehouse}"]);
            Assert.That(embedded.ExitCode, Is.Zero, embedded.Error);

            var remote = $"{cluster.Hdfs}/sets/{name}/{deployment}";
            cluster.Send(set.Landing, $"{remote}/landing");
            using var submission = Submission.Start(
                cluster, deployment, temp, [.. verb, "--pipeline", set.Pipeline, "--set", $"landing.root={remote}/landing", "--set", $"warehouse.root={remote}/warehouse",
                    "--set", "engine.conf={spark.sql.shuffle.partitions: '2', spark.sql.adaptive.enabled: 'false'}"]);
            var run = submission.Ended();
            Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
            var expected = PublishedRows.Of(warehouse, set.Pipeline, recordNumbers: false);
            var rows = PublishedRows.Of(cluster.FetchTables($"{remote}/warehouse", temp), set.Pipeline, recordNumbers: false);
            TestContext.Out.WriteLine($"{expected.Count} tables and days, {expected.Values.Sum(t => t.Split('\n').Length)} rows");
            Assert.That(rows, Is.EquivalentTo(expected));
        }
        finally
        {
            Directory.Delete(temp, recursive: true);
        }
    }

    private sealed record EventSet(string Pipeline, string Landing, IReadOnlyList<DateOnly> Days, string AsOf)
    {
        /// <param name="folder">An existing folder for what is made.</param>
        public static EventSet Of(string name, string folder)
        {
            switch (name)
            {
                case "marketplace":
                    var pipeline = Path.Combine(AppContext.BaseDirectory, "examples", "marketplace", "pipeline.yaml");
                    var landing = Path.Combine(folder, "made");
                    var made = ProgramRun.Of("generate", "--out", landing, "--events", "20000", "--days", "2", "--first-day", "2026-03-28");
                    Assert.That(made.ExitCode, Is.Zero, made.Error);
                    return new EventSet(pipeline, landing, [new DateOnly(2026, 3, 28), new DateOnly(2026, 3, 29)], Night.AsOf);
                case "snowplow":
                    var shared = SharedFolder.Of("cases/snowplow");
                    return new EventSet(Path.Combine(shared, "pipeline.json"), Path.Combine(shared, "landing"), [new DateOnly(2026, 3, 27), new DateOnly(2026, 3, 28)], "2026-04-03T00:00:00Z");
                default:
                    var random = RandomCase.Create(int.Parse(name["random-".Length..], CultureInfo.InvariantCulture), folder);
                    var asOf = DateTime.UnixEpoch.AddMicroseconds(random.AsOfMicros).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
                    return new EventSet(random.PipelineFile, Path.Combine(folder, "landing"), random.Days, asOf);
            }
        }
    }
}
