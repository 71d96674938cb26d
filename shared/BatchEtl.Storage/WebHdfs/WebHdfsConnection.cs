using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>HDFS said no.</summary>
/// <param name="kind">The Java exception's name, e.g. AccessControlException.</param>
internal sealed class RemoteException(string kind, string message) : IOException(message)
{
    public string Kind { get; } = kind;
}

/// <summary>HTTP to NameNodes and DataNodes: addresses in errors, never a query, which may hold a token.</summary>
internal sealed class WebHdfsConnection : IDisposable
{
    /// <summary>The last ones are of a DataNode that has lost the NameNode.</summary>
    private static readonly HashSet<string> _passing =
    [
        "RetriableException", "SafeModeException", "StandbyException", "BlockMissingException", "HTTP 429", "HTTP 502", "HTTP 503", "HTTP 504",
        "ConnectException", "ConnectTimeoutException", "EOFException", "NoRouteToHostException", "SocketException", "SocketTimeoutException",
    ];

    private readonly HttpClient _http;

    /// <param name="idle">A connection on which nothing moves for so long is broken.</param>
    public WebHdfsConnection(TimeSpan idle) => _http = new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(20),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = (context, cancellation) => Connect(context.DnsEndPoint, idle, cancellation),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Whether the same call may succeed later, or at another NameNode or DataNode.</summary>
    public static bool MayPass(Exception e) => e is not RemoteException refusal
        ? e is HttpRequestException or HttpIOException or IOException { InnerException: SocketException }
        : _passing.Contains(refusal.Kind)
            || refusal.Message.StartsWith("Failed to find datanode", StringComparison.Ordinal)
            || refusal.Message.StartsWith("No active nodes contain this block", StringComparison.Ordinal);

    public static bool IsStandby(Exception e) => e is RemoteException { Kind: "StandbyException" };

    /// <summary>A good answer or a redirection; the caller disposes it.</summary>
    /// <exception cref="RemoteException">HDFS refuses.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public HttpResponseMessage Send(HttpMethod method, Uri address, HttpContent? content)
    {
        // .NET itself repeats a request whose connection ends without an answer, unless it has a body. A rename is not to be
        // repeated unseen.
        using var request = new HttpRequestMessage(method, address) { Content = content ?? (method == HttpMethod.Put ? new ByteArrayContent([]) : null) };
        HttpResponseMessage answer;
        try
        {
            answer = _http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new HttpRequestException($"{address.GetLeftPart(UriPartial.Authority)} can't be reached: {Cause(e)}", e);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.TemporaryRedirect)
        {
            return answer;
        }

        using (answer)
        {
            throw Refusal(answer, address);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> Connect(DnsEndPoint to, TimeSpan idle, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)idle.TotalMilliseconds,
            SendTimeout = (int)idle.TotalMilliseconds,
        };
        try
        {
            await socket.ConnectAsync(to, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Cause(Exception e)
    {
        var cause = e;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock } ? "no answer in time" : cause.Message;
    }

    private static RemoteException Refusal(HttpResponseMessage answer, Uri address)
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
            var code = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)answer.StatusCode}");
            return new RemoteException(code, $"{address.GetLeftPart(UriPartial.Authority)} answered {code} {answer.ReasonPhrase}");
        }
    }
}
