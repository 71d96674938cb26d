using System.Text;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>
/// HDFS by WebHDFS. Paths are URIs (<c>hdfs://nn:8020/data</c>). HDFS can't exchange two folders: readers may find a
/// partition missing between two renames (<see cref="IStore.Exchange"/>), never two versions of it. What is closed is
/// durable: HDFS answers when its replicas have it.
/// </summary>
/// <param name="failure">What failures are: Engine for a warehouse, Input for a landing area. A full disk is always Engine.</param>
public sealed class WebHdfsStore(WebHdfsOptions options, ExitCode failure = ExitCode.Engine) : IRemoteStore, IDisposable
{
    private readonly WebHdfsClient _client = new(options);

    public IReadOnlyList<StoreEntry>? List(string folder) => Do(folder, "list the folder", path =>
    {
        var entries = _client.List(path);
        if (entries is [{ Name: "", IsFolder: false }])
        {
            throw new IOException("expected a folder, found a file");
        }

        return entries?.Select(e => new StoreEntry(e.Name, e.IsFolder, e.IsFolder ? 0 : e.Length)).OrderBy(e => e.Name, Utf8Order.Instance).ToList();
    });

    public bool Exists(string path) => Do(path, "look for it", at => _client.Status(at) is not null);

    public string? ReadText(string path) => Do(path, "read the file", _client.ReadText);

    public void WriteText(string path, string text) => Do(path, "write the file", at =>
    {
        var slash = at.LastIndexOf('/');
        var beside = $"{at[..slash]}/.{at[(slash + 1)..]}.new";
        _client.Create(beside, () => new ByteArrayContent(Encoding.UTF8.GetBytes(text)), overwrite: true);
        _client.Rename(beside, at, overwrite: true);
        return true;
    });

    public void CreateFolder(string path) => Do(path, "make the folder", at =>
    {
        _client.MakeFolder(at);
        return true;
    });

    public void Move(string from, string to) => Do(to, $"move {from} here", at =>
    {
        _client.Rename(WebHdfsOptions.PathOf(from), at, overwrite: false);
        return true;
    });

    public void Exchange(string staged, string target) => Do(target, $"exchange {staged} with what is here", at =>
    {
        var from = WebHdfsOptions.PathOf(staged);
        var replaced = from + IStore.ReplacedSuffix;
        _client.Rename(at, replaced, overwrite: false);
        _client.Rename(from, at, overwrite: false);
        _client.Rename(replaced, from, overwrite: false);
        return true;
    });

    public void Delete(string path) => Do(path, "delete", at =>
    {
        _client.Delete(at);
        return true;
    });

    public IDisposable? TryLock(string path, string holder, out string other)
    {
        var (taken, present) = Do(path, "lock the file", at => WebHdfsLock.TryTake(_client, at, holder));
        other = present;
        return taken;
    }

    public void Flush(string folder)
    {
    }

    public void Fetch(string path, string localFile) => Do(path, $"fetch it to {localFile}", at =>
    {
        using var remote = _client.Open(at) ?? throw new FileNotFoundException("no such file");
        using var local = new FileStream(localFile, FileMode.Create, FileAccess.Write, FileShare.None);
        remote.CopyTo(local);
        return true;
    });

    public void Send(string localFile, string path) => Do(path, $"send {localFile} here", at =>
        _client.Create(at, () => new StreamContent(File.OpenRead(localFile)), overwrite: true));

    public long Length(string path) => Do(path, "look for it", at => _client.Status(at)?.Length ?? throw new FileNotFoundException("no such file"));

    public int Read(string path, long offset, Memory<byte> buffer) => Do(path, "read it", at =>
    {
        using var stream = _client.Open(at, offset, buffer.Length) ?? throw new FileNotFoundException("no such file");
        return stream.ReadAtLeast(buffer.Span, buffer.Length, throwOnEndOfStream: false);
    });

    public void Dispose() => _client.Dispose();

    private T Do<T>(string path, string what, Func<string, T> act)
    {
        try
        {
            return act(WebHdfsOptions.PathOf(path));
        }
        catch (RemoteException e) when (IsFull(e))
        {
            throw new BatchEtlException(ExitCode.Engine, $"{path}: cannot {what}: HDFS is full or a quota is reached ({e.Message}); free space or raise the quota, the published state is untouched", e);
        }
        catch (RemoteException e) when (e.Kind == "AccessControlException")
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: user '{options.User}' has no permission ({e.Message}); grant it, or set HADOOP_USER_NAME or BATCH_ETL_HDFS_TOKEN", e);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: {e.Message}; check that HDFS runs and that HADOOP_CONF_DIR or the root in the pipeline file names its web address", e);
        }
        catch (IOException e)
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: {e.Message}", e);
        }
    }

    private static bool IsFull(RemoteException e) =>
        e.Kind.Contains("QuotaExceeded", StringComparison.Ordinal)
        || e.Message.Contains("could only be written to 0 of the", StringComparison.Ordinal)
        || e.Message.Contains("No space left", StringComparison.Ordinal);
}
