using System.Globalization;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.Retry;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>What HDFS says of a file or folder. Times are milliseconds since 1970 by the NameNode's clock.</summary>
/// <param name="Asked">When it said so, in whole seconds; 0 in listings.</param>
internal sealed record HdfsStatus(string Name, bool IsFolder, long Length, long Modified, long Asked);

/// <summary>
/// The REST interface of HDFS. Calls are repeated when a connection fails, a server is overloaded or a DataNode is away, where
/// that can do no harm; a NameNode on standby sends us to the next one, a DataNode that failed us is left out once.
/// </summary>
internal sealed class WebHdfsClient : IDisposable
{
    private const string Missing = "FileNotFoundException";
    private readonly WebHdfsOptions _options;
    private readonly WebHdfsConnection _connection;
    private readonly ResiliencePipeline _retry;
    private int _active;
    private bool _answered;

    public WebHdfsClient(WebHdfsOptions options)
    {
        _options = options;
        _connection = new WebHdfsConnection(options.Idle);
        _retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            // HDFS that never answered is more likely a wrong address than one that restarts.
            ShouldHandle = tried => ValueTask.FromResult(
                tried.Outcome.Exception is { } e && WebHdfsConnection.MayPass(e) && tried.AttemptNumber < (_answered ? options.Retries : Math.Min(3, options.Retries))),
            MaxRetryAttempts = Math.Max(1, options.Retries),
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(5),
            UseJitter = true,
        }).Build();
    }

    public IReadOnlyList<HdfsStatus>? List(string path) => Present(() => Ask(HttpMethod.Get, path, "LISTSTATUS", (json, _) =>
        (IReadOnlyList<HdfsStatus>)[.. json.GetProperty("FileStatuses").GetProperty("FileStatus").EnumerateArray().Select(s => StatusOf(s, null))]));

    public HdfsStatus? Status(string path) => Present(() => Ask(HttpMethod.Get, path, "GETFILESTATUS", (json, asked) => StatusOf(json.GetProperty("FileStatus"), asked)));

    public void MakeFolder(string path)
    {
        if (!Ask(HttpMethod.Put, path, "MKDIRS", (json, _) => json.GetProperty("boolean").GetBoolean()))
        {
            throw new IOException($"MKDIRS of {path} was not done");
        }
    }

    /// <summary>Missing is no error.</summary>
    public void Delete(string path) => Ask(HttpMethod.Delete, path, "DELETE", (_, _) => true, "recursive=true");

    /// <summary>Renames onto nothing, or with <paramref name="overwrite"/> onto a file; a lost answer is looked up.</summary>
    public void Rename(string from, string to, bool overwrite)
    {
        var asked = false;
        _retry.Execute(() =>
        {
            if (asked && Status(from) is null && Status(to) is not null)
            {
                return;
            }

            asked = true;

            // Without the option a folder is moved into a folder that stands there.
            Once(HttpMethod.Put, from, "RENAME", (_, _) => true, $"destination={Uri.EscapeDataString(to)}", $"renameoptions={(overwrite ? "OVERWRITE" : "NONE")}");
        });
    }

    /// <summary>Sets a file's time; false where there is none.</summary>
    public bool SetModified(string path, long milliseconds) => Present(() => Ask<object>(
        HttpMethod.Put, path, "SETTIMES", (_, _) => true, Number("modificationtime", milliseconds), "accesstime=-1")) is not null;

    /// <summary>Makes a file. False when it is there and is not to be replaced: an earlier try of this call may have made it whose answer was lost.</summary>
    public bool Create(string path, Func<HttpContent> content, bool overwrite)
    {
        try
        {
            AtDataNode(HttpMethod.Put, path, "CREATE", () => [$"overwrite={(overwrite ? "true" : "false")}"], target =>
            {
                using var body = content();
                body.Headers.ContentType = new("application/octet-stream"); // HttpFS insists on it.
                _connection.Send(HttpMethod.Put, target, body).Dispose();
            });
            return true;
        }
        catch (RemoteException e) when (!overwrite && (e.Kind is "FileAlreadyExistsException" or "AlreadyBeingCreatedException"))
        {
            return false;
        }
    }

    /// <summary>Reads a file; false where there is none. A connection that breaks is made anew.</summary>
    /// <param name="from">The offset to begin at, asked before each try.</param>
    /// <param name="length">Bytes to read, null = to the end.</param>
    /// <param name="consume">Called for each try; not at the file's end.</param>
    public bool Read(string path, Func<long> from, long? length, Action<Stream> consume) => Present<object>(() =>
    {
        try
        {
            AtDataNode(HttpMethod.Get, path, "OPEN", Range, target =>
            {
                using var answer = _connection.Send(HttpMethod.Get, target, null);
                using var stream = answer.Content.ReadAsStream();
                consume(stream);
            });
        }
        catch (RemoteException e) when (e.Message.StartsWith("Offset=", StringComparison.Ordinal))
        {
            // At the end, where HDFS refuses to begin.
        }

        return true;

        string[] Range() => length is { } bytes ? [Number("offset", from()), Number("length", bytes)] : [Number("offset", from())];
    }) is not null;

    /// <summary>The whole of a small file, or null where there is none.</summary>
    public string? ReadText(string path)
    {
        string? text = null;
        Read(path, () => 0, null, stream => text = new StreamReader(stream, Encoding.UTF8).ReadToEnd());
        return text;
    }

    public void Dispose() => _connection.Dispose();

    private static string Number(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value}");

    private static T? Present<T>(Func<T> ask)
        where T : class
    {
        try
        {
            return ask();
        }
        catch (RemoteException e) when (e.Kind == Missing)
        {
            return null;
        }
    }

    private static HdfsStatus StatusOf(JsonElement status, DateTimeOffset? asked) => new(
        status.GetProperty("pathSuffix").GetString()!,
        status.GetProperty("type").GetString() == "DIRECTORY",
        status.GetProperty("length").GetInt64(),
        status.GetProperty("modificationTime").GetInt64(),
        asked?.ToUnixTimeMilliseconds() ?? 0);

    private T Ask<T>(HttpMethod method, string path, string operation, Func<JsonElement, DateTimeOffset?, T> read, params string[] parameters) =>
        _retry.Execute(() => Once(method, path, operation, read, parameters));

    private T Once<T>(HttpMethod method, string path, string operation, Func<JsonElement, DateTimeOffset?, T> read, params string[] parameters)
    {
        var address = Address(path, operation, parameters);
        using var answer = AtNameNode(method, address);
        using var body = new StreamReader(answer.Content.ReadAsStream());
        var text = body.ReadToEnd();
        try
        {
            using var json = JsonDocument.Parse(text.Length == 0 ? "{}" : text);
            return read(json.RootElement, answer.Headers.Date);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RemoteException("NotHdfs", $"{address.GetLeftPart(UriPartial.Authority)}: expected WebHDFS's answer, found {(text.Length > 80 ? text[..80] + "…" : text)}");
        }
    }

    /// <summary>Does one thing at the DataNode that the NameNode names; the one that failed the try before is left out.</summary>
    private void AtDataNode(HttpMethod method, string path, string operation, Func<string[]> parameters, Action<Uri> act)
    {
        string? failed = null;
        _retry.Execute(() =>
        {
            var address = Address(path, operation, failed is null ? parameters() : [.. parameters(), $"excludedatanodes={Uri.EscapeDataString(failed)}"]);
            failed = null;
            Uri target;
            using (var answer = AtNameNode(method, address))
            {
                // HttpFS gives what is read itself.
                target = answer.Headers.Location ?? (method == HttpMethod.Get ? address : throw new RemoteException("NotHdfs", $"{address.GetLeftPart(UriPartial.Authority)}: expected a DataNode's address, found HTTP {(int)answer.StatusCode}"));
            }

            try
            {
                act(target);
            }
            catch (Exception e) when (e is not RemoteException && WebHdfsConnection.MayPass(e))
            {
                failed = target.Authority;
                throw e as HttpRequestException ?? new HttpRequestException($"{target.GetLeftPart(UriPartial.Authority)} broke off: {e.Message}", e);
            }
        });
    }

    private Uri Address(string path, string operation, params string[] parameters)
    {
        var encoded = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var who = _options.Token is { } token ? $"delegation={Uri.EscapeDataString(token)}" : $"user.name={Uri.EscapeDataString(_options.User)}";
        return new Uri(_options.NameNodes[_active], $"/webhdfs/v1{encoded}?op={operation}&{who}{string.Concat(parameters.Select(p => "&" + p))}");
    }

    private HttpResponseMessage AtNameNode(HttpMethod method, Uri address)
    {
        try
        {
            var answer = _connection.Send(method, address, null);
            _answered = true;
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException || WebHdfsConnection.IsStandby(e))
        {
            if (_options.NameNodes[_active].Authority == address.Authority)
            {
                _active = (_active + 1) % _options.NameNodes.Count;
            }

            throw;
        }
    }
}
