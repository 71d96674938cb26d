using System.Net;
using System.Net.Sockets;
using System.Text;
using BatchEtl.Spark.Gateway;

namespace BatchEtl.Spark.Tests.Gateway;

/// <summary>A gateway that answers commands by a table and keeps what it was asked; one connection after the other.</summary>
internal sealed class FakeGateway : IDisposable
{
    public const string Secret = "s3cret";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string?> _answer;
    private readonly Thread _thread;

    /// <param name="answer">A command's lines without the last <c>e</c> → the answer's line; null closes the connection.</param>
    public FakeGateway(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new GatewayAddress(((IPEndPoint)_listener.LocalEndpoint).Port, Secret);
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public GatewayAddress Address { get; }

    public List<string> Commands { get; } = [];

    public void Dispose()
    {
        _listener.Stop();
        _thread.Join();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var client = _listener.AcceptTcpClient();
                using var stream = client.GetStream();
                using var reader = new StreamReader(stream, new UTF8Encoding(false));
                if (reader.ReadLine() != "A" || reader.ReadLine() != Secret)
                {
                    Send(stream, "!xsAuthentication error");
                    continue;
                }

                Send(stream, "!yv");
                while (Command(reader) is { } command)
                {
                    Commands.Add(command);
                    if (_answer(command) is not { } answer)
                    {
                        break;
                    }

                    Send(stream, answer);
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private static string? Command(StreamReader reader)
    {
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line == "e")
            {
                return string.Join('\n', lines);
            }

            lines.Add(line);
        }

        return null;
    }

    private static void Send(NetworkStream stream, string answer) => stream.Write(Encoding.UTF8.GetBytes(answer + "\n"));
}
