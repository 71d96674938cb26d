using System.Runtime.Versioning;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>scripts/submit on clusters, landing and warehouse on HDFS: the embedded engine's rows, exit codes, nothing left behind, whatever dies.</summary>
[TestFixture]
[Category("Cluster")]
[UnsupportedOSPlatform("windows")]
public sealed class SubmitTests
{
    /// <summary>A small night: what takes long on Spark is the number of statements.</summary>
    private static readonly string[] _small =
    [
        "--set", "cubes={visits: {source: sessions, dimensions: [first_platform], rollups: all, measures: {sessions: count, actors: distinct(actor_id)}}}",
        "--set", "metrics={dimensions: []}",
        "--set", "engine.conf={spark.sql.shuffle.partitions: '2', spark.sql.adaptive.enabled: 'false'}",
    ];

    private Night _night = null!;
    private SparkCluster _cluster = null!;
    private IReadOnlyDictionary<string, string> _expected = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _cluster = SparkCluster.Shared;
        _night = new Night(2_000, days: 1);
        _cluster.Send(_night.Landing, $"{_cluster.Hdfs}/landing");
        var run = _night.Run("backfill", [.. Day, .. _small]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        _expected = _night.Rows(recordNumbers: false);
    }

    [OneTimeTearDown]
    public void Stop() => _night?.Dispose();

    [TestCase(Deployment.Standalone)]
    [TestCase(Deployment.YarnClient)]
    [TestCase(Deployment.YarnCluster)]
    public void ANight(Deployment deployment)
    {
        var warehouse = $"{deployment}";
        using var night = Submit(deployment, warehouse);
        SameRows(night.Ended(), warehouse);
        using var again = Submit(deployment, warehouse, "--as-of", "2026-03-27T01:00:00Z", "--force");
        var refused = again.Ended();
        Assert.That(refused.ExitCode, Is.EqualTo(5), refused.Output + refused.Error);
    }

    [Test]
    public void AnExecutorIsKilled()
    {
        using var night = Submit(Deployment.Standalone, "executor");
        AtWork("executor");
        SparkSoftware.Signal(_cluster.Executors()[0], "KILL");
        var run = night.Ended();
        Assert.That(run.Error, Does.Contain("Lost executor"));
        SameRows(run, "executor");
    }

    [Test]
    public void ADataNodeIsKilled()
    {
        using var night = Submit(Deployment.Standalone, "datanode");
        AtWork("datanode");
        _cluster.KillDataNode(1);
        try
        {
            SameRows(night.Ended(), "datanode");
        }
        finally
        {
            _cluster.StartHdfsAgain();
        }

        SameRows(null, "datanode");
    }

    /// <summary>spark-submit, which is the driver's JVM, or the program that it has started.</summary>
    [TestCase("SparkSubmit")]
    [TestCase("batch-etl.dll")]
    public void OneOfTheDriversProcessesIsKilled(string name)
    {
        var warehouse = $"killed-{name}";
        using (var night = Submit(Deployment.Standalone, warehouse))
        {
            AtWork(warehouse);
            int[] both = [night.Id, .. SparkSoftware.Descendants(night.Id)];
            SparkSoftware.Signal(both.Last(p => SparkSoftware.CommandOf(p).Contains(name, StringComparison.Ordinal)), "KILL");
            Assert.That(night.Ended().ExitCode, Is.Not.Zero);
            SparkSoftware.Until(() => both.All(p => SparkSoftware.CommandOf(p).Length == 0), "both to end");
            SparkSoftware.Until(() => _cluster.Executors().Count == 0, "the executors to end");
        }

        Assert.That(_cluster.Names($"{_cluster.Hdfs}/{warehouse}").Where(n => n[0] != '_'), Is.Empty);

        // The killed run's lock runs out after a minute.
        ProgramRun run;
        do
        {
            using var again = Submit(Deployment.Standalone, warehouse);
            run = again.Ended();
        }
        while (run.ExitCode == 5);
        SameRows(run, warehouse);
    }

    [Test]
    public void AnInterruptedSubmissionEndsAll()
    {
        using var night = Submit(Deployment.Standalone, "interrupted");
        AtWork("interrupted");
        int[] all = [night.Id, .. SparkSoftware.Descendants(night.Id)];
        foreach (var process in all)
        {
            // As a terminal does it: all of the group.
            SparkSoftware.Signal(process, "INT");
        }

        Assert.That(night.Ended().ExitCode, Is.EqualTo(130));
        SparkSoftware.Until(() => all.All(p => SparkSoftware.CommandOf(p).Length == 0), "all to end");
        SparkSoftware.Until(() => _cluster.Executors().Count == 0, "the executors to end");
    }

    private static string[] Day => ["--from", "2026-03-27", "--to", "2026-03-27"];

    /// <summary>Waits until a run's first step is there.</summary>
    private void AtWork(string warehouse)
    {
        var staging = $"{_cluster.Hdfs}/{warehouse}/_staging";
        SparkSoftware.Until(() => _cluster.Names(staging) is [var id] && _cluster.Names($"{staging}/{id}/_temp").Count > 0, "the first step", seconds: 180);
    }

    private void SameRows(ProgramRun? run, string warehouse)
    {
        Assert.That(run?.ExitCode ?? 0, Is.Zero, run?.Output + run?.Error);
        var rows = _night.Rows(_cluster.FetchTables($"{_cluster.Hdfs}/{warehouse}", _night.Folder), recordNumbers: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Is.EquivalentTo(_expected));
            Assert.That(_cluster.Names($"{_cluster.Hdfs}/{warehouse}/_staging"), Is.Empty);
        }
    }

    private Submission Submit(Deployment deployment, string warehouse, params string[] more) => Submission.Start(
        _cluster,
        deployment,
        _night.Folder,
        ["backfill", "--pipeline", "pipeline.yaml", .. Day, .. _small, .. more.Contains("--as-of") ? [] : new[] { "--as-of", Night.AsOf },
            "--set", $"landing.root={_cluster.Hdfs}/landing", "--set", $"warehouse.root={_cluster.Hdfs}/{warehouse}", .. more]);
}
