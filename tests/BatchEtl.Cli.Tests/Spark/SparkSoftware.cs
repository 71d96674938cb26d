using System.Diagnostics;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>The Spark, and the scripts that start clusters on this machine, which tests use where they are there.</summary>
internal static class SparkSoftware
{
    /// <summary>Spark's folder; ignores the running test where there is none.</summary>
    public static string Home
    {
        get
        {
            var home = Environment.GetEnvironmentVariable("SPARK_HOME");
            if (string.IsNullOrEmpty(home))
            {
                Assert.Ignore("no Spark: set SPARK_HOME to an Apache Spark 3.5 or later with spark-avro among its jars");
            }

            return home!;
        }
    }

    /// <summary>A script that starts clusters; ignores the running test where there is none.</summary>
    public static string Script(string name)
    {
        var script = Path.Combine(Environment.GetEnvironmentVariable("BATCH_ETL_SHARED") ?? "shared", "cluster", name);
        if (!File.Exists(script))
        {
            Assert.Ignore($"no script {name}: set BATCH_ETL_SHARED to the folder that has cluster/{name}");
        }

        return script;
    }

    /// <summary>The processes that a process started, and those that they started.</summary>
    public static IReadOnlyList<int> Descendants(int process)
    {
        var parents = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(int.Parse!)
            .Select(p => (Process: p, Parent: ParentOf(p))).ToList();
        var found = new List<int> { process };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(parents.Where(p => p.Parent == found[i]).Select(p => p.Process));
        }

        return found[1..];
    }

    /// <summary>The command line of a process; empty where it is gone or a zombie.</summary>
    public static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Sends a signal to a process that is there.</summary>
    public static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
        Assert.That(kill.ExitCode, Is.Zero);
    }

    /// <summary>Waits for something; the test fails when it does not come.</summary>
    public static void Until(Func<bool> condition, string what, int seconds = 60)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(seconds)), $"waited for {what}");
            Thread.Sleep(50);
        }
    }

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
