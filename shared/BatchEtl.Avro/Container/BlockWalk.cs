using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Container;

/// <summary>Goes from block to block, around damage where that is wanted.</summary>
internal sealed class BlockWalk : IDisposable
{
    private const int SyncBytes = 16;

    private readonly AvroSource _source;
    private readonly AvroFileHeader _header;
    private readonly bool _skipDamage;
    private readonly BlockScanner _scanner;
    private readonly BlockVerifier? _verifier;
    private long _position;

    public BlockWalk(AvroSource source, AvroFileHeader header, bool verify, bool skipDamage, long maxBlockBytes)
    {
        _source = source;
        _header = header;
        _skipDamage = skipDamage;
        _scanner = new BlockScanner(source, header);
        _verifier = verify || skipDamage ? new BlockVerifier(source, header, AvroFileIndex.Checked(maxBlockBytes)) : null;
        _position = header.FirstBlock;
    }

    public List<DamagedStretch> Damage { get; } = [];

    /// <summary>Records of the whole blocks so far.</summary>
    public long Records { get; private set; }

    public bool Next(out AvroBlock block)
    {
        while (_position < _source.Length)
        {
            try
            {
                block = Whole(_position);
            }
            catch (AvroFormatException exception) when (_skipDamage)
            {
                var end = Resume(_position);
                Damage.Add(new DamagedStretch(_position, end - _position, exception.Message));
                _position = end;
                continue;
            }

            _position = block.End;
            Records += block.Records;
            return true;
        }

        block = default;
        return false;
    }

    public void Dispose() => _verifier?.Dispose();

    private AvroBlock Whole(long position)
    {
        var block = _scanner.Block(position, Records);
        _verifier?.Check(block);
        return block;
    }

    /// <summary>The end of the damaged stretch that begins at a position.</summary>
    private long Resume(long damaged)
    {
        var buffer = new byte[64 << 10];
        var from = damaged;
        while (from + SyncBytes <= _source.Length)
        {
            var read = _source.ReadFull(from, buffer);
            var piece = buffer.AsSpan(0, read);
            for (var at = 0; piece[at..].IndexOf(_header.Sync.Span) is var next and >= 0;)
            {
                at += next;
                var behind = from + at + SyncBytes;
                if (behind == _source.Length || IsWhole(behind))
                {
                    return behind;
                }

                at++;
            }

            if (read < buffer.Length)
            {
                break;
            }

            from += read - SyncBytes + 1;
        }

        return _source.Length;
    }

    private bool IsWhole(long position)
    {
        try
        {
            Whole(position);
            return true;
        }
        catch (AvroFormatException)
        {
            return false;
        }
    }
}
