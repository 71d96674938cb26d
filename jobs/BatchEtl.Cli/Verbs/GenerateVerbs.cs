using System.Diagnostics;
using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Runs;
using BatchEtl.Generator;

namespace BatchEtl.Cli.Verbs;

/// <summary>Verbs that make events of their own.</summary>
internal static class GenerateVerbs
{
    private const string DemoMark = ".batch-etl-demo";

    public static ExitCode Generate(GenerateOptions options, CancellationToken cancellation)
    {
        if (!Enum.TryParse<LandingCodec>(options.Codec, ignoreCase: true, out var codec))
        {
            throw BatchEtlException.Usage($"--codec: expected null, deflate, snappy or zstandard, found '{options.Codec}'");
        }

        Run(
            new GeneratorOptions
            {
                Output = Path.GetFullPath(options.Out),
                Events = options.Events,
                Days = options.Days,
                HistoryDays = options.HistoryDays,
                FirstDay = OptionValues.Date("first-day", options.FirstDay),
                Seed = options.Seed,
                Codec = codec,
            },
            !options.NoProgress,
            cancellation);
        return ExitCode.Done;
    }

    public static ExitCode Demo(DemoOptions options, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(options.Out);
        Prepare(folder);
        // Eight days of small history, then three of full volume; the last has 23 hours.
        var first = new DateOnly(2026, 3, 19);
        const int days = 11;
        const int history = 8;
        Run(
            new GeneratorOptions { Output = Path.Combine(folder, "landing"), Events = options.Events, Days = days, HistoryDays = history, FirstDay = first, HistoryShare = 0.02 },
            !options.NoProgress,
            cancellation);
        var pipeline = PipelineFile.Load(Path.Combine(folder, "pipeline.yaml"), [], folder);
        var asOf = new DateTimeOffset(first.AddDays(days + 4).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return RunVerbs.With(pipeline, "text", !options.NoProgress, asOf, provisional: false, parts =>
        {
            RunVerbs.Summarize(parts, new NightRunner(parts).Backfill(first, first.AddDays(days - 1), force: false, cancellation));
            Console.Out.WriteLine();
            Console.Out.WriteLine($"pipeline file: {options.Out}/pipeline.yaml   tables: {options.Out}/warehouse   look: batch-etl show metrics --pipeline {options.Out}/pipeline.yaml --date {first.AddDays(days - 1):yyyy-MM-dd}");
        });
    }

    private static void Prepare(string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            if (!File.Exists(Path.Combine(folder, DemoMark)))
            {
                throw BatchEtlException.Usage($"--out: expected a missing or empty folder or one of an earlier demo, found {folder} with other contents");
            }

            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, DemoMark), string.Empty);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "examples", "marketplace", "pipeline.yaml"), Path.Combine(folder, "pipeline.yaml"));
    }

    private static void Run(GeneratorOptions options, bool progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var shown = progress && !Console.IsErrorRedirected ? new Progress<long>(records => Console.Error.Write(string.Create(
            CultureInfo.InvariantCulture, $"\rgenerated {records:N0} of {options.Events:N0} records, {records / clock.Elapsed.TotalSeconds / 1e6:F2} M/s   "))) : null;
        var made = MarketplaceGenerator.Run(options, shown, cancellation);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(shown is null ? "" : "\r")}generated {made.Records:N0} records in {made.Files:N0} files, {made.Bytes / 1e6:N0} MB, in {clock.Elapsed.TotalSeconds:F1} s ({made.Records / clock.Elapsed.TotalSeconds / 1e6:F2} million a second)"));
    }
}
