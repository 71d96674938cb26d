using System.Diagnostics;
using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using static BatchEtl.Storage.Tests.PublishingProcess;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>semantics.md P1 on HDFS, with real processes and signals.</summary>
public sealed class WebHdfsPublishingTests
{
    private Warehouse _warehouse = null!;
    private Process? _process;

    [SetUp]
    public void PublishOnce()
    {
        var root = HdfsCluster.Shared.NewFolder() + "/w";
        _warehouse = new Warehouse(new Storage.WebHdfs.WebHdfsStore(Hdfs.Options(root) with { LockPatience = Patience }), root);
        using var held = RunLock.Take(_warehouse, "first", DateTimeOffset.UnixEpoch);
        Publish(_warehouse, held);
    }

    [TearDown]
    public void End()
    {
        _process?.Kill();
        _process?.Dispose();
        _process = null;
    }

    [Test]
    [CancelAfter(120_000)]
    public void P1_a_reader_may_miss_a_partition_that_is_replaced_for_a_moment_but_never_sees_parts_or_two_versions()
    {
        var reader = new PartitionReader(_warehouse, Hdfs.Store(_warehouse.Root));
        try
        {
            for (var n = 0; n < 8; n++)
            {
                using var held = RunLock.Take(_warehouse, string.Create(CultureInfo.InvariantCulture, $"many-{n}"), DateTimeOffset.UnixEpoch);
                Publish(_warehouse, held);
            }
        }
        finally
        {
            reader.Stop();
        }

        Assert.That(reader.Faults, Is.Empty);
        Assert.That(reader.LongestMissing, Is.LessThan(TimeSpan.FromSeconds(2)));
        Report(reader);
    }

    [Test]
    [CancelAfter(120_000)]
    public void P1_whenever_the_publisher_is_killed_the_next_run_puts_it_right_and_nothing_half_is_seen()
    {
        const int Kills = 4;
        var reader = new PartitionReader(_warehouse, Hdfs.Store(_warehouse.Root));
        var random = new Random(7);
        var begun = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            Begin("publish", string.Create(CultureInfo.InvariantCulture, $"run-{kill}"));
            WaitToKill(random, afterIntent: kill % 2 == 1);
            _process!.Kill();
            _process.WaitForExit();
            begun += Journals().Any() ? 1 : 0;
            CheckRecovered();
        }

        reader.Stop();
        Report(reader);
        TestContext.Out.WriteLine($"{Kills} kills, {begun} after the intent");
        Assert.That(reader.Faults, Is.Empty);
        Assert.That(begun, Is.GreaterThan(0));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_publisher_that_slept_while_another_took_over_stops_before_it_publishes([Values] bool afterIntent)
    {
        Begin("publish", "sleeper");
        WaitToKill(new Random(3), afterIntent);
        Signal("STOP");
        Thread.Sleep(Patience + TimeSpan.FromSeconds(1.5));
        using (var held = RunLock.Take(_warehouse, "other", DateTimeOffset.UnixEpoch))
        {
            Publish(_warehouse, held);
            Signal("CONT");
            var said = _process!.StandardOutput.ReadToEnd();
            _process.WaitForExit();
            TestContext.Out.WriteLine(said);
            if (afterIntent)
            {
                Assert.That(_process.ExitCode, Is.EqualTo((int)ExitCode.Refused), said);
                Assert.That(said, Does.Contain("_lock: expected the lock of this run, found that of run other, process "));
            }
            else
            {
                // What it had staged was removed; a run looks at its lock then.
                Assert.That(_process.ExitCode, Is.EqualTo((int)ExitCode.Refused).Or.EqualTo((int)ExitCode.Engine), said);
                Assert.That(said, Does.Contain("_lock: expected the lock of this run").Or.Contain("_staging/sleeper-0"));
            }

            Assert.DoesNotThrow(held.Verify);
        }

        CheckPublished("other");
        CheckRecovered();
        CheckPublished("other");
    }

    private void Begin(string verb, string name)
    {
        End();
        _process = Start(verb, _warehouse.Root, name, HdfsCluster.Shared.ConfFolder);
        PublishingProcess.Begin(_process);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private IEnumerable<string> Journals() => (_warehouse.Store.List(_warehouse.JournalFolder) ?? []).Select(e => e.Name).Where(n => n[0] != '.');

    /// <summary>Waits for any moment of a run, or for one soon after its intent, which blind waiting seldom hits.</summary>
    private void WaitToKill(Random random, bool afterIntent)
    {
        if (!afterIntent)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * 500));
            return;
        }

        var waiting = Stopwatch.StartNew();
        while (!Journals().Any() && waiting.ElapsedMilliseconds < 10_000)
        {
        }

        Thread.Sleep(random.Next(20));
    }

    /// <summary>Takes over from the dead run, which takes the patience, and checks what is published.</summary>
    private void CheckRecovered()
    {
        using var held = TakeOver();
        var publisher = new Publisher(held);
        publisher.Recover();
        publisher.Finish(removeReplaced: true);
        CheckPublished(null);
        Assert.That(Journals(), Is.Empty);
        Assert.That(_warehouse.Store.List(_warehouse.StagingFolder) ?? [], Is.Empty);
    }

    private RunLock TakeOver()
    {
        while (true)
        {
            try
            {
                return RunLock.Take(_warehouse, "check", DateTimeOffset.UnixEpoch);
            }
            catch (BatchEtlException e) when (e.ExitCode == ExitCode.Refused)
            {
                Thread.Sleep(100);
            }
        }
    }

    private void CheckPublished(string? run)
    {
        var manifest = _warehouse.Manifests.Read(Day)!;
        Assert.That(manifest.RunId, Does.StartWith(run ?? ""));
        for (var t = 0; t < Partitions; t++)
        {
            Assert.That(
                _warehouse.Files(Table(t), Day)!.Select(Path.GetFileName),
                Is.EqualTo(manifest.Tables[Table(t)].Files.Select(f => f.Name)).And.All.Contains($"-{manifest.RunId}"));
        }
    }

    private static void Report(PartitionReader reader) => TestContext.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{reader.Reads} reads of {reader.Seen.Count} versions; {reader.Missing} found none, for {reader.LongestMissing.TotalMilliseconds:F0} ms at most; {reader.Replaced} replaced while read"));
}
