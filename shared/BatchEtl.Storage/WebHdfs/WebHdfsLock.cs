using System.Text;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>
/// A lock file in HDFS, which has no locks: it is made by one only, and its holder keeps renewing its time. One that was not
/// renewed for <see cref="WebHdfsOptions.LockPatience"/> has lost its holder and is taken over; all times are the NameNode's.
/// A holder that was paused for so long finds another's text in the file.
/// </summary>
internal sealed class WebHdfsLock : IDisposable
{
    private readonly WebHdfsClient _client;
    private readonly string _path;
    private readonly string _text;
    private readonly Timer _timer;

    private WebHdfsLock(WebHdfsClient client, string path, string text, TimeSpan renewal)
    {
        (_client, _path, _text) = (client, path, text);
        _timer = new Timer(_ => Renew(), null, renewal, renewal);
    }

    /// <summary>Takes the lock, or gives what its holder wrote.</summary>
    public static (WebHdfsLock? Taken, string Other) TryTake(WebHdfsClient client, string path, string holder, TimeSpan patience)
    {
        client.MakeFolder(path[..path.LastIndexOf('/')]);
        var text = $"{holder}\n{Guid.NewGuid():N}";
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // The file may be there because the answer to an earlier try was lost.
            if (client.Create(path, () => new ByteArrayContent(Encoding.UTF8.GetBytes(text)), overwrite: false) || client.ReadText(path) == text)
            {
                return (new WebHdfsLock(client, path, text, patience / 6), "");
            }

            if (client.Status(path) is not { } present)
            {
                continue;
            }

            if (present.Asked - present.Modified <= (long)patience.TotalMilliseconds)
            {
                break;
            }

            MoveDead(client, path, present);
        }

        return (null, Holder(client, path));
    }

    /// <summary>Whether the lock is still ours, and who has it if not. Renews it.</summary>
    public bool IsHeld(out string other)
    {
        // Read once more: another may have taken it between our reading and our renewal.
        var held = TryRenew() && _client.ReadText(_path) == _text;
        other = held ? "" : Holder(_client, _path);
        return held;
    }

    public void Dispose()
    {
        _timer.Dispose();
        try
        {
            if (_client.ReadText(_path) == _text)
            {
                _client.Delete(_path);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            // It runs out by itself.
        }
    }

    private static string Holder(WebHdfsClient client, string path) => (client.ReadText(path) ?? "").Split('\n')[0];

    /// <summary>Of several that find a lock dead one moves it away; who moves one that was renewed or is another's by now puts it back.</summary>
    private static void MoveDead(WebHdfsClient client, string path, HdfsStatus found)
    {
        var dead = $"{path}.{Guid.NewGuid():N}";
        try
        {
            client.Rename(path, dead, overwrite: false);
            if (client.Status(dead)?.Modified != found.Modified)
            {
                client.Rename(dead, path, overwrite: false);
                return;
            }
        }
        catch (RemoteException)
        {
            // Another was first.
        }

        client.Delete(dead);
    }

    private void Renew()
    {
        try
        {
            TryRenew();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            // The next renewal tries again.
        }
    }

    /// <summary>Never renews another's, which would outlive its holder.</summary>
    private bool TryRenew() =>
        _client.ReadText(_path) == _text && _client.Status(_path) is { } present && _client.SetModified(_path, present.Asked);
}
