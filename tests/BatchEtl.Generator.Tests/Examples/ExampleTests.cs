namespace BatchEtl.Generator.Tests.Examples;

/// <summary>The data that lies beside the example pipelines. It is made here, never by hand.</summary>
public sealed class ExampleTests
{
    private static readonly (string Name, Action<string> Write)[] Examples =
    [
        ("marketplace", WriteMarketplace),
        ("kafka-envelope", KafkaEnvelope.Write),
        ("web-analytics", WebAnalytics.Write),
    ];

    [Test]
    public void Committed_data_is_what_its_code_makes([Values("marketplace", "kafka-envelope", "web-analytics")] string name)
    {
        using var fresh = new LandingFolder();
        Examples.Single(e => e.Name == name).Write(fresh.Root);
        Assert.That(ExampleFiles.Content(Landing(name)), Is.EqualTo(ExampleFiles.Content(fresh.Root)), "run the test Regenerate and commit what it wrote");
    }

    [Test]
    public void Committed_data_is_small()
    {
        var bytes = Examples.Sum(e => Directory.EnumerateFiles(Landing(e.Name), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length));
        TestContext.Out.WriteLine($"{bytes} bytes");
        Assert.That(bytes, Is.LessThan(300_000));
    }

    /// <summary><c>dotnet test tests/BatchEtl.Generator.Tests --filter Name=Regenerate</c></summary>
    [Test]
    [Explicit("writes the examples' data into the repository")]
    public void Regenerate()
    {
        foreach (var (name, write) in Examples)
        {
            if (Directory.Exists(Landing(name)))
            {
                Directory.Delete(Landing(name), recursive: true);
            }

            write(Landing(name));
        }
    }

    private static string Landing(string name) => Path.Combine(ExampleFiles.Root, name, "landing");

    // Over a day of 23 hours; more of everything that goes wrong than in real life, so that a few hundred records show it.
    private static void WriteMarketplace(string root) => MarketplaceGenerator.Run(new GeneratorOptions
    {
        Output = root,
        Events = 800,
        Days = 2,
        FirstDay = new DateOnly(2026, 3, 28),
        Seed = 74,
        DuplicateShare = 0.03,
        LateShare = 0.03,
        RejectShare = 0.015,
    });
}
