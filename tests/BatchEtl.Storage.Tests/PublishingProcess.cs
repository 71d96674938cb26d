using System.Diagnostics;
using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Storage.Tests;

/// <summary>
/// A process that waits for a line on stdin, then takes a warehouse's lock, recovers and publishes one run after the other
/// until it is killed. It writes a line when it has the lock. With <c>hold</c> it only holds the lock;
/// with <c>list</c> it lists the folder and ends.
/// </summary>
internal static class PublishingProcess
{
    public const int Partitions = 3, Files = 4;

    /// <summary>No run starts the instant another ends; its recovery removes what readers may be listing.</summary>
    public const int PauseMilliseconds = 30;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static readonly DateOnly Day = new(2026, 1, 31);

    public static int Main(string[] arguments)
    {
        var (verb, root, name) = (arguments[0], arguments[1], arguments[2]);
        if (verb == "list")
        {
            Console.WriteLine($"found {At(root).Store.List(root)!.Count}");
            return 0;
        }

        WarmUp($"{root}.{name}");
        if (Console.ReadLine() is null)
        {
            return 0;
        }

        var warehouse = At(root);
        for (var n = 0; ; n++)
        {
            Thread.Sleep(n == 0 ? 0 : PauseMilliseconds);
            var runId = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
            using var held = RunLock.Take(warehouse, runId, DateTimeOffset.UnixEpoch);
            if (n == 0)
            {
                Console.WriteLine("locked");
            }

            if (verb == "hold")
            {
                Thread.Sleep(Timeout.Infinite);
            }

            try
            {
                Publish(warehouse, held);
            }
            catch (BatchEtlException e)
            {
                Console.WriteLine(e.Message);
                return (int)e.ExitCode;
            }
        }
    }

    /// <summary>A warehouse by its root; on HDFS a lock's holder is missed after two seconds.</summary>
    public static Warehouse At(string root) => new(
        WebHdfsOptions.IsHdfs(root) ? new WebHdfsStore(WebHdfsOptions.Of(root, Environment.GetEnvironmentVariable) with { LockPatience = Patience }) : new LocalStore(), root);

    /// <summary>Publishes elsewhere first: else most kills would meet the compiler.</summary>
    private static void WarmUp(string root)
    {
        using var held = RunLock.Take(At(root), "warm", DateTimeOffset.UnixEpoch);
        Publish(held.Warehouse, held);
    }

    /// <summary>Recovers and publishes all tables; every file's text is the run.</summary>
    public static void Publish(Warehouse warehouse, RunLock held)
    {
        var publisher = new Publisher(held);
        publisher.Recover();
        var tables = new DayTables(warehouse, held.RunId, Day);
        var staged = Enumerable.Range(0, Partitions).Select(t => Stage(warehouse, tables, held.RunId, Table(t))).ToList();
        publisher.Publish(
            new Manifest
            {
                RunId = held.RunId,
                Day = Day,
                AsOf = DateTimeOffset.UnixEpoch,
                Engine = "none",
                ProgramVersion = "1",
                HistoryStart = Day,
                Counts = new ManifestCounts(),
            },
            staged);
    }

    public static string Table(int number) => string.Create(CultureInfo.InvariantCulture, $"table_{number}");

    /// <summary>Starts this assembly as another process.</summary>
    public static Process Start(string verb, string root, string name, string? hadoop = null, string? trusted = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["HADOOP_CONF_DIR"] = hadoop;
        if (trusted is not null)
        {
            start.Environment["SSL_CERT_FILE"] = trusted;
        }

        start.Environment["DOTNET_TieredPGO"] = "0"; // Starts sooner.
        foreach (var argument in new[] { "exec", typeof(PublishingProcess).Assembly.Location, verb, root, name })
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Lets a started process begin, and waits until it has the lock.</summary>
    public static void Begin(Process process)
    {
        process.StandardInput.WriteLine();
        Assert.That(process.StandardOutput.ReadLine(), Is.EqualTo("locked"));
    }

    private static StagedPartition Stage(Warehouse warehouse, DayTables tables, string runId, string table)
    {
        var folder = tables.Stage(table);
        var files = new List<ManifestFile>();
        for (var i = 0; i < Files; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"part-{i:D3}.parquet");
            warehouse.Store.WriteText($"{folder}/{name}", runId);
            files.Add(new ManifestFile(name, runId.Length, "xxh128:0"));
        }

        return new StagedPartition(table, Day, 1, files);
    }
}
