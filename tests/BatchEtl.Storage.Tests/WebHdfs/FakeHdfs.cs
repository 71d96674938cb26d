using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>What a fake server answers: a status, a Location and a body; <see cref="Drop"/> closes the connection instead.</summary>
internal sealed record Answer(int Status, string Body = "{}", string? Location = null, int? Length = null)
{
    public static readonly Answer Drop = new(0);

    /// <summary>HDFS's way to say no.</summary>
    public static Answer No(int status, string kind, string message = "m") =>
        new(status, $$$"""{"RemoteException":{"exception":"{{{kind}}}","javaClassName":"x.{{{kind}}}","message":"{{{message}}}"}}""");
}

/// <summary>A small HTTP server on loopback that plays NameNode and DataNode; with a certificate it speaks HTTPS.</summary>
internal sealed class FakeHdfs : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, Answer> _answer;
    private readonly X509Certificate2? _certificate;

    /// <param name="answer">Called with method and target of each request, e.g. <c>GET /webhdfs/v1/x?op=…</c>.</param>
    public FakeHdfs(Func<string, Answer> answer, X509Certificate2? certificate = null)
    {
        (_answer, _certificate) = (answer, certificate);
        _listener.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"{(_certificate is null ? "http" : "https")}://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}"));

    /// <summary>All requests, in order.</summary>
    public List<string> Asked { get; } = [];

    public void Dispose() => _listener.Stop();

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var client = _listener.AcceptTcpClient();
                try
                {
                    ServeOne(client);
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // The caller went away.
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private void ServeOne(TcpClient client)
    {
        using var stream = Open(client.GetStream());
        var head = Head(stream);
        var lines = head.Split("\r\n");
        var bytes = lines.FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        for (var left = bytes is null ? 0 : int.Parse(bytes[15..], CultureInfo.InvariantCulture); left > 0; left--)
        {
            stream.ReadByte();
        }

        var asked = lines[0][..lines[0].LastIndexOf(' ')];
        Asked.Add(asked);
        var answer = _answer(asked);
        if (answer != Answer.Drop)
        {
            var location = answer.Location is null ? "" : $"Location: {answer.Location}\r\n";
            var body = Encoding.UTF8.GetBytes(answer.Body);
            stream.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 {answer.Status} X\r\nDate: Sat, 31 Jan 2026 00:00:00 GMT\r\nConnection: close\r\n{location}Content-Length: {answer.Length ?? body.Length}\r\n\r\n")));
            stream.Write(body);
        }
    }

    private Stream Open(Stream plain)
    {
        if (_certificate is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        secure.AuthenticateAsServer(_certificate);
        return secure;
    }

    private static string Head(Stream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = stream.ReadByte();
            head.Append(read < 0 ? throw new IOException("no request") : (char)read);
        }

        return head.ToString();
    }
}
