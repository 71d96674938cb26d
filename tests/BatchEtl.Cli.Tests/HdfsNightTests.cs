using System.Diagnostics;
using System.Globalization;
using BatchEtl.Storage.Tests.WebHdfs;
using BatchEtl.Storage.WebHdfs;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>Whole nights with landing and warehouse on a real HDFS, by the embedded engine.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class HdfsNightTests
{
    private Night _night = null!;
    private Dictionary<string, string?> _environment = null!;
    private WebHdfsStore _store = null!;
    private string _landing = null!;
    private IReadOnlyDictionary<string, string> _expected = null!;

    [OneTimeSetUp]
    public void PublishLocally()
    {
        var root = HdfsCluster.Shared.NewFolder();
        _night = new Night(20_000, 2);
        var temp = Directory.CreateDirectory($"{_night.Folder}/temp").FullName;
        _environment = new Dictionary<string, string?> { ["HADOOP_CONF_DIR"] = HdfsCluster.Shared.ConfFolder, ["TMPDIR"] = temp };
        _store = new WebHdfsStore(WebHdfsOptions.Of(root, _environment.GetValueOrDefault));
        _landing = $"{root}/landing";
        foreach (var file in Directory.GetFiles(_night.Landing, "*.avro", SearchOption.AllDirectories))
        {
            _store.Send(file, $"{_landing}/{Path.GetRelativePath(_night.Landing, file).Replace('\\', '/')}");
        }

        Assert.That(_night.Run("backfill", Days).ExitCode, Is.Zero);
        _expected = _night.Rows();
    }

    [OneTimeTearDown]
    public void Remove()
    {
        _night?.Dispose();
        _store?.Dispose();
    }

    private static string[] Days => ["--from", "2026-03-27", "--to", "2026-03-28"];

    [Test]
    public void Landing_and_warehouse_on_HDFS_give_the_rows_of_local_disks()
    {
        var warehouse = HdfsCluster.Shared.NewFolder();
        var run = Run(warehouse, "backfill", Days);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        CheckRows(warehouse);
        Assert.That(Run(warehouse, "backfill", Days).Output, Does.Contain("nothing to do"));
        Assert.That(_store.List($"{warehouse}/_staging") ?? [], Is.Empty);
        var shown = Run(warehouse, "show", "sessions", "--date", "2026-03-28", "--limit", "2");
        Assert.That(shown.ExitCode, Is.Zero, shown.Error);
    }

    [Test]
    public void Killed_at_any_moment_the_next_run_gives_the_same_rows_and_leaves_nothing_over()
    {
        var warehouse = HdfsCluster.Shared.NewFolder();
        var random = new Random(11);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var process = Start(warehouse, "backfill", [.. Days, "--force"]);
            WaitForLock(warehouse);
            Thread.Sleep(random.Next(6_000));
            process.Kill();
            process.WaitForExit();
            LetTimePass(warehouse);
        }

        var run = Run(warehouse, "backfill", Days);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        CheckRows(warehouse);

        // What a publication replaced stays for slow readers until the next run.
        Assert.That(Run(warehouse, "backfill", Days).ExitCode, Is.Zero);
        Assert.That(_store.List($"{warehouse}/_staging") ?? [], Is.Empty);
        Assert.That(Directory.GetFileSystemEntries($"{_night.Folder}/temp", "batch-etl-*"), Is.Empty);
        Assert.That(_store.List($"{warehouse}/_journal") ?? [], Is.Empty);
        Assert.That(_store.List(warehouse)!.Select(e => e.Name).Where(n => n.StartsWith("_lock", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void A_night_that_slept_while_another_took_over_is_refused_and_changes_nothing()
    {
        var warehouse = HdfsCluster.Shared.NewFolder();
        using var sleeper = Start(warehouse, "backfill", Days);
        WaitForLock(warehouse);
        Thread.Sleep(1_500);
        Signal(sleeper, "STOP");
        var refused = Run(warehouse, "backfill", Days);
        Assert.That((refused.ExitCode, refused.Error), Is.EqualTo((5, refused.Error)));
        Assert.That(refused.Error, Does.Contain($"in use by run 20260420T000000Z-").And.Contain($"process {sleeper.Id} on {Environment.MachineName}, started 2026-04-20T00:00:00Z"));
        LetTimePass(warehouse);
        Assert.That(Run(warehouse, "backfill", Days).ExitCode, Is.Zero);
        Signal(sleeper, "CONT");
        var error = sleeper.StandardError.ReadToEnd();
        sleeper.WaitForExit();
        Assert.That((sleeper.ExitCode, error), Is.EqualTo((5, error)));
        Assert.That(error, Does.Contain("_lock: expected the lock of this run, found "));
        CheckRows(warehouse);
    }

    [Test]
    public void Refusals_of_HDFS_are_errors_with_their_exit_codes()
    {
        var warehouse = HdfsCluster.Shared.NewFolder();
        var night = new[] { "--date", "2026-03-27" };
        Expect(3, $"found nothing at {_landing}/nowhere", Run(warehouse, "nightly", [.. night, "--set", $"landing.root={_landing}/nowhere"]));
        Expect(3, "can't be reached: Connection refused", Run(warehouse, "nightly", [.. night, "--set", "landing.root=webhdfs://127.0.0.1:9/x"]));
        Expect(6, "can't be reached: Connection refused", Run("webhdfs://127.0.0.1:9/x", "nightly", night));
        Expect(2, "hdfs:///x: expected hdfs://NAMENODE:PORT/path", Run("hdfs:///x", "nightly", night));
        HdfsCluster.Shared.Rest(HttpMethod.Put, new Uri(warehouse).AbsolutePath, "op=SETPERMISSION&permission=700");
        _environment["HADOOP_USER_NAME"] = "alice";
        Expect(6, "user 'alice' has no permission", Run(warehouse, "nightly", night));
        _environment.Remove("HADOOP_USER_NAME");
        HdfsCluster.Shared.Rest(HttpMethod.Put, new Uri(warehouse).AbsolutePath, "op=SETQUOTA&namespacequota=8");
        Expect(6, "HDFS is full or a quota is reached (The NameSpace quota", Run(warehouse, "nightly", night));
        Assert.That(_store.List(warehouse)!.Select(e => e.Name).Where(n => n[0] != '_'), Is.Empty);
        HdfsCluster.Shared.Rest(HttpMethod.Put, new Uri(warehouse).AbsolutePath, "op=SETQUOTA&namespacequota=1000");
        var raised = Run(warehouse, "nightly", night);
        Assert.That(raised.ExitCode, Is.Zero, raised.Error);
    }

    private static void Expect(int code, string message, ProgramRun run)
    {
        TestContext.Out.WriteLine(run.Error.Trim().Split('\n')[^1]);
        Assert.That(run.ExitCode, Is.EqualTo(code), run.Error);
        Assert.That(run.Error, Does.Contain(message));
    }

    private ProgramRun Run(string warehouse, string verb, params string[] more) => ProgramRun.With(_environment, Arguments(warehouse, verb, more));

    private Process Start(string warehouse, string verb, params string[] more)
    {
        var process = ProgramRun.Start(_environment, Arguments(warehouse, verb, more));
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private string[] Arguments(string warehouse, string verb, string[] more) =>
        [verb, .. verb == "show" ? more[..1] : [], "--pipeline", _night.Pipeline, .. verb == "show" ? [] : new[] { "--as-of", Night.AsOf, "--no-progress" },
            "--set", $"landing.root={_landing}", "--set", $"warehouse.root={warehouse}", .. verb == "show" ? more[1..] : more];

    private void WaitForLock(string warehouse)
    {
        while (!_store.Exists($"{warehouse}/_lock"))
        {
            Thread.Sleep(20);
        }
    }

    /// <summary>A killed run's lock runs out after a minute; its time is set back instead of waiting.</summary>
    private static void LetTimePass(string warehouse) =>
        HdfsCluster.Shared.Rest(HttpMethod.Put, new Uri(warehouse).AbsolutePath + "/_lock", "op=SETTIMES&modificationtime=1&accesstime=-1");

    private static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Copies the published tables and compares their rows with those of the local warehouse.</summary>
    private void CheckRows(string warehouse)
    {
        var copy = Directory.CreateTempSubdirectory("batch-etl-copy-").FullName;
        try
        {
            foreach (var table in Folders(warehouse).Where(t => t[0] != '_'))
            {
                foreach (var day in Folders($"{warehouse}/{table}"))
                {
                    Directory.CreateDirectory($"{copy}/{table}/{day}");
                    foreach (var file in _store.List($"{warehouse}/{table}/{day}")!)
                    {
                        _store.Fetch($"{warehouse}/{table}/{day}/{file.Name}", $"{copy}/{table}/{day}/{file.Name}");
                    }
                }
            }

            var rows = _night.Rows(copy);
            Assert.That(rows.Keys, Is.EquivalentTo(_expected.Keys));
            foreach (var (table, text) in _expected)
            {
                Assert.That(rows[table], Is.EqualTo(text), table);
            }
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private IEnumerable<string> Folders(string folder) => _store.List(folder)!.Where(e => e.IsFolder).Select(e => e.Name);
}
