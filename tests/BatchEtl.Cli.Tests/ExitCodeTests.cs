using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>Exit codes and messages of pipeline.md, on the real program.</summary>
[TestFixture]
public sealed class ExitCodeTests
{
    private Night _night = null!;

    [OneTimeSetUp]
    public void Generate() => _night = new Night(8_000);

    [OneTimeTearDown]
    public void Remove() => _night.Dispose();

    [Test]
    public void Usage()
    {
        Assert.That(ProgramRun.Of("nightly").ExitCode, Is.EqualTo(2));
        Assert.That(ProgramRun.Of("nightly", "--help").ExitCode, Is.Zero);
        var wrongKey = _night.Run("nightly", "--date", "2026-03-27", "--set", "landing.rot=/x");
        Assert.That(wrongKey.ExitCode, Is.EqualTo(2));
        Assert.That(wrongKey.Error, Does.Contain("'rot'").And.Contain("root"));
        Assert.That(_night.Run("nightly", "--date", "2026-3-27").ExitCode, Is.EqualTo(2));
    }

    [Test]
    public void AColumnThatNoSchemaHas()
    {
        var run = _night.Run("nightly", "--date", "2026-03-27", "--set", "events.dimensions.country=contry", "--set", $"warehouse.root={_night.Folder}/w1");
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("contry"));
    }

    [Test]
    public void NothingLanded()
    {
        var missing = _night.Run("nightly", "--date", "2026-03-27", "--set", $"landing.root={_night.Folder}/nowhere");
        Assert.That(missing.ExitCode, Is.EqualTo(3));
        Assert.That(missing.Error, Does.Contain("nowhere"));
        Assert.That(ProgramRun.Of("nightly", "--pipeline", _night.Pipeline, "--date", "2026-01-27", "--as-of", Night.AsOf, "--set", $"warehouse.root={_night.Folder}/w2").ExitCode, Is.EqualTo(3));
    }

    [Test]
    public void ADayThatIsNotOver()
    {
        var run = ProgramRun.Of("nightly", "--pipeline", _night.Pipeline, "--date", "2026-03-27", "--as-of", "2026-03-28T01:00:00Z");
        Assert.That(run.ExitCode, Is.EqualTo(5));
        Assert.That(run.Error, Does.Contain("--provisional"));
    }

    [Test]
    public void DamagedFiles()
    {
        var file = _night.LandedFile("2026-03-27/10");
        var whole = File.ReadAllBytes(file);
        try
        {
            File.WriteAllBytes(file, whole[..^100]);
            var run = _night.Run("nightly", "--date", "2026-03-27", "--set", $"warehouse.root={_night.Folder}/w3");
            Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
            Assert.That(run.Error, Does.Contain("2026-03-27/10").And.Contain("byte").And.Contain("skip"));

            var flipped = whole.ToArray();
            flipped[whole.Length / 2] ^= 0x55;
            File.WriteAllBytes(file, flipped);
            run = _night.Run("nightly", "--date", "2026-03-27", "--set", $"warehouse.root={_night.Folder}/w3");
            Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
            Assert.That(run.Error, Does.Contain("2026-03-27/10"));

            run = _night.Run("nightly", "--date", "2026-03-27", "--set", $"warehouse.root={_night.Folder}/w3", "--set", "landing.on_corrupt=skip");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Output, Does.Contain("lost to damage"));

            File.WriteAllBytes(file, []);
            run = _night.Run("nightly", "--date", "2026-03-27", "--set", $"warehouse.root={_night.Folder}/w4");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Error, Does.Contain("0 bytes"));
        }
        finally
        {
            File.WriteAllBytes(file, whole);
        }
    }

    [Test]
    public void RefusalsOfAPublishedWarehouse()
    {
        string[] warehouse = ["--set", $"warehouse.root={_night.Folder}/w5"];
        Assert.That(_night.Run("nightly", ["--date", "2026-03-28", .. warehouse]).ExitCode, Is.Zero);
        var earlier = _night.Run("nightly", ["--date", "2026-03-27", .. warehouse]);
        Assert.That(earlier.ExitCode, Is.EqualTo(5));
        Assert.That(earlier.Error, Does.Contain("2026-03-28"));
        var settings = _night.Run("nightly", ["--date", "2026-03-29", "--set", "sessions.gap=20m", .. warehouse]);
        Assert.That(settings.ExitCode, Is.EqualTo(5), "the day before was made with other settings");
        Assert.That(settings.Error, Does.Contain("gap"));
    }

    [Test]
    public void TwoRunsAtOnce()
    {
        using var first = ProgramRun.Start("backfill", "--pipeline", _night.Pipeline, "--as-of", Night.AsOf, "--from", "2026-03-27", "--to", "2026-03-29", "--set", $"warehouse.root={_night.Folder}/w6");
        first.BeginErrorReadLine();
        first.BeginOutputReadLine();
        while (!File.Exists($"{_night.Folder}/w6/_lock") && !first.HasExited)
        {
            Thread.Sleep(20);
        }

        Thread.Sleep(100);
        var second = _night.Run("nightly", "--date", "2026-03-27", "--set", $"warehouse.root={_night.Folder}/w6");
        Assert.That(second.ExitCode, Is.EqualTo(5), second.Error);
        Assert.That(second.Error, Does.Contain("in use by run"));
        first.WaitForExit();
        Assert.That(first.ExitCode, Is.Zero);
    }
}
