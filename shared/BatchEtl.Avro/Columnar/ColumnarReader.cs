using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Decoding;
using Microsoft.Win32.SafeHandles;

namespace BatchEtl.Avro.Columnar;

/// <summary>
/// Reads the columns of a plan from splits of files, chunk by chunk, into the caller's memory. For one thread at a time;
/// reusable from file to file (of the plan's schema). Nothing is allocated on the managed heap per chunk or row.
/// </summary>
public sealed unsafe partial class ColumnarReader : IDisposable
{
    private readonly ColumnPlan _plan;
    private readonly PlanProgram _program;
    private readonly NativePool _pool = new();
    private readonly BlockStream _blocks;
    private readonly long[] _marks;
    private readonly PlanOperation* _code;
    private readonly int* _targets;
    private readonly Utf8View* _symbols;
    private readonly ColumnVector* _columns;
    private ulong* _ignoredValidity;
    private int _ignoredWords;
    private byte* _end;
    private byte* _position;
    private long _recordsLeft;
    private long _recordNumber;
    private long _splitRecords;
    private long _recordsRead;
    private long _stamp;
    private NativeBuffer? _text;
    private long _textUsed;
    private Exception? _failure;
    private bool _open;
    private bool _disposed;

    /// <param name="maxBlockBytes">A block of more bytes, as it stands or decompressed, is refused.</param>
    public ColumnarReader(ColumnPlan plan, long maxBlockBytes = AvroFileIndex.DefaultMaxBlockBytes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _program = plan.Program;
        _blocks = new BlockStream(_pool, AvroFileIndex.Checked(maxBlockBytes));
        _marks = new long[_program.Marks];
        _code = Pinned(_program.Operations);
        _targets = Pinned(_program.Targets);
        _symbols = Pinned(_program.Symbols);
        _columns = (ColumnVector*)NativeMemory.AllocZeroed((nuint)(plan.Columns.Count + 1), (nuint)sizeof(ColumnVector));
    }

    /// <summary>Goes to the start of a split.</summary>
    /// <param name="file">The name for errors.</param>
    /// <param name="header">The file's header; its schema must be the one the plan was made for.</param>
    public void Open(string file, SafeFileHandle handle, AvroFileHeader header, AvroSplit split) =>
        Open(file, AvroSource.Of(file, handle), header, split);

    /// <inheritdoc cref="Open(string, SafeFileHandle, AvroFileHeader, AvroSplit)"/>
    public void Open(string file, AvroSource source, AvroFileHeader header, AvroSplit split)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(header);
        _blocks.Open(file, source, header, split.Start, split.End);
        _recordNumber = split.FirstRecord;
        _splitRecords = split.Records;
        _recordsRead = 0;
        _recordsLeft = 0;
        _position = null;
        _end = null;
        _failure = null;
        _open = true;
    }

    /// <summary>Reads the next rows.</summary>
    /// <param name="columns">As many as the plan has, in its order.</param>
    /// <param name="recordNumbers">Room for each row's number in the file, or null.</param>
    /// <param name="capacity">The most rows to read, 1 or more.</param>
    /// <returns>Rows read; fewer than the capacity only at the end of the split, 0 behind it.</returns>
    /// <exception cref="AvroFormatException">The file is damaged; the rows of this call are lost.</exception>
    public int Read(ColumnVector* columns, long* recordNumbers, int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!_open)
        {
            throw new InvalidOperationException("Open a split first.");
        }

        if (_failure is not null)
        {
            throw new InvalidOperationException("The split could not be read further: " + _failure.Message, _failure);
        }

        _blocks.NextCall();
        _text = null;
        Prepare(columns, capacity);
        try
        {
            var rows = Rows(recordNumbers, capacity);
            Finish(columns, rows);
            return rows;
        }
        catch (MalformedDataException fault)
        {
            var error = _blocks.Error(fault);
            _failure = error;
            throw error;
        }
        catch (Exception exception)
        {
            _failure = exception;
            throw;
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _blocks.Dispose();
        _pool.Dispose();
        NativeMemory.Free(_columns);
        NativeMemory.Free(_ignoredValidity);
    }

    private static T* Pinned<T>(T[] array)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));

    private int Rows(long* recordNumbers, int capacity)
    {
        var rows = 0;
        while (rows < capacity)
        {
            if (_recordsLeft == 0 && !NextBlock())
            {
                break;
            }

            var count = (int)Math.Min(capacity - rows, _recordsLeft);
            if (count == 0)
            {
                continue;
            }

            _position = Run(_code, _position, rows, count);
            if (recordNumbers != null)
            {
                for (var i = 0; i < count; i++)
                {
                    recordNumbers[rows + i] = _recordNumber + i;
                }
            }

            rows += count;
            _recordNumber += count;
            _recordsLeft -= count;
            if (_recordsLeft == 0)
            {
                RecordCount.CheckEnd(_blocks, _position);
            }
        }

        return rows;
    }

    private bool NextBlock()
    {
        if (!_blocks.Next())
        {
            return _splitRecords < 0 || _recordsRead == _splitRecords ? false : throw _blocks.Error(
                _blocks.Offset, $"{_splitRecords} records up to here, as the file had when it was indexed", $"{_recordsRead}");
        }

        RecordCount.Check(_blocks, _program.LeastBytes);
        _recordsLeft = _blocks.Records;
        _recordsRead += _recordsLeft;
        _position = _blocks.Data;
        _end = _blocks.DataEnd;
        if (_recordsLeft == 0)
        {
            RecordCount.CheckEnd(_blocks, _position);
        }

        return true;
    }

    /// <summary>Takes over the caller's pointers, and clears what the rows only set.</summary>
    private void Prepare(ColumnVector* columns, int capacity)
    {
        var words = (capacity + 63) >> 6;
        if (words > _ignoredWords)
        {
            _ignoredValidity = (ulong*)NativeMemory.Realloc(_ignoredValidity, (nuint)words * sizeof(ulong));
            _ignoredWords = words;
        }

        for (var i = 0; i < _plan.Columns.Count; i++)
        {
            _columns[i] = columns[i];
            if (_columns[i].Validity == null)
            {
                _columns[i].Validity = _ignoredValidity;
            }
            else if (!_plan.NeverNull[i])
            {
                new Span<ulong>(_columns[i].Validity, words).Clear();
            }

            if (_plan.Columns[i].Kind is LeafKind.Present or LeafKind.TextInvalid)
            {
                new Span<byte>(_columns[i].Data, capacity).Clear();
            }
        }
    }

    private void Finish(ColumnVector* columns, int rows)
    {
        for (var i = 0; i < _plan.Columns.Count; i++)
        {
            if (_plan.NeverNull[i] && columns[i].Validity != null)
            {
                new Span<ulong>(columns[i].Validity, (rows + 63) >> 6).Fill(ulong.MaxValue);
            }
        }
    }

    /// <summary>Memory for a text that stands nowhere as such; valid as long as this call's results are.</summary>
    private byte* TextMemory(long bytes)
    {
        if (_text is null || _text.Capacity - _textUsed < bytes)
        {
            _text = _blocks.Scratch(Math.Max(bytes, 64 << 10));
            _textUsed = 0;
        }

        var memory = _text.Pointer + _textUsed;
        _textUsed += bytes;
        return memory;
    }
}
