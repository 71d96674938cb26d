using System.Security.Cryptography;
using BatchEtl.Core.Errors;

namespace BatchEtl.Generator.Tests;

public sealed class DeterminismTests
{
    [Test]
    public void Same_options_give_the_same_bytes_whatever_the_threads([Values] LandingCodec codec)
    {
        var options = LandingFolder.Options(30_000, 2) with { Codec = codec };
        Assert.That(Content(options with { Threads = 3 }), Is.EqualTo(Content(options with { Threads = 1 })));
    }

    [Test]
    public void Another_seed_is_another_world() =>
        Assert.That(Content(LandingFolder.Options(1_000, 1) with { Seed = 8 }), Is.Not.EqualTo(Content(LandingFolder.Options(1_000, 1))));

    [Test]
    public void Refuses_a_folder_that_holds_something()
    {
        using var landing = new LandingFolder();
        landing.Generate(LandingFolder.Options(10, 1));
        Assert.That(() => landing.Generate(LandingFolder.Options(10, 1)), Throws.TypeOf<BatchEtlException>().With.Property("ExitCode").EqualTo(ExitCode.Usage));
    }

    [Test]
    public void Refuses_options_out_of_bounds()
    {
        using var landing = new LandingFolder();
        var fine = LandingFolder.Options(10, 1);
        foreach (var wrong in new[] { fine with { Events = 0 }, fine with { Days = 0 }, fine with { HistoryDays = 1 }, fine with { Zone = "Mars" }, fine with { LateShare = 2 } })
        {
            Assert.That(() => landing.Generate(wrong), Throws.TypeOf<BatchEtlException>().With.Message.Contains("expected"));
        }
    }

    [Test]
    public void Stops_when_cancelled()
    {
        using var landing = new LandingFolder();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(
            () => MarketplaceGenerator.Run(LandingFolder.Options(1_000, 1) with { Output = landing.Root }, null, cancelled.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static string Content(GeneratorOptions options)
    {
        using var landing = new LandingFolder();
        landing.Generate(options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in LandedRecords.Files(landing.Root))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetRelativePath(landing.Root, file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
