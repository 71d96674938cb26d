namespace BatchEtl.DuckDb;

/// <summary>Registers the aggregates over events in their order, for ids that are uuids and for ids that are texts.</summary>
internal static class EventAggregates
{
    public static void Register(nint connection)
    {
        var text = Native.duckdb_create_logical_type(Native.TypeId.Varchar);
        var texts = Native.duckdb_create_list_type(text);
        var time = Native.duckdb_create_logical_type(Native.TypeId.BigInt);
        var number = Native.duckdb_create_logical_type(Native.TypeId.Integer);
        var uuid = Native.duckdb_create_logical_type(Native.TypeId.Uuid);
        Add(connection, "ends_by", (set, name) =>
        {
            new EndsAggregate<UuidId>().AddTo(set, name, texts, texts, time, uuid);
            new EndsAggregate<TextId>().AddTo(set, name, texts, texts, time, text);
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
        Native.duckdb_destroy_logical_type(ref texts);
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
}
