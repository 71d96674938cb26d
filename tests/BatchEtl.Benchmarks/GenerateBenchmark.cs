using System.Diagnostics;
using System.Globalization;
using BatchEtl.Generator;

namespace BatchEtl.Benchmarks;

/// <summary>
/// Events per second of the generator. Without <c>--out</c> it writes to a temporary folder and removes it.
/// <c>generate --events 20000000 --days 1 --codec snappy --threads 2 --out DIR</c>
/// </summary>
internal static class GenerateBenchmark
{
    public static int Run(string[] args)
    {
        string Option(string name, string otherwise)
        {
            var at = Array.IndexOf(args, "--" + name);
            return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
        }

        var keep = args.Contains("--out");
        var folder = Option("out", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        var options = new GeneratorOptions
        {
            Output = folder,
            Events = long.Parse(Option("events", "20000000"), CultureInfo.InvariantCulture),
            Days = int.Parse(Option("days", "1"), CultureInfo.InvariantCulture),
            FirstDay = DateOnly.Parse(Option("first-day", "2026-03-23"), CultureInfo.InvariantCulture),
            Codec = Enum.Parse<LandingCodec>(Option("codec", "snappy"), ignoreCase: true),
            Threads = int.Parse(Option("threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture),
            HistoryDays = int.Parse(Option("history-days", "0"), CultureInfo.InvariantCulture),
        };
        try
        {
            var watch = Stopwatch.StartNew();
            var landing = MarketplaceGenerator.Run(options);
            var seconds = watch.Elapsed.TotalSeconds;
            var peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
            Console.WriteLine(FormattableString.Invariant(
                $"{landing.Records:N0} records, {landing.Files} files, {landing.Bytes / 1e6:N0} MB, {seconds:N1} s, {landing.Records / seconds / 1e6:N2} M records/s, {landing.Bytes / (double)landing.Records:N1} bytes a record on disk, peak {peak:N0} MB"));
            return 0;
        }
        finally
        {
            if (!keep && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
