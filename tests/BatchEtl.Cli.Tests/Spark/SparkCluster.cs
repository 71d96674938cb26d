using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Storage.WebHdfs;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>Where Spark runs.</summary>
public enum Deployment
{
    Local,
    Standalone,
    YarnClient,
    YarnCluster,
}

/// <summary>
/// HDFS of two DataNodes, YARN and a standalone Spark of two workers on this machine, started when a test first asks for them. The scripts
/// that start them lie outside the repository; tests are skipped where they are not.
/// </summary>
internal sealed class SparkCluster : IDisposable
{
    private static SparkCluster? _shared;
    private readonly string _folder = Directory.CreateTempSubdirectory("batch-etl-cluster-").FullName;
    private readonly WebHdfsStore _store;

    private SparkCluster()
    {
        var home = SparkSoftware.Home;
        try
        {
            ClusterScript.Run("hdfs", "up", Hadoop, "--datanodes", "2");
            ClusterScript.Run("yarn", "up", Hadoop);
            var told = ClusterScript.Run("yarn", "env", Hadoop);
            Hdfs = ClusterScript.Value(told, "HDFS_URI");
            Environment = new() { ["SPARK_HOME"] = home, ["SPARK_LOCAL_IP"] = "127.0.0.1", ["HADOOP_CONF_DIR"] = ClusterScript.Value(told, "HADOOP_CONF_DIR"), ["HADOOP_USER_NAME"] = System.Environment.UserName };
            _store = new WebHdfsStore(WebHdfsOptions.Of(Hdfs, Environment.GetValueOrDefault), ExitCode.Engine);
            Standalone = ClusterScript.Run("spark", "up", StandaloneFolder, "2").Trim();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The clusters of the namespace's tests; ignores the running test where there is no Spark or no script.</summary>
    public static SparkCluster Shared => _shared ??= new SparkCluster();

    public static void StopShared() => _shared?.Dispose();

    /// <summary>HDFS's root.</summary>
    public string Hdfs { get; }

    /// <summary>The standalone master.</summary>
    public string Standalone { get; }

    /// <summary>What a program needs in its environment to find all this.</summary>
    public Dictionary<string, string?> Environment { get; }

    private string Hadoop => Path.Combine(_folder, "hadoop");

    private string StandaloneFolder => Path.Combine(_folder, "spark");

    /// <summary>What tells spark-submit to run there.</summary>
    public string[] Options(Deployment deployment) => deployment switch
    {
        Deployment.Local => ["--master", "local[2]", .. _client],
        Deployment.Standalone => ["--master", Standalone, "--executor-memory", "1g", .. _client],
        Deployment.YarnClient => ["--master", "yarn", .. _client, .. Yarn],
        _ => ["--master", "yarn", "--deploy-mode", "cluster", "--conf", "spark.ui.enabled=false", .. Yarn],
    };

    private static readonly string[] _client = ["--conf", "spark.ui.enabled=false", "--conf", "spark.driver.host=127.0.0.1"];

    private static string[] Yarn =>
    [
        "--num-executors", "1", "--executor-memory", "1g",
        "--conf", $"spark.yarn.jars=local:{SparkSoftware.Home}/jars/*",
        "--conf", "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1", "--conf", "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
    ];

    /// <summary>Kills a DataNode with all its connections.</summary>
    public void KillDataNode(int number) => SparkSoftware.Signal(int.Parse(File.ReadAllText($"{Hadoop}/pid/datanode{number}"), CultureInfo.InvariantCulture), "KILL");

    /// <summary>Starts what of HDFS does not run.</summary>
    public void StartHdfsAgain() => ClusterScript.Run("hdfs", "up", Hadoop);


    /// <summary>The executors of the standalone workers.</summary>
    public IReadOnlyList<int> Executors() =>
        [.. Directory.GetFiles(StandaloneFolder, "worker*.pid").SelectMany(f => SparkSoftware.Descendants(int.Parse(File.ReadAllText(f), CultureInfo.InvariantCulture)))
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

    /// <summary>Copies what a warehouse publishes into a new folder.</summary>
    public string FetchTables(string warehouse, string into)
    {
        var local = Path.Combine(into, Path.GetRandomFileName());
        Fetch(warehouse, local);
        return local;
    }

    /// <summary>What a folder holds by name; nothing where it is missing.</summary>
    public IReadOnlyList<string> Names(string remote) => [.. (_store.List(remote) ?? []).Select(e => e.Name)];

    public void Dispose()
    {
        foreach (var (script, folder) in new[] { ("spark", StandaloneFolder), ("yarn", Hadoop), ("hdfs", Hadoop) })
        {
            if (Directory.Exists(folder))
            {
                ClusterScript.Run(script, "down", folder);
            }
        }

        _store?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Fetch(string remote, string local)
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
}
