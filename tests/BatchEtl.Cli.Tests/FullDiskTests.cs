using System.Diagnostics;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>
/// P1 on a disk that fills up: a run that finds no room says so, each partition is as it was or as it was to be, and the same command
/// completes the work once there is room.
/// </summary>
[TestFixture]
[Platform("Linux")]
public sealed partial class FullDiskTests
{
    private const string Disk = "64m";

    private Night _night = null!;
    private string _disk = null!;

    private string Warehouse => Path.Combine(_disk, "warehouse");

    private string Filler => Path.Combine(_disk, "filler");

    [SetUp]
    public void Mount()
    {
        _night = new Night(8_000);
        _disk = Directory.CreateDirectory(Path.Combine(_night.Folder, "disk")).FullName;
        if (Shell("mount", "-t", "tmpfs", "-o", $"size={Disk}", "tmpfs", _disk) != 0)
        {
            Directory.Delete(_disk);
            Assert.Ignore("needs the right to mount a small file system");
        }
    }

    [TearDown]
    public void Unmount()
    {
        if (Directory.Exists(_disk))
        {
            Shell("umount", _disk);
        }

        _night.Dispose();
    }

    [Test]
    public void Backfill() => Fills("backfill", Night.Backfill());

    [Test]
    public void ARestatement()
    {
        var late = _night.LandedFile("2026-03-27/12");
        File.Move(late, late + ".kept");
        Done("backfill", Night.Backfill());
        File.Move(late + ".kept", late);
        Fills("nightly", ["--date", "2026-03-29"]);
    }

    [Test]
    public void Expire()
    {
        Done("backfill", Night.Backfill(Night.KeptForADay));
        Fills("expire", Night.KeptForADay, confirmed: true);
    }

    [Test]
    public void Erase()
    {
        Done("backfill", Night.Backfill());
        var ids = Path.Combine(_night.Folder, "ids.txt");
        var rows = PublishedRows.Of(Warehouse, _night.Pipeline)["sessions/dt=2026-03-28"];
        File.WriteAllText(ids, ActorId().Match(rows).Groups[1].Value);
        Fills("erase", ["--ids", ids], confirmed: true);
    }

    /// <summary>Runs a command on disks with ever more room, and after each failure again with room for all of it.</summary>
    private void Fills(string verb, string[] arguments, bool confirmed = false)
    {
        var kept = Path.Combine(_night.Folder, "kept");
        Directory.CreateDirectory(Warehouse);
        Copy(Warehouse, kept);
        var before = PublishedRows.Of(Warehouse, _night.Pipeline);
        var room = new DriveInfo(_disk).AvailableFreeSpace;
        Done(verb, [.. arguments, .. confirmed ? Confirmation(verb, arguments) : []]);
        var needed = room - new DriveInfo(_disk).AvailableFreeSpace;
        var after = PublishedRows.Of(Warehouse, _night.Pipeline);
        Assert.That(after, Is.Not.EqualTo(before));

        var failures = 0;
        foreach (var free in new[] { 0, 16_384, needed / 4, needed / 2, needed * 9 / 10 })
        {
            Directory.Delete(Warehouse, recursive: true);
            Copy(kept, Warehouse);
            string[] all = [.. arguments, .. confirmed ? Confirmation(verb, arguments) : []];
            Fill(free);
            var run = Run(verb, all);
            File.Delete(Filler);
            if (run.ExitCode != 0)
            {
                failures++;
                Assert.That((run.ExitCode, run.Error), Is.EqualTo((6, run.Error)), $"{free} bytes free");
                Assert.That(run.Error, Does.Contain("disk is full").Or.Contain("No space left"), $"{free} bytes free");
            }

            foreach (var (partition, text) in PublishedRows.Of(Warehouse, _night.Pipeline))
            {
                Assert.That(Rows(text), Is.EqualTo(Rows(after.GetValueOrDefault(partition))).Or.EqualTo(Rows(before.GetValueOrDefault(partition))), $"{partition} with {free} bytes free");
            }

            if (run.ExitCode != 0)
            {
                // What had begun is completed first; a confirmed list may then be another.
                var again = Run(verb, [.. arguments, .. confirmed ? Confirmation(verb, arguments) : []]);
                if (confirmed && again.ExitCode == 5)
                {
                    again = Run(verb, [.. arguments, .. Confirmation(verb, arguments)]);
                }

                Assert.That(again.ExitCode, Is.Zero, again.Error);
            }

            var rows = PublishedRows.Of(Warehouse, _night.Pipeline);
            Assert.That(rows.Keys, Is.EquivalentTo(after.Keys), $"after a disk with {free} bytes free");
            foreach (var (partition, text) in rows)
            {
                Assert.That(Rows(text), Is.EqualTo(Rows(after[partition])), $"{partition} after a disk with {free} bytes free");
            }
        }

        Assert.That(failures, Is.Positive, "no run met a full disk");
    }

    /// <summary>The rows but for the runs that restated them, which are others each time.</summary>
    private static string? Rows(string? text) => text is null ? null : RunId().Replace(text, string.Empty);

    private string[] Confirmation(string verb, string[] arguments) => Run(verb, arguments).Confirmation is { Length: > 0 } checksum ? ["--confirm", checksum] : [];

    private void Done(string verb, string[] arguments)
    {
        var run = Run(verb, arguments);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    private ProgramRun Run(string verb, string[] arguments) => _night.Run(verb, [.. arguments, "--set", $"warehouse.root={Warehouse}"]);

    /// <summary>Leaves some room on the disk, in bytes.</summary>
    private void Fill(long free)
    {
        var zeros = new byte[4096];
        try
        {
            using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
            for (var rest = new DriveInfo(_disk).AvailableFreeSpace - free; rest >= zeros.Length; rest -= zeros.Length)
            {
                filler.Write(zeros);
            }
        }
        catch (IOException)
        {
            // Not a page is left.
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static int Shell(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    [GeneratedRegex("'actor_id': ([^,]+),")]
    private static partial Regex ActorId();

    [GeneratedRegex("'run_id': [^,}]+")]
    private static partial Regex RunId();
}
