using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchEtl.Benchmarks;

/// <summary>
/// A whole night on generated events, every table of the demo marketplace, in a process of its own for each size:
/// seconds, events per second, peak resident memory and where the time went.
/// <c>night --events 10000000,100000000 --memory 4GB --dir DIR --program batch-etl.dll --pipeline pipeline.yaml</c>
/// </summary>
internal static partial class NightBenchmark
{
    private const string Day = "2026-03-27";

    public static int Run(string[] args)
    {
        string Option(string name, string? otherwise) => Array.IndexOf(args, "--" + name) is >= 0 and var at && at + 1 < args.Length
            ? args[at + 1]
            : otherwise ?? throw new ArgumentException($"night wants --{name}");

        var program = Option("program", null);
        var pipeline = Option("pipeline", null);
        var memory = Option("memory", "4GB");
        var root = Path.Combine(Option("dir", Path.GetTempPath()), Path.GetRandomFileName());
        Console.WriteLine("| events | seconds | million events a second | peak resident memory, GB | published, MB | where the time went, s |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var size in Option("events", "10000000").Split(','))
        {
            Directory.CreateDirectory(root);
            try
            {
                File.Copy(pipeline, Path.Combine(root, "pipeline.yaml"));
                Start(program, "generate", "--out", Path.Combine(root, "landing"), "--events", size, "--no-progress").Output();
                Console.WriteLine(Night(program, root, long.Parse(size, CultureInfo.InvariantCulture), memory));
            }
            finally
            {
                Directory.Delete(root, recursive: true);
            }
        }

        return 0;
    }

    private static string Night(string program, string root, long events, string memory)
    {
        var watch = Stopwatch.StartNew();
        var night = Start(program, "nightly", "--pipeline", Path.Combine(root, "pipeline.yaml"), "--date", Day, "--set", $"engine.memory={memory}");
        var output = night.Output();
        var seconds = watch.Elapsed.TotalSeconds;
        var published = new DirectoryInfo(Path.Combine(root, "warehouse")).EnumerateFiles("*.parquet", SearchOption.AllDirectories).Sum(f => f.Length);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {events:N0} | {seconds:N0} | {events / seconds / 1e6:N2} | {night.PeakBytes / 1e9:N1} | {published / 1e6:N0} | {Steps().Match(output).Groups[1].Value} |");
    }

    private static Child Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        return new Child(process, string.Join(' ', arguments));
    }

    [GeneratedRegex(@"^time: .*?\((.*)\)", RegexOptions.Multiline)]
    private static partial Regex Steps();

    /// <summary>A process whose memory is looked at while it runs.</summary>
    private sealed class Child(Process process, string command)
    {
        /// <summary>The most resident memory that was seen, the system's own record of it where it keeps one.</summary>
        public long PeakBytes { get; private set; }

        public string Output()
        {
            var output = process.StandardOutput.ReadToEndAsync();
            while (!process.WaitForExit(100))
            {
                process.Refresh();
                try
                {
                    PeakBytes = Math.Max(PeakBytes, process.PeakWorkingSet64);
                }
                catch (InvalidOperationException)
                {
                    // It ended in between.
                }
            }

            var text = output.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {text}");
        }
    }
}
