using BatchEtl.Core.Errors;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>Stores on the tests' HDFS.</summary>
internal static class Hdfs
{
    /// <summary>Who asks, by a root; the cluster's settings and starter unless said otherwise.</summary>
    public static WebHdfsOptions Options(string root, string? user = null) => WebHdfsOptions.Of(root, variable => variable switch
    {
        "HADOOP_CONF_DIR" => HdfsCluster.Shared.ConfFolder,
        "HADOOP_USER_NAME" => user,
        "USER" => Environment.UserName,
        _ => null,
    });

    public static WebHdfsStore Store(string root, string? user = null, ExitCode failure = ExitCode.Engine) => new(Options(root, user), failure);

    /// <summary>Expects an error whose message has all the parts.</summary>
    public static void Refuses(Action act, ExitCode code, params string[] parts)
    {
        var error = Assert.Throws<BatchEtlException>(() => act())!;
        TestContext.Out.WriteLine(error.Message);
        Assert.That(error.ExitCode, Is.EqualTo(code), error.Message);
        foreach (var part in parts)
        {
            Assert.That(error.Message, Does.Contain(part));
        }
    }
}
