using System.Globalization;
using System.Net.Sockets;
using BatchEtl.Core.Errors;
using Thrift;
using Thrift.Protocol;
using Thrift.Protocol.Entities;
using Thrift.Transport;
using Thrift.Transport.Client;

namespace BatchEtl.Hive;

/// <summary>The metastore's word for "no": a Thrift exception that a call declares.</summary>
internal sealed class MetastoreRefusal(string message) : Exception(message);

/// <summary>The few calls of a Hive metastore's Thrift interface that registering tables needs. Not for several threads.</summary>
internal sealed class MetastoreClient : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly string _uri;
    private readonly TSocketTransport _socket;
    private readonly TBinaryProtocol _protocol;
    private int _calls;

    /// <param name="uri"><c>thrift://host:port</c>, port 9083 unless given.</param>
    /// <exception cref="BatchEtlException">It can't be reached (Engine).</exception>
    public MetastoreClient(string uri)
    {
        var address = new Uri(uri);
        _uri = uri;
        var configuration = new TConfiguration { MaxMessageSize = 1 << 30, MaxFrameSize = 1 << 30 };
        _socket = Do("connect", async () =>
        {
            // Some constructors connect, with an error of the socket's own; whichever does, it is open behind this.
            var socket = new TSocketTransport(address.Host, address.Port > 0 ? address.Port : 9083, configuration, (int)_patience.TotalMilliseconds);
            if (!socket.IsOpen)
            {
                await socket.OpenAsync(CancellationToken.None);
            }

            return socket;
        });
        _protocol = new TBinaryProtocol(new TBufferedTransport(_socket));
    }

    public bool HasDatabase(string name) => Found(() => Call("get_database", 1, new ThriftStruct { [1] = name })) is not null;

    public void CreateDatabase(string name) =>
        Call("create_database", 0, new ThriftStruct { [1] = new ThriftStruct { [1] = name, [2] = "Published by batch-etl.", [4] = new Dictionary<string, string>() } });

    /// <summary>A table, or null where there is none.</summary>
    public ThriftStruct? Table(string database, string name) => (ThriftStruct?)Found(() => Call("get_table", 2, new ThriftStruct { [1] = database, [2] = name }));

    public void CreateTable(ThriftStruct table) => Call("create_table", 0, new ThriftStruct { [1] = table });

    /// <summary>Replaces a table's definition; its partitions get the columns too.</summary>
    public void AlterTable(string database, string name, ThriftStruct table) => Call(
        "alter_table_with_environment_context", 0,
        new ThriftStruct { [1] = database, [2] = name, [3] = table, [4] = new ThriftStruct { [1] = new Dictionary<string, string> { ["CASCADE"] = "true" } } });

    /// <summary>Names of a table's partitions, such as <c>dt=2026-03-28</c>.</summary>
    public IReadOnlyList<string> PartitionNames(string database, string table) =>
        [.. ((List<object>)Call("get_partition_names", 0, new ThriftStruct { [1] = database, [2] = table, [3] = (short)-1 })!).Cast<string>()];

    public void AddPartitions(IEnumerable<ThriftStruct> partitions) => Call("add_partitions", 0, new ThriftStruct { [1] = partitions.Cast<object>().ToList() });

    /// <summary>Forgets a partition; its files, if any, stay.</summary>
    public void DropPartition(string database, string table, string partition) =>
        Call("drop_partition_by_name", 0, new ThriftStruct { [1] = database, [2] = table, [3] = partition, [4] = false });

    public void Dispose()
    {
        _protocol.Dispose();
        _socket.Dispose();
    }

    /// <summary>Null where the call's own exception says that there is no such thing.</summary>
    private static object? Found(Func<object?> call)
    {
        try
        {
            return call();
        }
        catch (MissingException)
        {
            return null;
        }
    }

    /// <param name="missing">Which of the declared exceptions means that there is no such thing; 0 = none does.</param>
    private object? Call(string name, short missing, ThriftStruct arguments) => Do(name, async () =>
    {
        using var patience = new CancellationTokenSource(_patience);
        await _protocol.WriteMessageBeginAsync(new TMessage(name, TMessageType.Call, ++_calls), patience.Token);
        await arguments.Write(_protocol, patience.Token);
        await _protocol.WriteMessageEndAsync(patience.Token);
        await _protocol.Transport.FlushAsync(patience.Token);
        var reply = await _protocol.ReadMessageBeginAsync(patience.Token);
        if (reply.Type == TMessageType.Exception)
        {
            var error = await TApplicationException.ReadAsync(_protocol, patience.Token);
            await _protocol.ReadMessageEndAsync(patience.Token);
            throw error;
        }

        var result = await ThriftStruct.Read(_protocol, patience.Token);
        await _protocol.ReadMessageEndAsync(patience.Token);
        for (short field = 1; field <= 5; field++)
        {
            if (result.Struct(field) is { } refusal)
            {
                throw field == missing ? new MissingException() : new MetastoreRefusal(refusal.Text(1) ?? "no reason given");
            }
        }

        return result[0];
    });

    private T Do<T>(string what, Func<Task<T>> work)
    {
        try
        {
            return Task.Run(work).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is TException or SocketException or IOException or OperationCanceledException or MetastoreRefusal)
        {
            throw new BatchEtlException(
                ExitCode.Engine, string.Create(CultureInfo.InvariantCulture, $"{_uri}: {what}: {(e is OperationCanceledException ? $"no answer within {_patience.TotalSeconds} s" : e.Message)}"), e);
        }
    }

    private sealed class MissingException : Exception;
}
