using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Landing;

namespace BatchEtl.DuckDb;

/// <summary>
/// The table function <c>avro_scan(id BIGINT)</c>: landed files as rows, projected, in parallel. DuckDB's workers take splits;
/// text longer than 12 bytes is borrowed from the reader's blocks, which live until the second next chunk.
/// An exception that left a callback would end the process: each is turned into the statement's error.
/// </summary>
internal static unsafe class AvroScanFunction
{
    /// <summary>Registers the function.</summary>
    public static void Register(nint connection)
    {
        var function = Native.duckdb_create_table_function();
        var id = Native.duckdb_create_logical_type(Native.TypeId.BigInt);
        Native.duckdb_table_function_set_name(function, "avro_scan");
        Native.duckdb_table_function_add_parameter(function, id);
        Native.duckdb_table_function_set_bind(function, &Bind);
        Native.duckdb_table_function_set_init(function, &Init);
        Native.duckdb_table_function_set_local_init(function, &LocalInit);
        Native.duckdb_table_function_set_function(function, &Next);
        Native.duckdb_table_function_supports_projection_pushdown(function, true);
        _ = Native.duckdb_register_table_function(connection, function);
        Native.duckdb_destroy_logical_type(ref id);
        Native.duckdb_destroy_table_function(ref function);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        try
        {
            var parameter = Native.duckdb_bind_get_parameter(info, 0);
            var read = LandedReads.Get(Native.duckdb_get_int64(parameter));
            Native.duckdb_destroy_value(ref parameter);
            AddColumn(info, LandedColumns.FileIndex, Native.duckdb_create_logical_type(Native.TypeId.Integer));
            AddColumn(info, LandedColumns.RecordNumber, Native.duckdb_create_logical_type(Native.TypeId.BigInt));
            AddColumn(info, LandedColumns.FolderStart, Native.duckdb_create_logical_type(Native.TypeId.BigInt));
            AddColumn(info, LandedColumns.FolderEnd, Native.duckdb_create_logical_type(Native.TypeId.BigInt));
            AddColumn(info, LandedColumns.Topic, Native.duckdb_create_logical_type(Native.TypeId.Varchar));
            foreach (var column in read.Scan.Schema.Columns)
            {
                AddColumn(info, column.Name, TypeOf(column));
            }

            Native.duckdb_bind_set_cardinality(info, (ulong)read.Scan.Files.Sum(f => f.Records ?? 0), true);
            Native.duckdb_bind_set_bind_data(info, GCHandle.ToIntPtr(GCHandle.Alloc(read)), &Free);
        }
        catch (Exception e)
        {
            Native.duckdb_bind_set_error(info, e.ToString());
        }
    }

    private static void AddColumn(nint info, string name, nint type)
    {
        Native.duckdb_bind_add_result_column(info, name, type);
        Native.duckdb_destroy_logical_type(ref type);
    }

    private static nint TypeOf(LandedColumn column) => column.Form switch
    {
        LandedForm.Boolean or LandedForm.TextInvalid or LandedForm.Present => Native.duckdb_create_logical_type(Native.TypeId.Boolean),
        LandedForm.Int64 => Native.duckdb_create_logical_type(Native.TypeId.BigInt),
        LandedForm.Double => Native.duckdb_create_logical_type(Native.TypeId.Double),
        LandedForm.Uuid => Native.duckdb_create_logical_type(Native.TypeId.Uuid),
        LandedForm.Decimal => Native.duckdb_create_decimal_type(38, (byte)column.Scale),
        _ => Native.duckdb_create_logical_type(Native.TypeId.Varchar),
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info)
    {
        try
        {
            var read = (LandedRead)GCHandle.FromIntPtr(Native.duckdb_init_get_bind_data(info)).Target!;
            var count = (int)Native.duckdb_init_get_column_count(info);
            var columns = new int[count];
            for (var i = 0; i < count; i++)
            {
                columns[i] = (int)Native.duckdb_init_get_column_index(info, (ulong)i);
            }

            Native.duckdb_init_set_max_threads(info, (ulong)Math.Max(1, read.Work.Count));
            Native.duckdb_init_set_init_data(info, GCHandle.ToIntPtr(GCHandle.Alloc(new Statement(read, columns))), &Free);
        }
        catch (Exception e)
        {
            Native.duckdb_init_set_error(info, e.ToString());
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void LocalInit(nint info)
    {
        try
        {
            // DuckDB hands over the local state of this thread only; what it shares is fetched at its first chunk.
            Native.duckdb_init_set_init_data(info, GCHandle.ToIntPtr(GCHandle.Alloc(new Worker())), &Free);
        }
        catch (Exception e)
        {
            Native.duckdb_init_set_error(info, e.ToString());
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Next(nint info, nint chunk)
    {
        try
        {
            var statement = (Statement)GCHandle.FromIntPtr(Native.duckdb_function_get_init_data(info)).Target!;
            var worker = (Worker)GCHandle.FromIntPtr(Native.duckdb_function_get_local_init_data(info)).Target!;
            Native.duckdb_data_chunk_set_size(chunk, (ulong)worker.Fill(statement, chunk));
        }
        catch (Exception e)
        {
            Native.duckdb_function_set_error(info, LandedReads.Remember(e));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint data)
    {
        var handle = GCHandle.FromIntPtr(data);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
    }

    /// <summary>What all threads of one scan share.</summary>
    private sealed class Statement
    {
        private int _next = -1;

        public Statement(LandedRead read, int[] columns)
        {
            Read = read;
            Columns = columns;
            Leaves = [.. columns.Where(c => c >= LandedColumnCount).Select(c => read.Scan.Schema.Columns[c - LandedColumnCount])];
            Plan = read.Plan(Leaves);
        }

        public const int LandedColumnCount = 5;

        public LandedRead Read { get; }

        /// <summary>Indexes of the projected columns.</summary>
        public int[] Columns { get; }

        public IReadOnlyList<LandedColumn> Leaves { get; }

        public ColumnPlan Plan { get; }

        public bool TryTake(out LandedFile file, out AvroSplit split)
        {
            var index = Interlocked.Increment(ref _next);
            if (index >= Read.Work.Count)
            {
                (file, split) = (null!, default!);
                return false;
            }

            (file, split) = Read.Work[index];
            return true;
        }
    }

    /// <summary>One thread of a scan.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly int _capacity = (int)Native.duckdb_vector_size();
        private readonly List<nint> _topics = [];
        private ColumnarReader? _reader;
        private AvroSource? _source;
        private LandedFile? _file;
        private ColumnVector* _vectors;
        private Utf8View _topic;

        /// <summary>Fills a chunk from the current split or the next that has rows; 0 rows = no more.</summary>
        public int Fill(Statement statement, nint chunk)
        {
            _reader ??= new ColumnarReader(statement.Plan);
            if (_vectors is null)
            {
                _vectors = (ColumnVector*)NativeMemory.Alloc((nuint)Math.Max(1, statement.Leaves.Count), (nuint)sizeof(ColumnVector));
            }

            while (true)
            {
                if (_file is null && !Open(statement))
                {
                    return 0;
                }

                var rows = Read(statement, chunk);
                if (rows > 0)
                {
                    LandedReads.Count(rows);
                    return rows;
                }

                _file = null;
            }
        }

        public void Dispose()
        {
            _reader?.Dispose();
            _source?.Dispose();
            NativeMemory.Free(_vectors);
            _topics.ForEach(Marshal.FreeCoTaskMem);
        }

        private bool Open(Statement statement)
        {
            if (!statement.TryTake(out var file, out var split))
            {
                return false;
            }

            _source?.Dispose();
            _source = statement.Read.Files.Open(file);
            _reader!.Open(file.RelativePath, _source, statement.Read.Files.Header(file), split);
            _file = file;
            if (file.Folder.Topic is { } topic)
            {
                // Kept until the scan ends: chunks of the split may still be on their way.
                _topics.Add(Marshal.StringToCoTaskMemUTF8(topic));
                _topic = Utf8View.Of((byte*)_topics[^1], System.Text.Encoding.UTF8.GetByteCount(topic));
            }

            return true;
        }

        private int Read(Statement statement, nint chunk)
        {
            long* numbers = null;
            var leaf = 0;
            for (var i = 0; i < statement.Columns.Length; i++)
            {
                var vector = Native.duckdb_data_chunk_get_vector(chunk, (ulong)i);
                if (statement.Columns[i] == 1)
                {
                    numbers = (long*)Native.duckdb_vector_get_data(vector);
                }
                else if (statement.Columns[i] >= Statement.LandedColumnCount)
                {
                    Native.duckdb_vector_ensure_validity_writable(vector);
                    _vectors[leaf++] = new ColumnVector
                    {
                        Data = Native.duckdb_vector_get_data(vector),
                        Validity = Native.duckdb_vector_get_validity(vector),
                    };
                }
            }

            var rows = _reader!.Read(_vectors, numbers, _capacity);
            for (var i = 0; i < statement.Columns.Length && rows > 0; i++)
            {
                Constant(statement.Columns[i], Native.duckdb_data_chunk_get_vector(chunk, (ulong)i), rows);
            }

            return rows;
        }

        private void Constant(int column, nint vector, int rows)
        {
            var data = Native.duckdb_vector_get_data(vector);
            switch (column)
            {
                case 0:
                    new Span<int>(data, rows).Fill(_file!.Index);
                    break;
                case 2:
                    new Span<long>(data, rows).Fill(_file!.Folder.Window.Start);
                    break;
                case 3:
                    new Span<long>(data, rows).Fill(_file!.Folder.Window.End);
                    break;
                case 4 when _file!.Folder.Topic is not null:
                    new Span<Utf8View>(data, rows).Fill(_topic);
                    break;
                case 4:
                    Native.duckdb_vector_ensure_validity_writable(vector);
                    new Span<ulong>(Native.duckdb_vector_get_validity(vector), (rows + 63) / 64).Clear();
                    break;
            }
        }
    }
}
