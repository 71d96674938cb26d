using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>Registers the aggregates over events in their order, for ids that are uuids and for ids that are texts.</summary>
internal static class EventAggregates
{
    public static void Register(nint connection)
    {
        var text = Native.duckdb_create_logical_type(Native.TypeId.Varchar);
        var time = Native.duckdb_create_logical_type(Native.TypeId.BigInt);
        var number = Native.duckdb_create_logical_type(Native.TypeId.Integer);
        var uuid = Native.duckdb_create_logical_type(Native.TypeId.Uuid);
        Add(connection, "ends_by", (set, name) =>
        {
            for (var columns = 1; columns <= EndsAggregate<UuidId>.Columns; columns++)
            {
                var ends = Ends(text, columns);
                nint[] values = [.. Enumerable.Repeat(text, columns)];
                new EndsAggregate<UuidId>(columns).AddTo(set, name, ends, [time, uuid, .. values]);
                new EndsAggregate<TextId>(columns).AddTo(set, name, ends, [time, text, .. values]);
                Native.duckdb_destroy_logical_type(ref ends);
            }
        });
        Add(connection, "text_in_order", (set, name) =>
        {
            new SequenceAggregate<UuidId>().AddTo(set, name, text, number, time, uuid, number);
            new SequenceAggregate<TextId>().AddTo(set, name, text, number, time, text, number);
        });
        Add(connection, "first_event", (set, name) =>
        {
            new FirstEventAggregate<UuidId>().AddTo(set, name, uuid, time, uuid);
            new FirstEventAggregate<TextId>().AddTo(set, name, text, time, text);
        });
        Native.duckdb_destroy_logical_type(ref text);
        Native.duckdb_destroy_logical_type(ref time);
        Native.duckdb_destroy_logical_type(ref number);
        Native.duckdb_destroy_logical_type(ref uuid);
    }

    /// <summary>Registers the overloads of one name.</summary>
    public static void Add(nint connection, string name, Action<nint, string> overloads)
    {
        var set = Native.duckdb_create_aggregate_function_set(name);
        overloads(set, name);
        if (Native.duckdb_register_aggregate_function_set(connection, set) != 0)
        {
            throw new InvalidOperationException($"DuckDB does not take the aggregate {name}");
        }

        Native.duckdb_destroy_aggregate_function_set(ref set);
    }

    private static unsafe nint Ends(nint text, int columns)
    {
        var names = Enumerable.Range(0, columns).SelectMany(i => new[] { $"f{i}", $"l{i}" }).Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        nint[] types = [.. Enumerable.Repeat(text, names.Length)];
        try
        {
            fixed (nint* type = types)
            fixed (nint* name = names)
            {
                return Native.duckdb_create_struct_type(type, (byte**)name, (ulong)names.Length);
            }
        }
        finally
        {
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }
}
