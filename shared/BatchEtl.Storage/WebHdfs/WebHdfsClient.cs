using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.Retry;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>HDFS said no.</summary>
/// <param name="kind">The Java exception's name, e.g. AccessControlException.</param>
internal sealed class RemoteException(string kind, string message) : IOException(message)
{
    public string Kind { get; } = kind;
}

/// <summary>What HDFS says of a file or folder.</summary>
/// <param name="Modified">Milliseconds since 1970, by the NameNode's clock.</param>
internal sealed record HdfsStatus(string Name, bool IsFolder, long Length, long Modified);

/// <summary>
/// The REST interface of HDFS. Calls are repeated when a connection fails or a server is overloaded, where that can do no
/// harm; a NameNode on standby sends us to the next one.
/// </summary>
internal sealed class WebHdfsClient : IDisposable
{
    private readonly WebHdfsOptions _options;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _retry;
    private int _active;

    public WebHdfsClient(WebHdfsOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(20), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
        _retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<TaskCanceledException>().Handle<RemoteException>(e => e.Kind is "RetriableException" or "SafeModeException" or "StandbyException"),
            MaxRetryAttempts = 5,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(5),
            UseJitter = true,
        }).Build();
    }

    public IReadOnlyList<HdfsStatus>? List(string path) => Missing(() => _retry.Execute(() =>
    {
        using var answer = Json(HttpMethod.Get, path, "LISTSTATUS");
        return (IReadOnlyList<HdfsStatus>)[.. answer.RootElement.GetProperty("FileStatuses").GetProperty("FileStatus").EnumerateArray().Select(Status)];
    }));

    public HdfsStatus? Status(string path) => Missing(() => _retry.Execute(() =>
    {
        using var answer = Json(HttpMethod.Get, path, "GETFILESTATUS");
        return Status(answer.RootElement.GetProperty("FileStatus"));
    }));

    public void MakeFolder(string path) => _retry.Execute(() => True(HttpMethod.Put, path, "MKDIRS"));

    /// <summary>Missing is no error.</summary>
    public void Delete(string path) => _retry.Execute(() => Json(HttpMethod.Delete, path, "DELETE", "recursive=true").Dispose());

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
            Json(HttpMethod.Put, path: from, "RENAME", $"destination={Uri.EscapeDataString(to)}", $"renameoptions={(overwrite ? "OVERWRITE" : "NONE")}").Dispose();
        });
    }

    public void SetModified(string path, long milliseconds) => _retry.Execute(() =>
        Json(HttpMethod.Put, path, "SETTIMES", string.Create(CultureInfo.InvariantCulture, $"modificationtime={milliseconds}"), "accesstime=-1").Dispose());

    /// <summary>Makes a file; false when it is there and is not to be replaced.</summary>
    public bool Create(string path, Func<HttpContent> content, bool overwrite)
    {
        bool Once()
        {
            using var first = Send(HttpMethod.Put, Address(path, "CREATE", $"overwrite={(overwrite ? "true" : "false")}"), null);
            var target = first.Headers.Location ?? throw new IOException($"{path}: expected a DataNode's address from the NameNode, found {(int)first.StatusCode}");
            using var body = content();
            using var second = Send(HttpMethod.Put, target, body);
            return true;
        }

        try
        {
            // A file that is not to be replaced must not be tried again: the first try may have made it.
            return overwrite ? _retry.Execute(Once) : Once();
        }
        catch (RemoteException e) when (!overwrite && e.Kind == "FileAlreadyExistsException")
        {
            return false;
        }
    }

    /// <summary>A file's bytes from an offset on; the caller disposes the stream.</summary>
    public Stream? Open(string path, long offset = 0, long? length = null) => Missing(() => _retry.Execute(() =>
    {
        List<string> parameters = [string.Create(CultureInfo.InvariantCulture, $"offset={offset}")];
        if (length is { } bytes)
        {
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"length={bytes}"));
        }

        var answer = Send(HttpMethod.Get, Address(path, "OPEN", [.. parameters]), null);
        if (answer.Headers.Location is { } target)
        {
            answer.Dispose();
            answer = Send(HttpMethod.Get, target, null);
        }

        return answer.Content.ReadAsStream();
    }));

    /// <summary>The whole of a small file, or null where there is none.</summary>
    public string? ReadText(string path)
    {
        using var stream = Open(path);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    public void Dispose() => _http.Dispose();

    private static T? Missing<T>(Func<T> ask)
        where T : class
    {
        try
        {
            return ask();
        }
        catch (RemoteException e) when (e.Kind == "FileNotFoundException")
        {
            return null;
        }
    }

    private static HdfsStatus Status(JsonElement status) => new(
        status.GetProperty("pathSuffix").GetString()!,
        status.GetProperty("type").GetString() == "DIRECTORY",
        status.GetProperty("length").GetInt64(),
        status.GetProperty("modificationTime").GetInt64());

    private void True(HttpMethod method, string path, string operation)
    {
        using var answer = Json(method, path, operation);
        if (!answer.RootElement.GetProperty("boolean").GetBoolean())
        {
            throw new IOException($"{operation} of {path} was not done");
        }
    }

    private JsonDocument Json(HttpMethod method, string path, string operation, params string[] parameters)
    {
        using var answer = Send(method, Address(path, operation, parameters), null);
        using var text = new StreamReader(answer.Content.ReadAsStream());
        var json = text.ReadToEnd();
        return JsonDocument.Parse(json.Length == 0 ? "{}" : json);
    }

    private Uri Address(string path, string operation, params string[] parameters)
    {
        var encoded = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var who = _options.Token is { } token ? $"delegation={Uri.EscapeDataString(token)}" : $"user.name={Uri.EscapeDataString(_options.User)}";
        return new Uri(_options.NameNodes[_active], $"/webhdfs/v1{encoded}?op={operation}&{who}{string.Concat(parameters.Select(p => "&" + p))}");
    }

    private HttpResponseMessage Send(HttpMethod method, Uri address, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        HttpResponseMessage answer;
        try
        {
            answer = _http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        }
        catch (HttpRequestException e)
        {
            Next(address);
            throw new HttpRequestException($"{address.GetLeftPart(UriPartial.Authority)} can't be reached: {(e.InnerException as SocketException ?? (Exception)e).Message}", e);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.TemporaryRedirect)
        {
            return answer;
        }

        using (answer)
        {
            var refusal = Refusal(answer);
            if (refusal.Kind == "StandbyException")
            {
                Next(address);
            }

            throw refusal;
        }
    }

    private void Next(Uri failed)
    {
        if (_options.NameNodes[_active].Authority == failed.Authority)
        {
            _active = (_active + 1) % _options.NameNodes.Count;
        }
    }

    private static RemoteException Refusal(HttpResponseMessage answer)
    {
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        var text = reader.ReadToEnd();
        try
        {
            using var json = JsonDocument.Parse(text);
            var remote = json.RootElement.GetProperty("RemoteException");
            return new RemoteException(remote.GetProperty("exception").GetString()!, remote.GetProperty("message").GetString()!.Split('\n')[0]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new RemoteException($"HTTP {(int)answer.StatusCode}", $"HTTP {(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
    }
}
