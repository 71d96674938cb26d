using System.Diagnostics;
using System.Runtime.Versioning;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>scripts/submit on clusters, landing and warehouse on HDFS: the embedded engine's rows, exit codes, nothing left behind.</summary>
[TestFixture]
[Category("Cluster")]
[UnsupportedOSPlatform("windows")]
public sealed class SubmitTests
{
    private static readonly string[] _loopback = ["--conf", "spark.ui.enabled=false", "--conf", "spark.driver.host=127.0.0.1"];

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
        _cluster = new SparkCluster();
        _night = new Night(2_000, days: 1);
        _cluster.Send(_night.Landing, $"{_cluster.Hdfs}/landing");
        var run = _night.Run("backfill", [.. Day, .. _small]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        _expected = _night.Rows(recordNumbers: false);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _night?.Dispose();
        _cluster?.Dispose();
    }

    [Test]
    public void AStandaloneClusterThatLosesAnExecutor()
    {
        using var run = Submit("standalone", ["--master", _cluster.Standalone, "--executor-memory", "1g", .. _loopback]);
        var output = run.StandardOutput.ReadToEndAsync();
        var error = run.StandardError.ReadToEndAsync();
        using var ended = new Ending(run);
        SparkSoftware.Until(() => _cluster.Names($"{_cluster.Hdfs}/standalone/_staging") is [var id] && _cluster.Names($"{_cluster.Hdfs}/standalone/_staging/{id}/_temp").Count > 0, "the first step", seconds: 180);
        using (var kill = Process.Start("kill", ["-KILL", $"{_cluster.Executors()[0]}"]))
        {
            kill.WaitForExit();
        }

        run.WaitForExit();
        Assert.That(run.ExitCode, Is.Zero, output.Result + error.Result);
        Assert.That(error.Result, Does.Contain("Lost executor"));
        SameRows("standalone");
    }

    [Test]
    public void YarnInClientMode()
    {
        var run = Submitted("yarn-client", ["--master", "yarn", .. _loopback, .. Yarn]);
        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        SameRows("yarn-client");
        var refused = Submitted("yarn-client", ["--master", "yarn", .. _loopback, .. Yarn], "--as-of", "2026-03-27T01:00:00Z", "--force");
        Assert.That(refused.ExitCode, Is.EqualTo(5), refused.Output + refused.Error);
    }

    [Test]
    public void YarnInClusterMode()
    {
        string[] options = ["--master", "yarn", "--deploy-mode", "cluster", "--conf", "spark.ui.enabled=false", .. Yarn];
        var run = Submitted("yarn-cluster", options);
        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        SameRows("yarn-cluster");
        var refused = Submitted("yarn-cluster", options, "--as-of", "2026-03-27T01:00:00Z", "--force");
        Assert.That(refused.ExitCode, Is.EqualTo(5), refused.Output + refused.Error);
    }

    private static string[] Day => ["--from", "2026-03-27", "--to", "2026-03-27"];

    private static string[] Yarn =>
    [
        "--num-executors", "1", "--executor-memory", "1g",
        "--conf", $"spark.yarn.jars=local:{SparkSoftware.Home}/jars/*",
        "--conf", "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1", "--conf", "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
    ];

    private void SameRows(string warehouse)
    {
        var local = Path.Combine(_night.Folder, warehouse);
        _cluster.Fetch($"{_cluster.Hdfs}/{warehouse}", local);
        var rows = _night.Rows(local, recordNumbers: false);
        Assert.That(rows.Keys, Is.EquivalentTo(_expected.Keys));
        Assert.Multiple(() =>
        {
            foreach (var (table, text) in _expected)
            {
                Assert.That(rows[table], Is.EqualTo(text), table);
            }

            Assert.That(_cluster.Names($"{_cluster.Hdfs}/{warehouse}/_staging"), Is.Empty);
        });
    }

    private ProgramRun Submitted(string warehouse, string[] options, params string[] more)
    {
        using var run = Submit(warehouse, options, more);
        using var ended = new Ending(run);
        var error = run.StandardError.ReadToEndAsync();
        var output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return new ProgramRun(run.ExitCode, output, error.Result);
    }

    /// <summary>A test that fails leaves no Spark.</summary>
    private sealed class Ending(Process run) : IDisposable
    {
        public void Dispose()
        {
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Submit(string warehouse, string[] options, params string[] more)
    {
        // Client mode takes the test's own program: nothing is built while it runs.
        var program = Path.Combine(_night.Folder, "program");
        if (!File.Exists(program))
        {
            File.WriteAllText(program, $"#!/usr/bin/env bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "batch-etl.dll")}' \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // Whatever Spark leaves in its current folder must not lie in the repository.
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "scripts", "submit")) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _night.Folder };
        start.Environment["BATCH_ETL_PROGRAM"] = program;
        foreach (var (name, value) in _cluster.Environment)
        {
            start.Environment[name] = value;
        }

        string[] asOf = more.Contains("--as-of") ? [] : ["--as-of", Night.AsOf];
        string[] arguments =
        [
            .. options, "--", "backfill", "--pipeline", "pipeline.yaml", .. Day, .. asOf, .. _small,
            "--set", $"landing.root={_cluster.Hdfs}/landing", "--set", $"warehouse.root={_cluster.Hdfs}/{warehouse}", .. more,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
