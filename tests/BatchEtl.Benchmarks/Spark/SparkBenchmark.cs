using System.Diagnostics;
using System.Globalization;
using BatchEtl.Avro.Container;
using BatchEtl.Spark;
using BatchEtl.Spark.Gateway;
using Parquet;

namespace BatchEtl.Benchmarks.Spark;

/// <summary>
/// The first night of generated events on Spark, beside the straightforward Spark SQL of the same tables (baseline.sql) on
/// the same Spark with its own defaults, and beside the embedded engine; one after the other, each with its start.
/// <c>spark --events 20000000 --master local[2] --memory 8g --dir DIR --program batch-etl.dll --pipeline pipeline.yaml</c>
/// </summary>
internal static class SparkBenchmark
{
    private const string Day = "2026-03-27";

    /// <summary>The day in Vilnius, before its clocks change.</summary>
    private const long Start = 1774562400000000;
    private const long End = Start + 86_400_000_000;

    public static int Run(string[] args)
    {
        string Option(string name, string? otherwise) => Array.IndexOf(args, "--" + name) is >= 0 and var at && at + 1 < args.Length
            ? args[at + 1]
            : otherwise ?? throw new ArgumentException($"spark wants --{name}");

        var home = Environment.GetEnvironmentVariable("SPARK_HOME") ?? throw new ArgumentException("spark wants SPARK_HOME");
        var program = Option("program", null);
        var events = Option("events", "20000000");
        var master = Option("master", "local[2]");
        var memory = Option("memory", "8g");
        var root = Path.Combine(Option("dir", Path.GetTempPath()), Path.GetRandomFileName());
        Directory.CreateDirectory(root);
        try
        {
            var pipeline = Path.Combine(root, "pipeline.yaml");
            File.Copy(Option("pipeline", null), pipeline);
            Call(program, "generate", "--out", Path.Combine(root, "landing"), "--events", events, "--no-progress");
            var conf = string.Create(CultureInfo.InvariantCulture, $"engine.conf={{\"spark.driver.memory\": \"{memory}\"}}");
            string[] night = ["nightly", "--pipeline", pipeline, "--date", Day, "--set"];
            var only = Option("only", "baseline,spark,embedded").Split(',');
            var times = new List<(string Name, TimeSpan Time, IReadOnlyDictionary<string, long> Rows)>();
            foreach (var (name, run, folder) in new (string, Action, Func<string, string>)[]
            {
                ("baseline", () => Baseline(home, master, memory, root), t => $"baseline/{t}"),
                ("spark", () => Call(program, [.. night, $"warehouse.root={root}/spark", "--set", conf, "--set", $"engine.master={master}", "--engine", "spark"]), t => $"spark/{t}/dt={Day}"),
                ("embedded", () => Call(program, [.. night, $"warehouse.root={root}/embedded", "--engine", "duckdb"]), t => $"embedded/{t}/dt={Day}"),
            }.Where(r => only.Contains(r.Item1)))
            {
                var watch = Stopwatch.StartNew();
                run();
                times.Add((name, watch.Elapsed, Rows(t => Path.Combine(root, folder(t)))));
            }

            Print(times, events);
            return times.All(t => t.Rows.SequenceEqual(times[0].Rows)) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Baseline(string home, string master, string memory, string root)
    {
        var conf = new Dictionary<string, string>
        {
            ["spark.ui.enabled"] = "false",
            ["spark.driver.host"] = "127.0.0.1",
            ["spark.driver.bindAddress"] = "127.0.0.1",
            ["spark.driver.memory"] = memory,
            ["spark.sql.catalogImplementation"] = "in-memory",
            ["spark.sql.session.timeZone"] = "UTC",
        };
        var submit = SparkSubmit.Start(home, master, conf, CancellationToken.None);
        using var session = new GatewaySession(submit.Address, submit, "baseline");
        foreach (var (files, i) in ByVersion(Path.Combine(root, "landing")).Select((v, i) => (v, i)))
        {
            // Times stay integers: the generator's bad ones stop Spark's own conversion.
            var schema = files.Key.Replace(",\"logicalType\":\"timestamp-millis\"", "", StringComparison.Ordinal).Replace(",\"logicalType\":\"timestamp-micros\"", "", StringComparison.Ordinal);
            session.ViewOfAvro(string.Create(CultureInfo.InvariantCulture, $"landed_{i + 1}"), [.. files.Select(f => "file://" + f)], schema, ["*", "_metadata.file_path AS file"]);
        }

        var statements = string.Join('\n', File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Spark", "baseline.sql")).Where(l => !l.StartsWith("--", StringComparison.Ordinal)));
        foreach (var statement in statements.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            session.Execute(statement
                .Replace("{out}", "file://" + Path.Combine(root, "baseline"), StringComparison.Ordinal)
                .Replace("{start}", Start.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{end}", End.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }
    }

    /// <summary>Landed files by their schema, versions 1 to 3: the number of columns and their order tell them apart.</summary>
    private static IEnumerable<IGrouping<string, string>> ByVersion(string landing) => Directory
        .GetFiles(landing, "*.avro", SearchOption.AllDirectories)
        .GroupBy(SchemaOf)
        .OrderBy(g => g.Key.Contains("\"bytes\"", StringComparison.Ordinal) ? 3 : g.Key.Contains("app_version", StringComparison.Ordinal) ? 2 : 1);

    private static string SchemaOf(string file)
    {
        using var source = AvroSource.OpenFile(file);
        return AvroFileHeader.Read(source)!.SchemaJson;
    }

    private static SortedDictionary<string, long> Rows(Func<string, string> folder)
    {
        return new SortedDictionary<string, long>(
            new[] { "events", "rejects", "sessions", "actors", "cube_traffic", "cube_catalog", "cube_visits", "metrics" }
                .ToDictionary(t => t, t => Directory.GetFiles(folder(t), "*.parquet").Sum(RowsOf)),
            StringComparer.Ordinal);
    }

    private static long RowsOf(string file)
    {
        using var stream = File.OpenRead(file);
        var reader = ParquetReader.CreateAsync(stream).GetAwaiter().GetResult();
        return reader.Metadata!.NumRows;
    }

    private static void Print(List<(string Name, TimeSpan Time, IReadOnlyDictionary<string, long> Rows)> times, string events)
    {
        Console.WriteLine($"{events} events");
        Console.WriteLine($"| engine | seconds | of the first | {string.Join(" | ", times[0].Rows.Keys)} |");
        Console.WriteLine($"|---|---|---|{string.Concat(times[0].Rows.Select(_ => "---|"))}");
        foreach (var (name, time, rows) in times)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {time.TotalSeconds:N0} | {time / times[0].Time:N2} | {string.Join(" | ", rows.Values)} |"));
        }
    }

    private static void Call(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
        }

        Console.Error.WriteLine(output.Split('\n').LastOrDefault(l => l.StartsWith("time:", StringComparison.Ordinal)));
    }
}
