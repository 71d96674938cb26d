using System.Security.Cryptography;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>The contract on HDFS, by each kind of root.</summary>
[TestFixture("hdfs")]
[TestFixture("webhdfs")]
public sealed class WebHdfsStoreContract(string scheme) : StoreContract
{
    private protected override string NewRoot() =>
        HdfsCluster.Shared.NewFolder(scheme == "hdfs" ? null : $"webhdfs://{HdfsCluster.Shared.WebAddress}");

    private protected override IStore NewStore(ExitCode failure = ExitCode.Engine) => Hdfs.Store(Root, failure: failure);
}

/// <summary>What HDFS has beyond the contract: files sent, fetched and read by ranges.</summary>
public sealed class WebHdfsStoreTests
{
    [Test]
    public void Files_are_sent_fetched_and_read_by_ranges()
    {
        var root = HdfsCluster.Shared.NewFolder();
        var store = Hdfs.Store(root);
        using var local = new TemporaryFolder();
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        File.WriteAllBytes($"{local.Path}/a", bytes);
        store.Send($"{local.Path}/a", $"{root}/new/b");
        store.Fetch($"{root}/new/b", $"{local.Path}/c");
        Assert.That(File.ReadAllBytes($"{local.Path}/c"), Is.EqualTo(bytes));
        var part = new byte[1000];
        Assert.That(
            (store.Length($"{root}/new/b"), store.Read($"{root}/new/b", 0, part), store.Read($"{root}/new/b", 2_999_500, part), store.Read($"{root}/new/b", 3_000_000, part)),
            Is.EqualTo((3_000_000L, 1000, 500, 0)));
        store.Read($"{root}/new/b", 12_345, part);
        Assert.That(part, Is.EqualTo(bytes[12_345..13_345]));
        using var stream = new RemoteStream(store, $"{root}/new/b");
        var copied = new MemoryStream();
        stream.CopyTo(copied);
        Assert.That(copied.ToArray(), Is.EqualTo(bytes));
        stream.Seek(-8, SeekOrigin.End);
        Assert.That((stream.ReadByte(), stream.Position), Is.EqualTo(((int)bytes[^8], 2_999_993L)));
    }

    [Test]
    public void A_missing_file_is_an_error_with_its_path()
    {
        var root = HdfsCluster.Shared.NewFolder();
        var store = Hdfs.Store(root, failure: ExitCode.Input);
        using var local = new TemporaryFolder();
        foreach (var read in new Action[] { () => store.Fetch($"{root}/x", $"{local.Path}/x"), () => store.Length($"{root}/x"), () => store.Read($"{root}/x", 0, new byte[1]) })
        {
            Hdfs.Refuses(read, ExitCode.Input, $"{root}/x", "no such file");
        }
    }
}
