using System.Diagnostics;
using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using static BatchEtl.Storage.Tests.PublishingProcess;

namespace BatchEtl.Storage.Tests;

/// <summary>semantics.md P1 with real processes, real signals and a real file system.</summary>
public class KilledProcessTests
{
    [Test]
    [CancelAfter(60_000)]
    public void P1_a_reader_never_sees_half_a_partition_however_often_the_publisher_is_killed()
    {
        const int Kills = 50;
        using var folder = new TemporaryFolder(inMemory: true);
        var warehouse = new Warehouse(new LocalStore(), $"{folder.Path}/w");
        using (var held = RunLock.Take(warehouse, "first", DateTimeOffset.UnixEpoch))
        {
            Publish(warehouse, held);
        }

        var reader = new PartitionReader(warehouse);
        var random = new Random(7);
        int begun = 0, staged = 0;
        var next = Start("publish", warehouse.Root, "run-0");
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = next;
            next = Start("publish", warehouse.Root, string.Create(CultureInfo.InvariantCulture, $"run-{kill + 1}"));
            Begin(process);
            WaitToKill(warehouse, random, afterIntent: kill % 2 == 1);
            process.Kill();
            process.WaitForExit();
            Thread.Sleep(PauseMilliseconds);
            staged += Directory.GetDirectories(warehouse.StagingFolder).Length > 0 ? 1 : 0;
            begun += Begun(warehouse) ? 1 : 0;
            CheckRecovered(warehouse);
        }

        reader.Stop();
        next.StandardInput.Close();
        next.WaitForExit();
        next.Dispose();
        TestContext.Out.WriteLine(
            $"{Kills} kills, {staged} with files in staging, {begun} after the intent; {reader.Reads} reads of {reader.Seen.Count} versions, {reader.Replaced} replaced while read");
        Assert.Multiple(() =>
        {
            Assert.That(reader.Faults, Is.Empty);
            Assert.That((staged > 0, begun > 0), Is.EqualTo((true, true)));
            Assert.That(reader.Seen, Has.Count.GreaterThan(10));
        });
    }

    [Test]
    public void A_second_run_is_told_who_has_the_warehouse_and_a_killed_one_leaves_it_free()
    {
        using var folder = new TemporaryFolder();
        var warehouse = new Warehouse(new LocalStore(), $"{folder.Path}/w");
        using var process = Start("hold", warehouse.Root, "holder");
        Begin(process);
        var error = Assert.Throws<BatchEtlException>(() => RunLock.Take(warehouse, "second", DateTimeOffset.UnixEpoch));
        Assert.That((error.ExitCode, error.Message), Is.EqualTo((
            ExitCode.Refused,
            $"{warehouse.Root}: the warehouse is in use by run holder-0, process {process.Id} on {Environment.MachineName}, started 1970-01-01T00:00:00Z; wait until it is done, or stop it")));
        process.Kill();
        process.WaitForExit();
        RunLock.Take(warehouse, "second", DateTimeOffset.UnixEpoch).Dispose();
    }

    /// <summary>Waits for any moment of a run, or for one soon after its intent, which blind waiting seldom hits.</summary>
    private static void WaitToKill(Warehouse warehouse, Random random, bool afterIntent)
    {
        if (!afterIntent)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * 80));
            return;
        }

        var waiting = Stopwatch.StartNew();
        while (!Begun(warehouse) && waiting.ElapsedMilliseconds < 2000)
        {
            Thread.Sleep(1);
        }

        Thread.SpinWait(random.Next(50_000));
    }

    private static bool Begun(Warehouse warehouse) =>
        Directory.Exists(warehouse.JournalFolder) && Directory.GetFiles(warehouse.JournalFolder).Any(f => !Path.GetFileName(f).StartsWith('.'));

    private static void CheckRecovered(Warehouse warehouse)
    {
        using var held = RunLock.Take(warehouse, "check", DateTimeOffset.UnixEpoch);
        new Publisher(held).Recover();
        var manifest = warehouse.Manifests.Read(Day)!;
        for (var t = 0; t < Partitions; t++)
        {
            Assert.That(
                warehouse.Files(Table(t), Day)!.Select(Path.GetFileName),
                Is.EqualTo(manifest.Tables[Table(t)].Files.Select(f => f.Name)).And.All.EndsWith($"-{manifest.RunId}.parquet"));
        }

        Assert.That(Directory.GetFileSystemEntries(warehouse.JournalFolder), Is.Empty);
    }
}
