using BatchEtl.Core.Errors;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>Who we are for HDFS and where its NameNodes are.</summary>
/// <param name="NameNodes">Web addresses; several = high availability.</param>
/// <param name="User">Sent as user.name where there is no token.</param>
/// <param name="Token">A delegation token, or null.</param>
public sealed record WebHdfsOptions(IReadOnlyList<Uri> NameNodes, string User, string? Token)
{
    /// <summary>How long a lock outlives its holder.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long nothing may move on a connection.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a call is repeated, with up to 5 s between: 10 bridge about half a minute.</summary>
    public int Retries { get; init; } = 10;

    /// <summary>Schemes of the roots that are on HDFS.</summary>
    public static bool IsHdfs(string root) =>
        root.StartsWith("hdfs://", StringComparison.Ordinal) || root.StartsWith("webhdfs://", StringComparison.Ordinal) || root.StartsWith("swebhdfs://", StringComparison.Ordinal);

    /// <summary>
    /// For a root: <c>hdfs://NAMENODE:RPC/path</c> or <c>hdfs://NAMESERVICE/path</c> by Hadoop's settings in HADOOP_CONF_DIR (web port
    /// 9870 without them), <c>webhdfs://HOST:PORT[,HOST:PORT]/path</c>, <c>swebhdfs://</c> by HTTPS.
    /// </summary>
    /// <param name="variable">The environment: HADOOP_CONF_DIR, HADOOP_USER_NAME, USER, BATCH_ETL_HDFS_TOKEN.</param>
    /// <exception cref="BatchEtlException">No NameNode can be found for the root (Usage).</exception>
    public static WebHdfsOptions Of(string root, Func<string, string?> variable)
    {
        var scheme = root[..root.IndexOf("://", StringComparison.Ordinal)];
        var authority = Authority(root);
        try
        {
            IReadOnlyList<Uri> nodes = authority.Length == 0 ? []
                : scheme == "hdfs"
                ? new HadoopSettings(variable("HADOOP_CONF_DIR")).NameNodes(authority)
                : [.. authority.Split(',').Select(a => new Uri($"{(scheme == "swebhdfs" ? "https" : "http")}://{a}"))];
            if (nodes.Count > 0)
            {
                return new WebHdfsOptions(nodes, variable("HADOOP_USER_NAME") ?? variable("USER") ?? Environment.UserName, variable("BATCH_ETL_HDFS_TOKEN"));
            }
        }
        catch (Exception e) when (e is UriFormatException or IOException)
        {
            throw BatchEtlException.Usage($"{root}: {e.Message}");
        }

        throw BatchEtlException.Usage($"{root}: expected hdfs://NAMENODE:PORT/path, hdfs://NAMESERVICE/path with its settings in HADOOP_CONF_DIR, or webhdfs://HOST:PORT/path");
    }

    /// <summary>What stands between a root's scheme and its path.</summary>
    internal static string Authority(string root)
    {
        var start = root.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = root.IndexOf('/', start);
        return end < 0 ? root[start..] : root[start..end];
    }

    /// <summary>The path that WebHDFS knows; <c>/</c> for the root itself.</summary>
    internal static string PathOf(string path)
    {
        if (!IsHdfs(path))
        {
            throw new ArgumentException($"{path} is no path on HDFS", nameof(path));
        }

        var start = path.IndexOf("://", StringComparison.Ordinal) + 3;
        var slash = path.IndexOf('/', start);
        return slash < 0 ? "/" : path[slash..];
    }
}
