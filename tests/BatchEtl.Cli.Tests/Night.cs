namespace BatchEtl.Cli.Tests;

/// <summary>A folder with a generated landing and the marketplace's pipeline file.</summary>
internal sealed class Night : IDisposable
{
    public const string AsOf = "2026-04-20T00:00:00Z";

    /// <summary>Options by which most has expired after a day.</summary>
    public static readonly string[] KeptForADay = ["--set", "landing.lateness=0", "--set", "warehouse.keep={events: 1d, sessions: 1d, actors: 1d, metrics: 1d, rejects: 1d}"];

    public Night(long events = 20_000, int days = 3)
    {
        Folder = Directory.CreateTempSubdirectory("batch-etl-cli-").FullName;
        Pipeline = Path.Combine(Folder, "pipeline.yaml");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "examples", "marketplace", "pipeline.yaml"), Pipeline);
        var made = ProgramRun.Of("generate", "--out", Landing, "--events", $"{events}", "--days", $"{days}", "--first-day", "2026-03-27");
        if (made.ExitCode != 0)
        {
            throw new InvalidOperationException(made.Error);
        }
    }

    public string Folder { get; }

    public string Pipeline { get; }

    public string Landing => Path.Combine(Folder, "landing");

    public string Warehouse => Path.Combine(Folder, "warehouse");

    public ProgramRun Run(string verb, params string[] arguments) => ProgramRun.Of([verb, "--pipeline", Pipeline, "--as-of", AsOf, .. arguments]);

    public static string[] Backfill(params string[] more) => ["--from", "2026-03-27", "--to", "2026-03-29", .. more];

    /// <summary>A landed file of a folder.</summary>
    public string LandedFile(string folder) => Directory.GetFiles(Path.Combine(Landing, folder), "*.avro").Order(StringComparer.Ordinal).First();

    /// <summary>All published rows of a warehouse as text, by table and day.</summary>
    /// <param name="recordNumbers">Whether the numbers of rejected records count: Spark does not know them.</param>
    public IReadOnlyDictionary<string, string> Rows(string? warehouse = null, bool recordNumbers = true) => PublishedRows.Of(warehouse ?? Warehouse, Pipeline, recordNumbers);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
