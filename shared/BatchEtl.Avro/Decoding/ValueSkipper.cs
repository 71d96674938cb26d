using System.Runtime.CompilerServices;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Decoding;

/// <summary>
/// Steps over values and checks them on the way: lengths, booleans, indexes, counts, nesting. A schema is compiled once
/// into an array of operations; every record type is one routine, so that shared and recursive types stay small.
/// Thread-safe once sealed.
/// </summary>
internal sealed unsafe class ValueSkipper
{
    /// <summary>How deep records may be nested in themselves, in every decoder of this library.</summary>
    public const int MaxNesting = 1000;

    private const int LargestInlined = 64;
    private readonly List<Operation> _operations = [];
    private readonly List<int> _table = [];
    private readonly Dictionary<AvroSchema, int> _routines = [];
    private readonly Dictionary<RecordSchema, int> _slots = [];
    private readonly Dictionary<AvroSchema, int> _weights = [];
    private readonly Dictionary<AvroSchema, int> _leastBytes = [];
    private readonly Queue<RecordSchema> _open = new();
    private int _barrier;
    private Operation[] _sealedOperations = [];
    private int[] _sealedTable = [];
    private Operation* _code;
    private int* _branches;

    private enum Code
    {
        Return,
        Int,
        Long,
        Boolean,
        Fixed,
        Prefixed,
        Enum,
        Union,
        Jump,
        Array,
        Map,
        Record,
    }

    /// <summary>A skipper of one type.</summary>
    public static ValueSkipper Of(AvroSchema schema, out int entry)
    {
        var skipper = new ValueSkipper();
        entry = skipper.Entry(schema);
        skipper.Seal();
        return skipper;
    }

    /// <summary>The routine that steps over a value of this type.</summary>
    public int Entry(AvroSchema schema)
    {
        if (!_routines.TryGetValue(schema, out var entry))
        {
            entry = Routine(() => Emit(schema));
            _routines[schema] = entry;
        }

        return entry;
    }

    /// <summary>The routine that steps over some fields in a row.</summary>
    public int Entry(IEnumerable<AvroSchema> schemas) => Routine(() =>
    {
        foreach (var schema in schemas)
        {
            Emit(schema);
        }
    });

    /// <summary>Ends the making; routines may be run from now on.</summary>
    public void Seal()
    {
        _sealedOperations = GC.AllocateArray<Operation>(_operations.Count, pinned: true);
        _operations.CopyTo(_sealedOperations);
        _sealedTable = GC.AllocateArray<int>(_table.Count, pinned: true);
        _table.CopyTo(_sealedTable);
        _code = (Operation*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_sealedOperations));
        _branches = (int*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_sealedTable));
    }

    /// <summary>The fewest bytes that a value takes; 0 only where every value takes none.</summary>
    public int LeastBytes(AvroSchema schema)
    {
        if (_leastBytes.TryGetValue(schema, out var known))
        {
            return known;
        }

        var least = 1L;
        switch (schema)
        {
            case RecordSchema record:
                _leastBytes[schema] = 1; // inside itself: whatever holds a record by itself takes no end of bytes
                least = 0;
                foreach (var field in record.Fields)
                {
                    least += LeastBytes(field.Schema);
                }

                break;
            case FixedSchema bytes:
                least = bytes.Size;
                break;
            default:
                least = schema.Type switch { AvroType.Null => 0, AvroType.Float => 4, AvroType.Double => 8, _ => 1 };
                break;
        }

        return _leastBytes[schema] = (int)Math.Min(least, 1 << 28);
    }

    /// <summary>Steps over one value and returns the position behind it.</summary>
    /// <param name="nesting">How many records that can hold themselves enclose the value.</param>
    /// <exception cref="MalformedDataException">The bytes are no value of the type.</exception>
    public byte* Skip(int entry, byte* p, byte* end, int nesting)
    {
        var operation = _code + entry;
        while (true)
        {
            switch (operation->Code)
            {
                case Code.Return:
                    return p;
                case Code.Int:
                {
                    var raw = VarInt.Read(p);
                    if (raw.Next == null || raw.Next > end || raw.Value > uint.MaxValue)
                    {
                        Faults.Integer(p, raw.Next, end);
                    }

                    p = raw.Next;
                    break;
                }

                case Code.Long:
                {
                    var raw = VarInt.Read(p);
                    if (raw.Next == null || raw.Next > end)
                    {
                        Faults.Integer(p, raw.Next, end);
                    }

                    p = raw.Next;
                    break;
                }

                case Code.Boolean:
                    if (p >= end || *p > 1)
                    {
                        Faults.Boolean(p, end);
                    }

                    p++;
                    break;
                case Code.Fixed:
                    if (end - p < operation->A)
                    {
                        Faults.Fixed(p, operation->A, end);
                    }

                    p += operation->A;
                    break;
                case Code.Prefixed:
                {
                    var raw = VarInt.Read(p);
                    if (raw.Next == null || raw.Next > end)
                    {
                        Faults.Integer(p, raw.Next, end);
                    }

                    var length = VarInt.ZigZag(raw.Value);
                    if ((ulong)length > (ulong)(end - raw.Next))
                    {
                        Faults.Length(p, length, end - raw.Next);
                    }

                    p = raw.Next + length;
                    break;
                }

                case Code.Enum:
                {
                    var raw = VarInt.Read(p);
                    if (raw.Next == null || raw.Next > end)
                    {
                        Faults.Integer(p, raw.Next, end);
                    }

                    var index = VarInt.ZigZag(raw.Value);
                    if ((ulong)index >= (ulong)operation->A)
                    {
                        Faults.Enum(p, index, operation->A);
                    }

                    p = raw.Next;
                    break;
                }

                case Code.Union:
                {
                    var raw = VarInt.Read(p);
                    if (raw.Next == null || raw.Next > end)
                    {
                        Faults.Integer(p, raw.Next, end);
                    }

                    var index = VarInt.ZigZag(raw.Value);
                    if ((ulong)index >= (ulong)operation->A)
                    {
                        Faults.Branch(p, index, operation->A);
                    }

                    p = raw.Next;
                    operation = _code + _branches[operation->B + index];
                    continue;
                }

                case Code.Jump:
                    operation = _code + operation->A;
                    continue;
                case Code.Array or Code.Map:
                    p = SkipItems(operation, p, end, nesting);
                    break;
                case Code.Record:
                    p = SkipRecord(operation, p, end, nesting);
                    break;
            }

            operation++;
        }
    }

    private byte* SkipItems(Operation* operation, byte* p, byte* end, int nesting)
    {
        var blocks = default(ItemBlocks);
        while (blocks.Next(ref p, end, operation->B, out var count))
        {
            // Items of no bytes have nothing to check, however many there are.
            for (; operation->B > 0 && count > 0; count--)
            {
                p = Skip(operation->A, p, end, nesting);
            }
        }

        return p;
    }

    private byte* SkipRecord(Operation* operation, byte* p, byte* end, int nesting)
    {
        if (operation->B != 0 && (++nesting > MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            Faults.Depth(p, MaxNesting);
        }

        return Skip(_branches[operation->A], p, end, nesting);
    }

    private int Routine(Action emit)
    {
        var entry = _operations.Count;
        _barrier = entry;
        emit();
        Add(Code.Return);

        // Records met on the way become routines of their own behind this one; the table says where.
        while (_open.TryDequeue(out var record))
        {
            _table[_slots[record]] = _operations.Count;
            _barrier = _operations.Count;
            foreach (var field in record.Fields)
            {
                Emit(field.Schema);
            }

            Add(Code.Return);
        }

        return entry;
    }

    private void Emit(AvroSchema schema)
    {
        switch (schema)
        {
            case RecordSchema record when Weight(record) <= LargestInlined:
                foreach (var field in record.Fields)
                {
                    Emit(field.Schema);
                }

                break;
            case RecordSchema record:
                if (!_slots.TryGetValue(record, out var slot))
                {
                    slot = _table.Count;
                    _table.Add(0);
                    _slots[record] = slot;
                    _open.Enqueue(record);
                }

                Add(Code.Record, slot, record.IsRecursive ? 1 : 0);
                break;
            case UnionSchema union:
                EmitUnion(union);
                break;
            case ArraySchema array:
                EmitItems(Code.Array, LeastBytes(array.Items), () => Emit(array.Items));
                break;
            case MapSchema map:
                EmitItems(Code.Map, (int)Math.Min(1L + LeastBytes(map.Values), 1 << 28), () =>
                {
                    Add(Code.Prefixed);
                    Emit(map.Values);
                });
                break;
            case EnumSchema symbols:
                Add(Code.Enum, symbols.Symbols.Count);
                break;
            case FixedSchema bytes:
                AddFixed(bytes.Size);
                break;
            default:
                EmitPrimitive(schema.Type);
                break;
        }
    }

    private void EmitPrimitive(AvroType type)
    {
        switch (type)
        {
            case AvroType.Null:
                break;
            case AvroType.Boolean:
                Add(Code.Boolean);
                break;
            case AvroType.Int:
                Add(Code.Int);
                break;
            case AvroType.Long:
                Add(Code.Long);
                break;
            case AvroType.Float:
                AddFixed(4);
                break;
            case AvroType.Double:
                AddFixed(8);
                break;
            default:
                Add(Code.Prefixed);
                break;
        }
    }

    private void EmitUnion(UnionSchema union)
    {
        var first = _table.Count;
        var count = union.Branches.Count;
        for (var i = 0; i < count; i++)
        {
            _table.Add(0);
        }

        Add(Code.Union, count, first);
        var jumps = new List<int>();
        for (var i = 0; i < count; i++)
        {
            _table[first + i] = _operations.Count;
            _barrier = _operations.Count;
            Emit(union.Branches[i]);
            jumps.Add(_operations.Count);
            Add(Code.Jump);
        }

        foreach (var jump in jumps)
        {
            _operations[jump] = new Operation { Code = Code.Jump, A = _operations.Count };
        }

        _barrier = _operations.Count;
    }

    private void EmitItems(Code code, int leastBytes, Action emit)
    {
        var start = _operations.Count;
        Add(code, start + 2, leastBytes);
        Add(Code.Jump);
        _barrier = _operations.Count;
        emit();
        Add(Code.Return);
        _operations[start + 1] = new Operation { Code = Code.Jump, A = _operations.Count };
        _barrier = _operations.Count;
    }

    /// <summary>Sizes known beforehand in a row are one step.</summary>
    private void AddFixed(int size)
    {
        var last = _operations.Count - 1;
        if (last >= _barrier && _operations[last].Code == Code.Fixed && (long)_operations[last].A + size < int.MaxValue)
        {
            _operations[last] = new Operation { Code = Code.Fixed, A = _operations[last].A + size };
        }
        else
        {
            Add(Code.Fixed, size);
        }
    }

    private void Add(Code code, int a = 0, int b = 0) => _operations.Add(new Operation { Code = code, A = a, B = b });

    /// <summary>How many operations a type takes when all of it stands in one place.</summary>
    private int Weight(AvroSchema schema)
    {
        if (_weights.TryGetValue(schema, out var known))
        {
            return known;
        }

        var weight = 1L;
        switch (schema)
        {
            case RecordSchema { IsRecursive: true }:
                weight = LargestInlined + 1;
                break;
            case RecordSchema record:
                weight = record.Fields.Sum(field => (long)Weight(field.Schema));
                break;
            case UnionSchema union:
                weight += union.Branches.Sum(branch => 1L + Weight(branch));
                break;
            case ArraySchema array:
                weight += 2L + Weight(array.Items);
                break;
            case MapSchema map:
                weight += 3L + Weight(map.Values);
                break;
        }

        return _weights[schema] = (int)Math.Min(weight, LargestInlined + 1);
    }

    private struct Operation
    {
        public Code Code;
        public int A;
        public int B;
    }
}
