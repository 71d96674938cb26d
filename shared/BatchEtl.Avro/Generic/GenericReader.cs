using BatchEtl.Avro.Container;
using BatchEtl.Avro.Decoding;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Generic;

/// <summary>
/// Reads whole values, of any schema, as objects; by the writer's schema or resolved to a reader's. For looking into files
/// and for tests: the columnar reader is the fast one. For one thread at a time.
/// </summary>
public sealed unsafe class GenericReader : IDisposable
{
    private readonly AvroSource _source;
    private readonly AvroFileHeader _header;
    private readonly NativePool _pool = new();
    private readonly BlockStream _blocks;
    private readonly Decoder _decoder;
    private readonly int _leastBytes;
    private byte* _position;
    private long _left;

    /// <summary>Begins at the file's first block.</summary>
    /// <param name="reader">The schema that values are to have, or null for the writer's.</param>
    /// <param name="maxBlockBytes">A block of more bytes, as it stands or decompressed, is refused.</param>
    /// <exception cref="AvroSchemaException">The writer's schema cannot be resolved to the reader's.</exception>
    public GenericReader(
        AvroSource source, AvroFileHeader header, AvroSchema? reader = null, long maxBlockBytes = AvroFileIndex.DefaultMaxBlockBytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(header);
        _source = source;
        _header = header;
        Schema = reader ?? header.Schema;
        _decoder = ValueDecoders.Make(header.Schema, Schema);
        _leastBytes = new ValueSkipper().LeastBytes(header.Schema);
        _blocks = new BlockStream(_pool, AvroFileIndex.Checked(maxBlockBytes));
        Open(new AvroSplit(header.FirstBlock, source.Length, 0, -1));
    }

    /// <summary>The schema of the values.</summary>
    public AvroSchema Schema { get; }

    /// <summary>The number in the file of the record that <see cref="TryRead"/> gives next, from 0.</summary>
    public long NextRecord { get; private set; }

    /// <summary>Goes to the start of a split.</summary>
    public void Open(AvroSplit split)
    {
        _blocks.Open(_source.Name, _source, _header, split.Start, split.End);
        NextRecord = split.FirstRecord;
        _left = 0;
        _position = null;
    }

    /// <summary>Reads the next value; false at the end.</summary>
    /// <exception cref="AvroFormatException">The file is damaged.</exception>
    /// <exception cref="AvroSchemaException">The value is of a branch or symbol that the reader's schema has no place for.</exception>
    public bool TryRead(out object? value)
    {
        try
        {
            while (_left == 0)
            {
                if (!NextBlock())
                {
                    value = null;
                    return false;
                }
            }

            var cursor = new ValueCursor(_position, _blocks.DataEnd);
            value = _decoder(ref cursor);
            _position = cursor.Position;
            _left--;
            NextRecord++;
            if (_left == 0)
            {
                RecordCount.CheckEnd(_blocks, _position);
            }

            return true;
        }
        catch (MalformedDataException fault)
        {
            throw _blocks.Error(fault);
        }
    }

    /// <summary>All values that are left.</summary>
    public IEnumerable<object?> ReadAll()
    {
        while (TryRead(out var value))
        {
            yield return value;
        }
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _pool.Dispose();
    }

    private bool NextBlock()
    {
        _blocks.NextCall();
        if (!_blocks.Next())
        {
            return false;
        }

        RecordCount.Check(_blocks, _leastBytes);
        _position = _blocks.Data;
        _left = _blocks.Records;
        if (_left == 0)
        {
            RecordCount.CheckEnd(_blocks, _position);
        }

        return true;
    }
}
