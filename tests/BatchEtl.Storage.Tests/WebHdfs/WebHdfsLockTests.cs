using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>A lock in a store that has none: who holds it, and what becomes of holders that die or sleep.</summary>
public sealed class WebHdfsLockTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private string _root = null!;

    [SetUp]
    public void Make() => _root = HdfsCluster.Shared.NewFolder() + "/w";

    [Test]
    public void A_second_run_is_told_who_holds_the_lock_and_since_when()
    {
        using var held = RunLock.Take(Warehouse(), "first", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Hdfs.Refuses(
            () => RunLock.Take(Warehouse(), "second", DateTimeOffset.UnixEpoch),
            ExitCode.Refused,
            $"{_root}: the warehouse is in use by run first, process {Environment.ProcessId} on {Environment.MachineName}, started 2026-01-02T03:04:05Z;");
    }

    [Test]
    public void A_holder_that_lives_keeps_its_lock_for_longer_than_the_patience()
    {
        using var held = RunLock.Take(Warehouse(), "first", DateTimeOffset.UnixEpoch);
        Thread.Sleep(2 * _patience);
        Assert.Throws<BatchEtlException>(() => RunLock.Take(Warehouse(), "second", DateTimeOffset.UnixEpoch));
        Assert.DoesNotThrow(held.Verify);
    }

    [Test]
    public void A_lock_given_back_is_free_at_once_and_leaves_nothing()
    {
        RunLock.Take(Warehouse(), "first", DateTimeOffset.UnixEpoch).Dispose();
        RunLock.Take(Warehouse(), "second", DateTimeOffset.UnixEpoch).Dispose();
        Assert.That(Hdfs.Store(_root).List(_root), Is.Empty);
    }

    [Test]
    public void Of_many_that_find_a_dead_lock_one_takes_it_over()
    {
        Hdfs.Store(_root).WriteText($"{_root}/_lock", "dead\nx");
        Thread.Sleep(_patience + TimeSpan.FromSeconds(1.5));
        var taken = new RunLock?[6];
        Parallel.For(0, taken.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            try
            {
                taken[i] = RunLock.Take(Warehouse(), $"run-{i}", DateTimeOffset.UnixEpoch);
            }
            catch (BatchEtlException e) when (e.ExitCode == ExitCode.Refused)
            {
            }
        });
        Assert.That(taken.Count(t => t is not null), Is.EqualTo(1));
        Assert.DoesNotThrow(taken.First(t => t is not null)!.Verify);
        Assert.That(Hdfs.Store(_root).List(_root)!.Select(e => e.Name), Is.EqualTo(new[] { "_lock" }));
        taken.First(t => t is not null)!.Dispose();
    }

    [Test]
    public void A_holder_whose_lock_was_taken_over_says_so_and_leaves_it_to_the_other()
    {
        using var first = RunLock.Take(Warehouse(TimeSpan.FromHours(1)), "first", DateTimeOffset.UnixEpoch); // It does not renew in time.
        Thread.Sleep(_patience + TimeSpan.FromSeconds(1.5));
        using var second = RunLock.Take(Warehouse(), "second", DateTimeOffset.UnixEpoch);
        Hdfs.Refuses(first.Verify, ExitCode.Refused, $"{_root}/_lock: expected the lock of this run, found that of run second, process ", "run again");
        Hdfs.Refuses(() => PublishingProcess.Publish(first.Warehouse, first), ExitCode.Refused, "second", "what is published is untouched");
        first.Dispose();
        Assert.DoesNotThrow(second.Verify);
        Assert.That(second.Warehouse.Store.List(second.Warehouse.JournalFolder) ?? [], Is.Empty);
    }

    private Warehouse Warehouse(TimeSpan? patience = null) =>
        new(new WebHdfsStore(Hdfs.Options(_root) with { LockPatience = patience ?? _patience }), _root);
}
