using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BatchEtl.Spark.Gateway;

/// <summary>A connection to a gateway; it is one thread in the JVM. Calls of several threads wait for each other.</summary>
internal sealed class GatewayConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Lock _lock = new();
    private readonly byte[] _received = new byte[64 * 1024];
    private int _begin;
    private int _end;
    private volatile bool _closed;

    /// <exception cref="SparkException">Nobody listens, or the secret is wrong.</exception>
    public GatewayConnection(GatewayAddress address)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            _socket.Connect(IPAddress.Loopback, address.Port);
            Send(GatewayProtocol.Authenticate(address.Secret));
            _ = GatewayProtocol.Parse(Receive(), out _);
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new SparkException($"Spark's gateway at {address} can't be reached: {e.Message}", e);
        }
        catch (SparkException)
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method of an object.</summary>
    /// <exception cref="SparkException">It threw, or the connection is gone.</exception>
    /// <exception cref="OperationCanceledException">The connection was closed on our side.</exception>
    public object? Call(JavaObject target, string method, params ReadOnlySpan<object?> arguments) =>
        Send(target.Id, method, GatewayProtocol.Call(target.Id, method, arguments));

    /// <summary>Calls a static method.</summary>
    /// <inheritdoc cref="Call" path="/exception"/>
    public object? CallStatic(string type, string method, params ReadOnlySpan<object?> arguments) =>
        Send(type, method, GatewayProtocol.Call("z:" + type, method, arguments));

    /// <inheritdoc cref="Call"/>
    public JavaObject Get(JavaObject target, string method, params ReadOnlySpan<object?> arguments) =>
        Call(target, method, arguments) as JavaObject ?? throw new SparkException($"expected an object from {method}, found none");

    public JavaObject ArrayOf(string elementType, IReadOnlyList<string> texts)
    {
        var array = (JavaObject)Send(elementType, "new[]", GatewayProtocol.NewArray(elementType, texts.Count))!;
        for (var i = 0; i < texts.Count; i++)
        {
            Send(elementType, "[]=", GatewayProtocol.SetArray(array, i, texts[i]));
        }

        return array;
    }

    /// <summary>Lets the JVM forget an object.</summary>
    public void Release(JavaObject released) => Send(released.Id, "release", GatewayProtocol.Release(released));

    /// <summary>Closes it; a call that waits for its answer is let go.</summary>
    public void Dispose()
    {
        _closed = true;
        _socket.Dispose();
    }

    private object? Send(string target, string method, string command)
    {
        object? value;
        JavaObject? failure;
        lock (_lock)
        {
            try
            {
                Send(command);
                value = GatewayProtocol.Parse(Receive(), out failure);
            }
            catch (Exception) when (_closed)
            {
                throw new OperationCanceledException($"{method} is not waited for any more");
            }
            catch (SocketException e)
            {
                throw new SparkException($"the connection to Spark is gone while {method} ran ({e.Message}); the driver has ended or was killed", e);
            }
        }

        return failure is null ? value : throw new SparkException(SparkFailure.Describe(this, failure, target, method));
    }

    private void Send(string command)
    {
        var bytes = Encoding.UTF8.GetBytes(command);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += _socket.Send(bytes.AsSpan(sent));
        }
    }

    /// <summary>A line without its end.</summary>
    private string Receive()
    {
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            var found = _received.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line.Write(_received.AsSpan(_begin, found));
                _begin += found + 1;
                return Encoding.UTF8.GetString(line.WrittenSpan);
            }

            line.Write(_received.AsSpan(_begin, _end - _begin));
            (_begin, _end) = (0, _socket.Receive(_received));
            if (_end == 0)
            {
                throw new SparkException("the connection to Spark was closed; the driver has ended or was killed");
            }
        }
    }
}
