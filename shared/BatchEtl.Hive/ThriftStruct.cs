using Thrift.Protocol;
using Thrift.Protocol.Entities;
using Thrift.Protocol.Utilities;

namespace BatchEtl.Hive;

/// <summary>
/// A Thrift struct by its field ids, whatever its type: what a newer metastore adds to a table comes back to it as it was. Values are string,
/// bool, short, int, long, double, <see cref="ThriftStruct"/>, lists, and maps of texts.
/// </summary>
internal sealed class ThriftStruct
{
    private readonly SortedDictionary<short, object> _fields = [];

    /// <summary>A field's value; setting null removes the field.</summary>
    public object? this[short id]
    {
        get => _fields.GetValueOrDefault(id);
        set
        {
            if (value is null)
            {
                _fields.Remove(id);
            }
            else
            {
                _fields[id] = value;
            }
        }
    }

    public string? Text(short id) => this[id] as string;

    public ThriftStruct? Struct(short id) => this[id] as ThriftStruct;

    public IEnumerable<ThriftStruct> Structs(short id) => (this[id] as List<object> ?? []).Cast<ThriftStruct>();

    public IReadOnlyDictionary<string, string> Map(short id) => this[id] as Dictionary<string, string> ?? [];

    public async Task Write(TProtocol protocol, CancellationToken cancellation)
    {
        await protocol.WriteStructBeginAsync(new TStruct(string.Empty), cancellation);
        foreach (var (id, value) in _fields)
        {
            await protocol.WriteFieldBeginAsync(new TField(string.Empty, TypeOf(value), id), cancellation);
            await WriteValue(protocol, value, cancellation);
            await protocol.WriteFieldEndAsync(cancellation);
        }

        await protocol.WriteFieldStopAsync(cancellation);
        await protocol.WriteStructEndAsync(cancellation);
    }

    public static async Task<ThriftStruct> Read(TProtocol protocol, CancellationToken cancellation)
    {
        var read = new ThriftStruct();
        await protocol.ReadStructBeginAsync(cancellation);
        while (true)
        {
            var field = await protocol.ReadFieldBeginAsync(cancellation);
            if (field.Type == TType.Stop)
            {
                break;
            }

            read[field.ID] = await ReadValue(protocol, field.Type, cancellation);
            await protocol.ReadFieldEndAsync(cancellation);
        }

        await protocol.ReadStructEndAsync(cancellation);
        return read;
    }

    private static TType TypeOf(object value) => value switch
    {
        string => TType.String,
        bool => TType.Bool,
        short => TType.I16,
        int => TType.I32,
        long => TType.I64,
        double => TType.Double,
        ThriftStruct => TType.Struct,
        List<object> => TType.List,
        Dictionary<string, string> => TType.Map,
        _ => throw new ArgumentException($"expected a Thrift value, found {value.GetType()}", nameof(value)),
    };

    private static async Task WriteValue(TProtocol protocol, object value, CancellationToken cancellation)
    {
        switch (value)
        {
            case string text:
                await protocol.WriteStringAsync(text, cancellation);
                break;
            case bool flag:
                await protocol.WriteBoolAsync(flag, cancellation);
                break;
            case short number:
                await protocol.WriteI16Async(number, cancellation);
                break;
            case int number:
                await protocol.WriteI32Async(number, cancellation);
                break;
            case long number:
                await protocol.WriteI64Async(number, cancellation);
                break;
            case double number:
                await protocol.WriteDoubleAsync(number, cancellation);
                break;
            case ThriftStruct nested:
                await nested.Write(protocol, cancellation);
                break;
            case List<object> list:
                await protocol.WriteListBeginAsync(new TList(list.Count == 0 ? TType.String : TypeOf(list[0]), list.Count), cancellation);
                foreach (var item in list)
                {
                    await WriteValue(protocol, item, cancellation);
                }

                await protocol.WriteListEndAsync(cancellation);
                break;
            case Dictionary<string, string> map:
                await protocol.WriteMapBeginAsync(new TMap(TType.String, TType.String, map.Count), cancellation);
                foreach (var (key, entry) in map)
                {
                    await protocol.WriteStringAsync(key, cancellation);
                    await protocol.WriteStringAsync(entry, cancellation);
                }

                await protocol.WriteMapEndAsync(cancellation);
                break;
        }
    }

    private static async Task<object?> ReadValue(TProtocol protocol, TType type, CancellationToken cancellation)
    {
        switch (type)
        {
            case TType.String:
                return await protocol.ReadStringAsync(cancellation);
            case TType.Bool:
                return await protocol.ReadBoolAsync(cancellation);
            case TType.I16:
                return await protocol.ReadI16Async(cancellation);
            case TType.I32:
                return await protocol.ReadI32Async(cancellation);
            case TType.I64:
                return await protocol.ReadI64Async(cancellation);
            case TType.Double:
                return await protocol.ReadDoubleAsync(cancellation);
            case TType.Struct:
                return await Read(protocol, cancellation);
            case TType.List:
                var list = await protocol.ReadListBeginAsync(cancellation);
                var items = new List<object>(list.Count);
                for (var i = 0; i < list.Count; i++)
                {
                    items.Add((await ReadValue(protocol, list.ElementType, cancellation))!);
                }

                await protocol.ReadListEndAsync(cancellation);
                return items;
            case TType.Map:
                return await ReadMap(protocol, cancellation);
            default:
                // Nothing that tables, partitions and databases of a metastore are made of; left out, not lost to an error.
                await TProtocolUtil.SkipAsync(protocol, type, cancellation);
                return null;
        }
    }

    private static async Task<object?> ReadMap(TProtocol protocol, CancellationToken cancellation)
    {
        var map = await protocol.ReadMapBeginAsync(cancellation);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < map.Count; i++)
        {
            var key = await ReadValue(protocol, map.KeyType, cancellation);
            var value = await ReadValue(protocol, map.ValueType, cancellation);
            if (key is string name && value is string text)
            {
                texts[name] = text;
            }
        }

        await protocol.ReadMapEndAsync(cancellation);
        return texts;
    }
}
