using System.Security.Cryptography;
using BatchEtl.Core.Errors;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>HDFS that refuses, is full, or loses its daemons: errors with path and cause, and what can go on goes on.</summary>
[NonParallelizable]
public sealed class WebHdfsFailureTests
{
    private const int Bytes = 24 << 20;
    private string _root = null!;

    [SetUp]
    public void Make() => _root = HdfsCluster.Shared.NewFolder();

    [Test]
    public void Anothers_folder_is_refused_with_user_path_and_what_to_do()
    {
        var path = $"{_root}/private";
        var mine = Hdfs.Store(_root);
        mine.WriteText($"{path}/f", "x");
        HdfsCluster.Shared.Rest(HttpMethod.Put, WebHdfsOptions.PathOf(path), "op=SETPERMISSION&permission=700");
        var alice = Hdfs.Store(_root, "alice", ExitCode.Input);
        foreach (var (act, what) in new (Action, string)[]
        {
            (() => alice.List(path), "list the folder"),
            (() => alice.ReadText($"{path}/f"), "read the file"),
            (() => alice.Exists($"{path}/f"), "look for it"),
            (() => alice.WriteText($"{path}/g", "x"), "write the file"),
            (() => alice.CreateFolder($"{path}/g"), "make the folder"),
            (() => alice.Move($"{path}/f", $"{_root}/f"), $"move {path}/f here"),
            (() => alice.Delete($"{path}/f"), "delete"),
            (() => alice.TryLock($"{path}/w/_lock", "alice", out _), "lock the file"),
        })
        {
            Hdfs.Refuses(act, ExitCode.Input, $"cannot {what}: user 'alice' has no permission (Permission denied: user=alice, access=", "HADOOP_USER_NAME", _root);
        }

        Assert.That(mine.ReadText($"{path}/f"), Is.EqualTo("x"));
    }

    [TestCase("namespacequota=2", "The NameSpace quota (directories and files) of directory ")]
    [TestCase("storagespacequota=1000000", "The DiskSpace quota of ")]
    public void A_reached_quota_is_named_as_such(string quota, string message)
    {
        HdfsCluster.Shared.Rest(HttpMethod.Put, WebHdfsOptions.PathOf(_root), $"op=SETQUOTA&{quota}");
        var store = Hdfs.Store(_root, failure: ExitCode.Input);
        Hdfs.Refuses(
            () =>
            {
                store.WriteText($"{_root}/a", "x");
                store.WriteText($"{_root}/b", "x");
            },
            ExitCode.Engine,
            $"{_root}/", "cannot write the file: HDFS is full or a quota is reached (", message, "raise the quota");
    }

    [Test]
    public void A_DataNode_that_dies_while_a_file_is_read_or_written_is_replaced_by_the_other()
    {
        var store = Hdfs.Store(_root);
        using var local = new TemporaryFolder();
        var bytes = RandomNumberGenerator.GetBytes(Bytes);
        File.WriteAllBytes($"{local.Path}/a", bytes);
        store.Send($"{local.Path}/a", $"{_root}/a");
        try
        {
            ReadWhileKilling(bytes);
            store.Send($"{local.Path}/a", $"{_root}/b");
            store.WriteText($"{_root}/t", "text");
            Read(store, bytes, local.Path);
            Assert.That((store.Length($"{_root}/b"), store.ReadText($"{_root}/t")), Is.EqualTo(((long)Bytes, "text")));
        }
        finally
        {
            HdfsCluster.Shared.Up();
        }

        Read(store, bytes, local.Path);
    }

    [Test]
    public void With_all_DataNodes_dead_errors_name_path_and_address_and_a_restart_within_the_patience_is_waited_for()
    {
        var hasty = new WebHdfsStore(Hdfs.Options(_root) with { Retries = 1 });
        var patient = Hdfs.Store(_root);
        hasty.WriteText($"{_root}/f", "x");
        Assert.That(patient.Exists($"{_root}/f"));
        HdfsCluster.Shared.Kill("datanode1");
        HdfsCluster.Shared.Kill("datanode2");
        try
        {
            Hdfs.Refuses(() => hasty.ReadText($"{_root}/f"), ExitCode.Engine, $"{_root}/f: cannot read the file: ");
            Hdfs.Refuses(() => hasty.WriteText($"{_root}/g", "x"), ExitCode.Engine, $"{_root}/g: cannot write the file: ");
            Assert.That(hasty.List(_root), Has.Count.EqualTo(1));
            var reading = Task.Run(() => patient.ReadText($"{_root}/f"));
            HdfsCluster.Shared.Up();
            Assert.That(reading.Result, Is.EqualTo("x"));
        }
        finally
        {
            HdfsCluster.Shared.Up();
        }
    }

    [Test]
    public void A_NameNode_that_is_away_is_an_error_and_its_restart_within_the_patience_is_waited_for()
    {
        var hasty = new WebHdfsStore(Hdfs.Options(_root) with { Retries = 1 }, ExitCode.Input);
        var patient = Hdfs.Store(_root);
        patient.WriteText($"{_root}/f", "x");
        HdfsCluster.Shared.Kill("namenode");
        try
        {
            Hdfs.Refuses(
                () => hasty.List(_root), ExitCode.Input, $"{_root}: cannot list the folder: http://{HdfsCluster.Shared.WebAddress} can't be reached: Connection refused; check that HDFS runs");
            var reading = Task.Run(() => patient.ReadText($"{_root}/f"));
            HdfsCluster.Shared.Up();
            Assert.That(reading.Result, Is.EqualTo("x"));
        }
        finally
        {
            HdfsCluster.Shared.Up();
        }
    }

    /// <summary>Kills a DataNode after the first megabyte; reading goes on at the other if that was the one that served.</summary>
    private void ReadWhileKilling(byte[] expected)
    {
        using var client = new WebHdfsClient(Hdfs.Options(_root));
        var read = new MemoryStream();
        var tries = 0;
        client.Read($"{WebHdfsOptions.PathOf(_root)}/a", () => read.Position, null, stream =>
        {
            if (++tries == 1)
            {
                var part = new byte[1 << 20];
                stream.ReadExactly(part);
                read.Write(part);
                HdfsCluster.Shared.Kill("datanode1");
            }

            stream.CopyTo(read);
        });
        TestContext.Out.WriteLine($"{tries} tries");
        Assert.That(read.ToArray().AsSpan().SequenceEqual(expected));
    }

    private void Read(WebHdfsStore store, byte[] expected, string folder)
    {
        store.Fetch($"{_root}/a", $"{folder}/copy");
        Assert.That(File.ReadAllBytes($"{folder}/copy").AsSpan().SequenceEqual(expected));
    }
}
