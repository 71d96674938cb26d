using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Container;

/// <summary>Decompresses a block and steps over its records: they must be valid and use up exactly its bytes.</summary>
internal sealed unsafe class BlockVerifier : IDisposable
{
    private readonly AvroSource _source;
    private readonly AvroFileHeader _header;
    private readonly NativePool _pool = new();
    private readonly BlockStream _stream;
    private readonly ValueSkipper _skipper;
    private readonly int _entry;
    private readonly int _leastBytes;

    public BlockVerifier(AvroSource source, AvroFileHeader header, long maxBlockBytes)
    {
        _source = source;
        _header = header;
        _stream = new BlockStream(_pool, maxBlockBytes);
        _skipper = ValueSkipper.Of(header.Schema, out _entry);
        _leastBytes = _skipper.LeastBytes(header.Schema);
        _stream.Open(source.Name, source, header, 0, 0);
    }

    /// <exception cref="AvroFormatException">The block is not whole.</exception>
    public void Check(AvroBlock block)
    {
        _stream.NextCall();
        if (_stream.Position != block.Start || _stream.Offset == block.Start)
        {
            _stream.Open(_source.Name, _source, _header, block.Start, _source.Length);
        }

        _stream.Next();
        try
        {
            RecordCount.Check(_stream, _leastBytes);
            var p = _stream.Data;
            for (var left = _leastBytes == 0 ? 0 : block.Records; left > 0; left--)
            {
                p = _skipper.Skip(_entry, p, _stream.DataEnd, 0);
            }

            RecordCount.CheckEnd(_stream, p);
        }
        catch (MalformedDataException fault)
        {
            throw _stream.Error(fault);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _pool.Dispose();
    }
}
