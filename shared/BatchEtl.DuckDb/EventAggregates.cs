using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>Registers the aggregates over events in their order, for ids that are uuids and for ids that are texts.</summary>
internal static class EventAggregates
{
    private static readonly EndsAggregate<UuidId>[] _endsByUuid = [.. Enumerable.Range(1, EndsAggregate<UuidId>.Columns).Select(n => new EndsAggregate<UuidId>(n))];
    private static readonly EndsAggregate<TextId>[] _endsByText = [.. Enumerable.Range(1, EndsAggregate<TextId>.Columns).Select(n => new EndsAggregate<TextId>(n))];
    private static readonly SequenceAggregate<UuidId> _sequenceByUuid = new();
    private static readonly SequenceAggregate<TextId> _sequenceByText = new();
    private static readonly FirstEventAggregate<UuidId> _firstByUuid = new();
    private static readonly FirstEventAggregate<TextId> _firstByText = new();
    private static readonly AttemptsAggregate<UuidId> _attemptsByUuid = new();
    private static readonly AttemptsAggregate<TextId> _attemptsByText = new();
    private static readonly AttemptsAggregate<NoId> _attemptsWithoutIds = new();

    public static void Register(nint connection)
    {
        var text = Native.duckdb_create_logical_type(Native.TypeId.Varchar);
        var time = Native.duckdb_create_logical_type(Native.TypeId.BigInt);
        var number = Native.duckdb_create_logical_type(Native.TypeId.Integer);
        var uuid = Native.duckdb_create_logical_type(Native.TypeId.Uuid);
        var flag = Native.duckdb_create_logical_type(Native.TypeId.Boolean);
        NativeAggregate.Register(connection, "ends_by", set =>
        {
            for (var columns = 1; columns <= _endsByUuid.Length; columns++)
            {
                var ends = Ends(text, columns);
                nint[] values = [.. Enumerable.Repeat(text, columns)];
                _endsByUuid[columns - 1].AddTo(set, ends, [time, uuid, .. values]);
                _endsByText[columns - 1].AddTo(set, ends, [time, text, .. values]);
                Native.duckdb_destroy_logical_type(ref ends);
            }
        });
        NativeAggregate.Register(connection, "text_in_order", set =>
        {
            _sequenceByUuid.AddTo(set, text, number, time, uuid, number);
            _sequenceByText.AddTo(set, text, number, time, text, number);
        });
        NativeAggregate.Register(connection, "first_event", set =>
        {
            _firstByUuid.AddTo(set, uuid, time, uuid);
            _firstByText.AddTo(set, text, time, text);
        });
        NativeAggregate.Register(connection, "furthest_attempts", set =>
        {
            var numbers = Native.duckdb_create_list_type(time);
            _attemptsByUuid.AddTo(set, numbers, time, time, uuid, text);
            _attemptsByText.AddTo(set, numbers, time, time, text, text);
            _attemptsWithoutIds.AddTo(set, numbers, time, time, flag, text);
            Native.duckdb_destroy_logical_type(ref numbers);
        });
        Native.duckdb_destroy_logical_type(ref text);
        Native.duckdb_destroy_logical_type(ref time);
        Native.duckdb_destroy_logical_type(ref number);
        Native.duckdb_destroy_logical_type(ref uuid);
        Native.duckdb_destroy_logical_type(ref flag);
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
