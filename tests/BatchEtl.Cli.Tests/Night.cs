using BatchEtl.DuckDb;
using BatchEtl.Core.Configuration;
using BatchEtl.Landing;
using BatchEtl.Avro.Container;

namespace BatchEtl.Cli.Tests;

/// <summary>A folder with a generated landing and the marketplace's pipeline file.</summary>
internal sealed class Night : IDisposable
{
    public const string AsOf = "2026-04-20T00:00:00Z";

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
    public IReadOnlyDictionary<string, string> Rows(string? warehouse = null, bool recordNumbers = true)
    {
        var pipeline = PipelineFile.Load(Pipeline, [], Folder);
        using var engine = new DuckDbEngine(pipeline.Engine, Path.GetTempPath(), new LandedInput(pipeline, AvroSource.OpenFile));
        var root = warehouse ?? Warehouse;
        return Directory.GetDirectories(root)
            .Where(t => Path.GetFileName(t)[0] != '_')
            .SelectMany(Directory.GetDirectories)
            .ToDictionary(
                p => Path.GetRelativePath(root, p),
                p => string.Join('\n', engine.Rows($"SELECT CAST(t AS VARCHAR) FROM (SELECT *{(recordNumbers || Path.GetFileName(Path.GetDirectoryName(p)) != "rejects" ? "" : " EXCLUDE (record_number)")} FROM {engine.ParquetRelation(Directory.GetFiles(p, "*.parquet"))}) AS t", CancellationToken.None)
                    .Select(r => (string)r[0]!).Order(StringComparer.Ordinal)),
                StringComparer.Ordinal);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
