namespace BatchEtl.Generator.Tests;

/// <summary>A temporary landing that is removed with its test.</summary>
internal sealed class LandingFolder : IDisposable
{
    public string Root { get; } = Path.Combine(Path.GetTempPath(), "batch-etl-generator-" + Path.GetRandomFileName());

    public GeneratedLanding Generate(GeneratorOptions options) => MarketplaceGenerator.Run(options with { Output = Root });

    public static GeneratorOptions Options(long events, int days) =>
        new() { Output = string.Empty, Events = events, Days = days, FirstDay = new DateOnly(2026, 3, 27), Seed = 7 };

    public void Dispose()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
