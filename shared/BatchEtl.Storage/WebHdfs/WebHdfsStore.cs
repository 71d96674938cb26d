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
    private readonly TimeSpan _patience = options.LockPatience;

    public IReadOnlyList<StoreEntry>? List(string folder) => Do(folder, "list the folder", path =>
    {
        var entries = _client.List(path);
        if (entries is [{ Name: "", IsFolder: false }])
        {
            throw new IOException("expected a folder, found a file");
        }

        return entries?.Select(e => e.IsFolder ? new StoreEntry(e.Name, true, 0) : new StoreEntry(e.Name, false, e.Length, DateTimeOffset.FromUnixTimeMilliseconds(e.Modified))).OrderBy(e => e.Name, Utf8Order.Instance).ToList();
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

    public IStoreLock? TryLock(string path, string holder, out string other)
    {
        var (taken, present) = Do(path, "lock the file", at => WebHdfsLock.TryTake(_client, at, holder, options.LockPatience));
        other = present;
        return taken is null ? null : new HeldLock(this, path, taken);
    }

    public void Flush(string folder)
    {
    }

    public void Fetch(string path, string localFile) => Do(path, $"fetch it to {localFile}", at =>
    {
        using var local = new FileStream(localFile, FileMode.Create, FileAccess.Write, FileShare.None);
        return _client.Read(at, () => local.Position, null, remote => remote.CopyTo(local)) ? true : throw new FileNotFoundException("no such file");
    });

    public void Send(string localFile, string path) => Do(path, $"send {localFile} here", at =>
        _client.Create(at, () => new StreamContent(File.OpenRead(localFile)), overwrite: true));

    public long Length(string path) => Do(path, "look for it", at => _client.Status(at)?.Length ?? throw new FileNotFoundException("no such file"));

    public int Read(string path, long offset, Memory<byte> buffer) => Do(path, "read it", at =>
    {
        var read = 0;
        return _client.Read(at, () => offset, buffer.Length, remote => read = remote.ReadAtLeast(buffer.Span, buffer.Length, throwOnEndOfStream: false))
            ? read
            : throw new FileNotFoundException("no such file");
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
            throw new BatchEtlException(ExitCode.Engine, $"{path}: cannot {what}: HDFS is full or a quota is reached ({e.Message}); free space or raise the quota, then run again", e);
        }
        catch (RemoteException e) when (e.Kind is "HTTP 401" or "InvalidToken" or "AuthenticationException")
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: HDFS does not know who asks ({e.Message}); set BATCH_ETL_HDFS_TOKEN to a valid delegation token", e);
        }
        catch (RemoteException e) when (e.Kind == "AccessControlException")
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: user '{options.User}' has no permission ({e.Message}); grant it, or set HADOOP_USER_NAME or BATCH_ETL_HDFS_TOKEN", e);
        }
        catch (HttpRequestException e)
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: {e.Message}; check that HDFS runs and that HADOOP_CONF_DIR or the root in the pipeline file names its web address", e);
        }
        catch (IOException e)
        {
            throw new BatchEtlException(failure, $"{path}: cannot {what}: {e.Message}", e);
        }
    }

    private sealed class HeldLock(WebHdfsStore store, string path, WebHdfsLock held) : IStoreLock
    {
        public void Verify()
        {
            if (store.Do(path, "check the lock", _ => held.IsHeld(out var other) ? null : other) is { } taker)
            {
                throw BatchEtlException.Refused(
                    $"{path}: expected the lock of this run, found {(taker.Length == 0 ? "none or a new one" : $"that of {taker}")}: this run was paused, or cut off from HDFS, for longer than {(int)store._patience.TotalSeconds} s and another may have taken over; run again when it is done");
            }
        }

        public void Dispose() => held.Dispose();
    }

    private static bool IsFull(RemoteException e) =>
        e.Kind.Contains("QuotaExceeded", StringComparison.Ordinal)
        || (e.Message.Contains("could only be written to 0 of the", StringComparison.Ordinal) && !e.Message.Contains("There are 0 datanode(s) running", StringComparison.Ordinal))
        || e.Message.Contains("No space left", StringComparison.Ordinal);
}
