using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using BatchEtl.Avro.Decoding;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Columnar;

/// <summary>Turns the places that are read, and all that stands between them, into one array of operations.</summary>
internal sealed class PlanCompiler(ColumnPlan plan)
{
    private readonly List<PlanOperation> _operations = [];
    private readonly List<int> _targets = [];
    private readonly List<Utf8View> _symbols = [];
    private readonly List<byte[]> _symbolBytes = [];
    private readonly Dictionary<string, int> _symbolPlaces = new(StringComparer.Ordinal);
    private readonly List<KeyedArray> _arrays = [];
    private readonly List<MapEntries> _maps = [];
    private readonly Queue<(PlanNode Node, int Nesting, Action<int> Started)> _parts = new();
    private readonly ValueSkipper _skipper = new();
    private int _marks;
    private int _barrier;

    public PlanProgram Compile(PlanNode root)
    {
        for (var i = 0; i < plan.Columns.Count; i++)
        {
            plan.NeverNull[i] = plan.Columns[i].Kind is LeafKind.TextInvalid or LeafKind.Present;
        }

        Emit(root, 0, certain: true);
        Add(PlanCode.EndRecord);
        while (_parts.TryDequeue(out var part))
        {
            part.Started(_operations.Count);
            _barrier = _operations.Count;
            Emit(part.Node, part.Nesting, certain: false);
            Add(PlanCode.End);
        }

        var leastBytes = _skipper.LeastBytes(plan.Writer);
        _skipper.Seal();
        return new PlanProgram
        {
            Operations = Pinned(_operations),
            Targets = Pinned(_targets),
            Symbols = Pinned(_symbols),
            SymbolBytes = [.. _symbolBytes],
            Arrays = [.. _arrays],
            Maps = [.. _maps],
            Skipper = _skipper,
            Marks = _marks,
            LeastBytes = leastBytes,
        };
    }

    private static T[] Pinned<T>(List<T> list)
        where T : unmanaged
    {
        var array = GC.AllocateArray<T>(list.Count, pinned: true);
        list.CopyTo(array);
        return array;
    }

    /// <param name="certain">Whether every record has a value at this place.</param>
    private void Emit(PlanNode node, int nesting, bool certain)
    {
        foreach (var (column, kind) in node.Leaves)
        {
            if (kind == LeafKind.Present && node.Schema.Type is not (AvroType.Null or AvroType.Union))
            {
                Add(PlanCode.PutPresent, column);
            }
        }

        switch (node.Schema)
        {
            case RecordSchema record:
                foreach (var field in record.Fields)
                {
                    var inside = nesting + (record.IsRecursive ? 1 : 0);
                    if (node.Children.TryGetValue(field.Position, out var child))
                    {
                        Emit(child, inside, certain);
                    }
                    else
                    {
                        Skip(field.Schema, inside);
                    }
                }

                break;
            case UnionSchema union:
                EmitUnion(node, union, nesting);
                break;
            case ArraySchema array when node.Keyed.Count > 0:
                EmitArray(node, array, nesting);
                break;
            case MapSchema map when node.Entries.Count > 0:
                EmitMap(node, map, nesting);
                break;
            default:
                EmitValue(node, nesting, certain);
                break;
        }
    }

    private void EmitValue(PlanNode node, int nesting, bool certain)
    {
        var operations = new List<PlanOperation>();
        var leaves = node.Leaves.Where(leaf => leaf.Kind != LeafKind.Present).ToList();
        var invalid = leaves.FindIndex(leaf => leaf.Kind == LeafKind.TextInvalid);
        var fused = invalid >= 0 && leaves.Exists(leaf => leaf.Kind == LeafKind.Text);
        foreach (var (column, kind) in leaves)
        {
            if (kind == LeafKind.TextInvalid && (node.Schema is EnumSchema || (fused && column == leaves[invalid].Column)))
            {
                continue;
            }

            var operation = Reads(node.Schema, kind, column);
            if (kind == LeafKind.Text && fused && operation.Code == PlanCode.Text)
            {
                operation.B = leaves[invalid].Column;
            }

            var canFail = operation.Code is PlanCode.UuidText or PlanCode.DecimalFixed or PlanCode.DecimalPrefixed;
            plan.NeverNull[column] |= certain && !canFail;
            operation.SetsValidity = (byte)(plan.NeverNull[column] ? 0 : 1);
            operation.Stays = 1;
            operations.Add(operation);
        }

        if (operations.Count == 0)
        {
            Skip(node.Schema, nesting);
            return;
        }

        operations[^1] = operations[^1] with { Stays = 0 };
        _operations.AddRange(operations);
    }

    private PlanOperation Reads(AvroSchema schema, LeafKind kind, int column) => (kind, schema) switch
    {
        (LeafKind.Boolean, _) => new() { Code = PlanCode.Boolean, A = column },
        (LeafKind.Int64, { Type: AvroType.Int }) => new() { Code = PlanCode.Int, A = column },
        (LeafKind.Int64, _) => new() { Code = PlanCode.Long, A = column },
        (LeafKind.Double, { Type: AvroType.Float }) => new() { Code = PlanCode.Float, A = column },
        (LeafKind.Double, _) => new() { Code = PlanCode.Double, A = column },
        (LeafKind.Text, EnumSchema symbols) => new() { Code = PlanCode.Enum, A = column, B = SymbolsOf(symbols), C = symbols.Symbols.Count },
        (LeafKind.Text, _) => new() { Code = PlanCode.Text, A = column, B = -1 },
        (LeafKind.TextInvalid, _) => new() { Code = PlanCode.TextInvalid, A = column },
        (LeafKind.Uuid, FixedSchema) => new() { Code = PlanCode.UuidFixed, A = column },
        (LeafKind.Uuid, _) => new() { Code = PlanCode.UuidText, A = column },
        (LeafKind.Decimal, FixedSchema bytes) => new() { Code = PlanCode.DecimalFixed, A = column, C = bytes.Size },
        (LeafKind.Decimal, _) => new() { Code = PlanCode.DecimalPrefixed, A = column },
        (LeafKind.DecimalText, FixedSchema bytes) => new() { Code = PlanCode.DecimalTextFixed, A = column, B = schema.Logical!.Scale, C = bytes.Size },
        _ => new() { Code = PlanCode.DecimalTextPrefixed, A = column, B = schema.Logical!.Scale },
    };

    private void EmitUnion(PlanNode node, UnionSchema union, int nesting)
    {
        if (node.Children.Count == 0 && node.Leaves.Count == 0)
        {
            Skip(union, nesting);
            return;
        }

        var count = union.Branches.Count;
        var nullAt = union.Branches.ToList().FindIndex(branch => branch.Type == AvroType.Null);
        if (count == 2 && nullAt >= 0)
        {
            var optional = _operations.Count;
            Add(PlanCode.Optional);
            EmitBranch(node, union, 1 - nullAt, nesting);
            _operations[optional] = new PlanOperation { Code = PlanCode.Optional, A = nullAt * 2, B = _operations.Count };
            _barrier = _operations.Count;
            return;
        }

        var first = _targets.Count;
        _targets.AddRange(Enumerable.Repeat(0, count));
        Add(PlanCode.Union, count, first);
        var jumps = new List<int>();
        for (var i = 0; i < count; i++)
        {
            _targets[first + i] = _operations.Count;
            _barrier = _operations.Count;
            EmitBranch(node, union, i, nesting);
            jumps.Add(_operations.Count);
            Add(PlanCode.Jump);
        }

        foreach (var jump in jumps)
        {
            _operations[jump] = new PlanOperation { Code = PlanCode.Jump, A = _operations.Count };
        }

        _barrier = _operations.Count;
    }

    private void EmitBranch(PlanNode node, UnionSchema union, int index, int nesting)
    {
        var branch = union.Branches[index];
        foreach (var (column, kind) in node.Leaves)
        {
            if (kind == LeafKind.Branch && branch is NamedSchema named)
            {
                _operations.Add(new PlanOperation { Code = PlanCode.PutSymbol, A = column, B = Symbol(named.Name), SetsValidity = 1 });
            }
            else if (kind == LeafKind.Present && branch.Type != AvroType.Null)
            {
                Add(PlanCode.PutPresent, column);
            }
        }

        if (node.Children.TryGetValue(index, out var child))
        {
            Emit(child, nesting, certain: false);
        }
        else
        {
            Skip(branch, nesting);
        }
    }

    private void EmitArray(PlanNode node, ArraySchema array, int nesting)
    {
        var branches = array.Items is UnionSchema union ? union.Branches : [array.Items];
        var groups = new List<KeyGroup>();
        foreach (var group in node.Keyed.GroupBy(element => element.KeyField))
        {
            var elements = group.ToList();
            var starts = new int[elements.Count];
            byte[][] keys = [.. elements.Select(element => Encoding.UTF8.GetBytes(element.Key))];
            var probes = branches.Select(branch => Probe(branch, group.Key, elements.ConvertAll(element => element.Key), nesting)).ToArray();
            if (probes.All(probe => probe is null))
            {
                throw new ArgumentException(
                    $"The items of an array have no field '{group.Key}' that is a string or an enum; they are {array.Items.BranchName}.");
            }

            groups.Add(new KeyGroup { FirstMark = Marks(keys.Length), Keys = keys, Starts = starts, Probes = probes });
            for (var i = 0; i < elements.Count; i++)
            {
                var place = i;
                _parts.Enqueue((elements[i].Node, nesting, start => starts[place] = start));
            }
        }

        Add(PlanCode.KeyedArray, _arrays.Count);
        _arrays.Add(new KeyedArray
        {
            LeastBytes = _skipper.LeastBytes(array.Items),
            ItemEntry = _skipper.Entry(array.Items),
            Nesting = nesting,
            ItemsAreUnion = array.Items is UnionSchema,
            Groups = [.. groups],
        });
    }

    private KeyProbe? Probe(AvroSchema item, string keyField, List<string> keys, int nesting)
    {
        if (item is not RecordSchema record || record.Field(keyField) is not { } field)
        {
            return null;
        }

        var forms = (field.Schema is UnionSchema union ? union.Branches : [field.Schema]).Select(schema => schema switch
        {
            EnumSchema symbols => new KeyForm { KeyOfSymbol = [.. symbols.Symbols.Select(symbol => keys.IndexOf(symbol))] },
            { Type: AvroType.String } => new KeyForm { IsString = true },
            _ => new KeyForm { SkipEntry = _skipper.Entry(schema) },
        }).ToArray();
        return forms.All(form => !form.IsString && form.KeyOfSymbol is null) ? null : new KeyProbe
        {
            BeforeEntry = _skipper.Entry(record.Fields.Take(field.Position).Select(before => before.Schema)),
            BehindEntry = _skipper.Entry(record.Fields.Skip(field.Position + 1).Select(behind => behind.Schema)),
            Nesting = nesting + (record.IsRecursive ? 1 : 0),
            KeyIsUnion = field.Schema is UnionSchema,
            Forms = forms,
        };
    }

    private void EmitMap(PlanNode node, MapSchema map, int nesting)
    {
        var starts = new int[node.Entries.Count];
        Add(PlanCode.Map, _maps.Count);
        _maps.Add(new MapEntries
        {
            LeastBytes = (int)Math.Min(1L + _skipper.LeastBytes(map.Values), 1 << 28),
            ValueEntry = _skipper.Entry(map.Values),
            Nesting = nesting,
            FirstMark = Marks(node.Entries.Count),
            Keys = [.. node.Entries.Select(entry => Encoding.UTF8.GetBytes(entry.Key))],
            Starts = starts,
            Columns = [.. node.Entries.Select(entry => entry.Node.Columns().ToArray())],
        });
        for (var i = 0; i < starts.Length; i++)
        {
            var place = i;
            _parts.Enqueue((node.Entries[i].Node, nesting, start => starts[place] = start));
        }
    }

    private void Skip(AvroSchema schema, int nesting)
    {
        switch (schema)
        {
            case RecordSchema { IsRecursive: false } record when record.Fields.Count <= 16:
                foreach (var field in record.Fields)
                {
                    if (field.Schema is RecordSchema)
                    {
                        Add(PlanCode.SkipValue, _skipper.Entry(field.Schema), nesting);
                    }
                    else
                    {
                        Skip(field.Schema, nesting);
                    }
                }

                break;
            case UnionSchema { Branches.Count: 2 } union when union.Branches.Any(branch => branch.Type == AvroType.Null)
                && union.Branches.All(branch => branch.Type is not (AvroType.Record or AvroType.Array or AvroType.Map)):
                var optional = _operations.Count;
                var nullAt = union.Branches[0].Type == AvroType.Null ? 0 : 1;
                Add(PlanCode.Optional);
                _barrier = _operations.Count;
                Skip(union.Branches[1 - nullAt], nesting);
                _operations[optional] = new PlanOperation { Code = PlanCode.Optional, A = nullAt * 2, B = _operations.Count };
                _barrier = _operations.Count;
                break;
            case RecordSchema or UnionSchema or ArraySchema or MapSchema:
                Add(PlanCode.SkipValue, _skipper.Entry(schema), nesting);
                break;
            case EnumSchema symbols:
                Add(PlanCode.SkipEnum, symbols.Symbols.Count);
                break;
            case FixedSchema bytes:
                SkipFixed(bytes.Size);
                break;
            default:
                SkipPrimitive(schema.Type);
                break;
        }
    }

    private void SkipPrimitive(AvroType type)
    {
        switch (type)
        {
            case AvroType.Null:
                break;
            case AvroType.Boolean:
                Add(PlanCode.SkipBoolean);
                break;
            case AvroType.Int:
                Add(PlanCode.SkipInt);
                break;
            case AvroType.Long:
                Add(PlanCode.SkipLong);
                break;
            case AvroType.Float:
                SkipFixed(4);
                break;
            case AvroType.Double:
                SkipFixed(8);
                break;
            default:
                Add(PlanCode.SkipPrefixed);
                break;
        }
    }

    private void SkipFixed(int size)
    {
        var last = _operations.Count - 1;
        if (last >= _barrier && _operations[last].Code == PlanCode.SkipFixed && (long)_operations[last].A + size < int.MaxValue)
        {
            _operations[last] = _operations[last] with { A = _operations[last].A + size };
        }
        else
        {
            Add(PlanCode.SkipFixed, size);
        }
    }

    private int Marks(int count)
    {
        var first = _marks;
        _marks += count;
        return first;
    }

    private int SymbolsOf(EnumSchema schema)
    {
        var first = _symbols.Count;
        foreach (var symbol in schema.Symbols)
        {
            _symbols.Add(View(symbol));
        }

        return first;
    }

    private int Symbol(string text)
    {
        if (!_symbolPlaces.TryGetValue(text, out var place))
        {
            place = _symbols.Count;
            _symbols.Add(View(text));
            _symbolPlaces[text] = place;
        }

        return place;
    }

    private unsafe Utf8View View(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var pinned = GC.AllocateArray<byte>(Math.Max(16, bytes.Length), pinned: true);
        bytes.CopyTo(pinned, 0);
        _symbolBytes.Add(pinned);
        return Utf8View.Of((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)), bytes.Length);
    }

    private void Add(PlanCode code, int a = 0, int b = 0) => _operations.Add(new PlanOperation { Code = code, A = a, B = b });
}
