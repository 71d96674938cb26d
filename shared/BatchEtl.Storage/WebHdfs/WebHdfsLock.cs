using System.Diagnostics;
using System.Text;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>
/// A lock file in HDFS, which has no locks: it is made by one only, and its holder keeps renewing its time. One that was not
/// renewed for <see cref="Patience"/> has lost its holder and is taken over; all times are the NameNode's.
/// </summary>
internal sealed class WebHdfsLock : IDisposable
{
    /// <summary>How long a lock outlives its holder.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _renewal = TimeSpan.FromSeconds(10);

    private readonly WebHdfsClient _client;
    private readonly string _path;
    private readonly long _since;
    private readonly Stopwatch _held = Stopwatch.StartNew();
    private readonly Timer _timer;

    private WebHdfsLock(WebHdfsClient client, string path, long since)
    {
        (_client, _path, _since) = (client, path, since);
        _timer = new Timer(_ => Renew(), null, _renewal, _renewal);
    }

    /// <summary>Takes the lock, or gives what its holder wrote.</summary>
    public static (IDisposable? Taken, string Other) TryTake(WebHdfsClient client, string path, string holder)
    {
        var slash = path.LastIndexOf('/');
        client.MakeFolder(path[..slash]);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (client.Create(path, () => new ByteArrayContent(Encoding.UTF8.GetBytes(holder)), overwrite: false))
            {
                return (new WebHdfsLock(client, path, client.Status(path)?.Modified ?? 0), "");
            }

            if (client.Status(path) is not { } present)
            {
                continue;
            }

            if (Now(client, path) - present.Modified <= (long)Patience.TotalMilliseconds)
            {
                return (null, client.ReadText(path) ?? "");
            }

            MoveDead(client, path, present);
        }

        return (null, client.ReadText(path) ?? "");
    }

    /// <summary>Of several that find a lock dead one moves it away; who moves the lock of another that was faster puts it back.</summary>
    private static void MoveDead(WebHdfsClient client, string path, HdfsStatus found)
    {
        var dead = $"{path}.{Guid.NewGuid():N}";
        try
        {
            client.Rename(path, dead, overwrite: false);
            if (client.Status(dead)?.Modified == found.Modified)
            {
                client.Delete(dead);
            }
            else
            {
                client.Rename(dead, path, overwrite: false);
            }
        }
        catch (RemoteException)
        {
            // Another was first.
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        try
        {
            _client.Delete(_path);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // It runs out by itself.
        }
    }

    private void Renew()
    {
        try
        {
            _client.SetModified(_path, _since + _held.ElapsedMilliseconds);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or TaskCanceledException)
        {
            // The next renewal tries again.
        }
    }

    /// <summary>The NameNode's time: that of a file made now.</summary>
    private static long Now(WebHdfsClient client, string path)
    {
        var probe = $"{path}.{Guid.NewGuid():N}";
        client.Create(probe, () => new ByteArrayContent([]), overwrite: true);
        try
        {
            return client.Status(probe)?.Modified ?? 0;
        }
        finally
        {
            client.Delete(probe);
        }
    }
}
