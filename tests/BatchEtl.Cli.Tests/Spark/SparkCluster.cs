using System.Diagnostics;
using BatchEtl.Core.Errors;
using BatchEtl.Storage.WebHdfs;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>HDFS, YARN and a standalone Spark on this machine, for as long as a fixture runs.</summary>
internal sealed class SparkCluster : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("batch-etl-cluster-").FullName;
    private readonly WebHdfsStore _store;

    /// <summary>Starts them; ignores the running test where there is no Spark or no script.</summary>
    public SparkCluster()
    {
        var home = SparkSoftware.Home;
        try
        {
            Run(SparkSoftware.Script("hdfs"), "up", Hadoop);
            Run(SparkSoftware.Script("yarn"), "up", Hadoop);
            var told = Run(SparkSoftware.Script("yarn"), "env", Hadoop);
            Hdfs = Value(told, "HDFS_URI");
            Environment = new() { ["SPARK_HOME"] = home, ["SPARK_LOCAL_IP"] = "127.0.0.1", ["HADOOP_CONF_DIR"] = Value(told, "HADOOP_CONF_DIR"), ["HADOOP_USER_NAME"] = System.Environment.UserName };
            _store = new WebHdfsStore(WebHdfsOptions.Of(Hdfs, Environment.GetValueOrDefault), ExitCode.Engine);
            Standalone = Run(SparkSoftware.Script("spark"), "up", StandaloneFolder, "2").Trim();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>HDFS's root.</summary>
    public string Hdfs { get; }

    /// <summary>The standalone master.</summary>
    public string Standalone { get; }

    /// <summary>What a program needs in its environment to find all this.</summary>
    public Dictionary<string, string?> Environment { get; }

    private string Hadoop => Path.Combine(_folder, "hadoop");

    private string StandaloneFolder => Path.Combine(_folder, "spark");

    /// <summary>The executors of the standalone workers.</summary>
    public IReadOnlyList<int> Executors() =>
        [.. Directory.GetFiles(StandaloneFolder, "worker*.pid").SelectMany(f => SparkSoftware.Descendants(int.Parse(File.ReadAllText(f), System.Globalization.CultureInfo.InvariantCulture)))
            .Where(p => SparkSoftware.CommandOf(p).Contains("CoarseGrainedExecutorBackend", StringComparison.Ordinal))];

    /// <summary>Copies a folder to HDFS.</summary>
    public void Send(string local, string remote)
    {
        foreach (var file in Directory.GetFiles(local, "*", SearchOption.AllDirectories))
        {
            var path = $"{remote}/{Path.GetRelativePath(local, file)}";
            _store.CreateFolder(path[..path.LastIndexOf('/')]);
            _store.Send(file, path);
        }
    }

    /// <summary>Copies a folder of HDFS here, without what is hidden.</summary>
    public void Fetch(string remote, string local)
    {
        Directory.CreateDirectory(local);
        foreach (var entry in _store.List(remote)!.Where(e => e.Name[0] != '_'))
        {
            var (from, to) = ($"{remote}/{entry.Name}", Path.Combine(local, entry.Name));
            if (entry.IsFolder)
            {
                Fetch(from, to);
            }
            else
            {
                _store.Fetch(from, to);
            }
        }
    }

    /// <summary>What a folder holds by name; nothing where it is missing.</summary>
    public IReadOnlyList<string> Names(string remote) => [.. (_store.List(remote) ?? []).Select(e => e.Name)];

    public void Dispose()
    {
        foreach (var (script, folder) in new[] { ("spark", StandaloneFolder), ("yarn", Hadoop), ("hdfs", Hadoop) })
        {
            if (Directory.Exists(folder))
            {
                Run(SparkSoftware.Script(script), "down", folder);
            }
        }

        _store?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Run(string script, params string[] arguments)
    {
        // What is started keeps the pipes of its starter open: its output goes to a file.
        var output = Path.GetTempFileName();
        try
        {
            using var process = Process.Start("bash", ["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "run", output, script, .. arguments]);
            process.WaitForExit();
            var text = File.ReadAllText(output);
            return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)}: {text}");
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static string Value(string exports, string name) =>
        exports.Split([' ', '\n']).Single(w => w.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
}
