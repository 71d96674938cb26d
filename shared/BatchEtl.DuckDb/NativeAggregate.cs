using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BatchEtl.DuckDb;

/// <summary>
/// An aggregate function of ours inside DuckDB. A group's state is a pointer to memory that the aggregate owns; null until
/// the group's first row. Many threads update different states at once.
/// </summary>
internal abstract unsafe class NativeAggregate
{
    /// <summary>What DuckDB keeps for a group; it may move it, so nobody points here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct State
    {
        /// <summary>The aggregate: DuckDB does not say whose states it destroys.</summary>
        public nint Owner;
        public void* Block;
    }

    /// <summary>Lives as long as the process: states of any engine may point to the aggregate.</summary>
    private readonly nint _self;

    protected NativeAggregate() => _self = GCHandle.ToIntPtr(GCHandle.Alloc(this));

    /// <summary>Registers the overloads of one name.</summary>
    public static void Register(nint connection, string name, Action<nint> addOverloads)
    {
        var set = Native.duckdb_create_aggregate_function_set(name);
        addOverloads(set);
        var refused = Native.duckdb_register_aggregate_function_set(connection, set) != 0;
        Native.duckdb_destroy_aggregate_function_set(ref set);
        if (refused)
        {
            throw new InvalidOperationException($"DuckDB does not take the aggregate {name}");
        }
    }

    /// <summary>Adds an overload to a set of functions of one name.</summary>
    public void AddTo(nint set, nint returnType, params ReadOnlySpan<nint> parameters)
    {
        var function = Native.duckdb_create_aggregate_function();

        // The set has the name that counts; a function without one is refused.
        Native.duckdb_aggregate_function_set_name(function, GetType().Name);
        foreach (var parameter in parameters)
        {
            Native.duckdb_aggregate_function_add_parameter(function, parameter);
        }

        Native.duckdb_aggregate_function_set_return_type(function, returnType);
        Native.duckdb_aggregate_function_set_functions(function, &StateSize, &Init, &Update, &Combine, &Finish);
        Native.duckdb_aggregate_function_set_destructor(function, &Destroy);

        // Rows with nulls come too: where DuckDB leaves them out, it hands over what remains in a form that the C API can't read.
        Native.duckdb_aggregate_function_set_special_handling(function);
        Native.duckdb_aggregate_function_set_extra_info(function, _self, null);
        _ = Native.duckdb_add_aggregate_function_to_set(set, function);
        Native.duckdb_destroy_aggregate_function(ref function);
    }

    /// <summary>Adds each row of the chunk to the state beside it.</summary>
    protected abstract void Add(nint chunk, int rows, State** states);

    /// <summary>Adds a state's content to another's; the source is destroyed afterwards.</summary>
    protected abstract void Merge(State* source, State* target);

    /// <summary>Writes the groups' results, the first to row <paramref name="offset"/>.</summary>
    protected abstract void Write(State** states, int count, nint result, ulong offset);

    /// <summary>Gives a state's memory back.</summary>
    protected abstract void Free(void* block);

    private static NativeAggregate Of(nint owner) => (NativeAggregate)GCHandle.FromIntPtr(owner).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong StateSize(nint info) => (ulong)sizeof(State);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info, void* state) =>
        *(State*)state = new State { Owner = Native.duckdb_aggregate_function_get_extra_info(info) };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Update(nint info, nint chunk, void** states)
    {
        try
        {
            Of(Native.duckdb_aggregate_function_get_extra_info(info)).Add(chunk, (int)Native.duckdb_data_chunk_get_size(chunk), (State**)states);
        }
        catch (Exception e)
        {
            Native.duckdb_aggregate_function_set_error(info, LandedReads.Remember(e));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Combine(nint info, void** sources, void** targets, ulong count)
    {
        try
        {
            var aggregate = Of(Native.duckdb_aggregate_function_get_extra_info(info));
            for (var i = 0UL; i < count; i++)
            {
                var source = (State*)sources[i];
                var target = (State*)targets[i];
                if (source->Block is null)
                {
                    continue;
                }

                if (target->Block is null)
                {
                    target->Block = source->Block;
                    source->Block = null;
                    continue;
                }

                aggregate.Merge(source, target);
            }
        }
        catch (Exception e)
        {
            Native.duckdb_aggregate_function_set_error(info, LandedReads.Remember(e));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Finish(nint info, void** states, nint result, ulong count, ulong offset)
    {
        try
        {
            Of(Native.duckdb_aggregate_function_get_extra_info(info)).Write((State**)states, (int)count, result, offset);
        }
        catch (Exception e)
        {
            Native.duckdb_aggregate_function_set_error(info, LandedReads.Remember(e));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Destroy(void** states, ulong count)
    {
        for (var i = 0UL; i < count; i++)
        {
            var state = (State*)states[i];
            if (state->Block is not null)
            {
                Of(state->Owner).Free(state->Block);
                state->Block = null;
            }
        }
    }
}
