using System.Diagnostics;
using NUnit.Framework;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>
/// A real HDFS of one NameNode and two DataNodes, started when a test first asks for it and shared by all of the assembly.
/// The script that starts it lies outside the repository; tests are skipped where it is not.
/// </summary>
internal sealed class HdfsCluster
{
    private static readonly Lazy<HdfsCluster> _shared = new(() => new HdfsCluster());
    private readonly string _script;
    private readonly string _folder;
    private string? _settings;
    private int _folders;

    private HdfsCluster()
    {
        _script = Script() ?? "";
        _folder = _script.Length == 0 ? "" : Directory.CreateTempSubdirectory("batch-etl-hdfs-").FullName;
        if (_script.Length > 0)
        {
            Up();
        }
    }

    /// <summary>The cluster; ignores the running test where none can be started.</summary>
    public static HdfsCluster Shared
    {
        get
        {
            if (_shared.Value._script.Length == 0)
            {
                Assert.Ignore("no HDFS to start: set BATCH_ETL_SHARED to the folder that has cluster/hdfs, or put it into a folder named shared beside the repository");
            }

            return _shared.Value;
        }
    }

    /// <summary>Hadoop's settings.</summary>
    public string ConfFolder => $"{_folder}/conf";

    /// <summary>hdfs://host:port.</summary>
    public string Root => Setting("HDFS_URI");

    /// <summary>host:port of the NameNode's web address.</summary>
    public string WebAddress => new Uri(Setting("WEBHDFS_URL")).Authority;

    /// <summary>A new path on the cluster where nothing is, below which all may write.</summary>
    public string NewFolder(string? root = null)
    {
        var path = $"/t{Interlocked.Increment(ref _folders)}-{Guid.NewGuid():N}";
        Rest(HttpMethod.Put, path, "op=MKDIRS&permission=777");
        return (root ?? Root) + path;
    }

    /// <summary>A REST call as the superuser, for what the store has no word for.</summary>
    public void Rest(HttpMethod method, string path, string query)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, $"{Setting("WEBHDFS_URL")}{path}?{query}&user.name={Environment.UserName}");
        using var answer = http.Send(request);
        Assert.That(answer.IsSuccessStatusCode, answer.Content.ReadAsStringAsync().Result);
    }

    /// <summary>Kills a daemon: namenode, datanode1, datanode2.</summary>
    public void Kill(string daemon)
    {
        using var process = Process.GetProcessById(int.Parse(File.ReadAllText($"{_folder}/pid/{daemon}"), System.Globalization.CultureInfo.InvariantCulture));
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Starts what does not run.</summary>
    public void Up() =>
        // DataNodes, which are clients when they take a file for us, else wait 0.4 s for the NameNode to know a file's blocks.
        Call("up", "--datanodes", "2", "-D", "dfs.client.block.write.locateFollowingBlock.initial.delay.ms=20");

    public static void StopShared()
    {
        if (_shared.IsValueCreated && _shared.Value._script.Length > 0)
        {
            _shared.Value.Call("down");
            Directory.Delete(_shared.Value._folder, recursive: true);
        }
    }

    private static string? Script()
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("BATCH_ETL_SHARED") };
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            candidates.Add(Path.Combine(at.FullName, "shared"));
        }

        return candidates.OfType<string>().Select(c => Path.Combine(c, "cluster", "hdfs")).FirstOrDefault(File.Exists);
    }

    private string Setting(string name) =>
        (_settings ??= Call("env")).Split((char[])[' ', '\n']).First(s => s.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private string Call(string verb, params string[] more)
    {
        var start = new ProcessStartInfo(_script) { RedirectStandardOutput = verb == "env" };
        foreach (var argument in (string[])[verb, _folder, .. more])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = verb == "env" ? process.StandardOutput.ReadToEnd() : "";
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{_script} {verb} failed; its reason is in the tests' standard error");
    }
}
