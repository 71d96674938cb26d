namespace BatchEtl.Avro.Codecs;

/// <summary>
/// A block's compressed bytes for <see cref="System.IO.Compression.DeflateStream"/>, which reads more only when it has used
/// up what it got, but does not tell how much that was. So the last bytes come in pieces at whose edges a stream may end:
/// what was not asked for stands behind it.
/// </summary>
internal sealed unsafe class DeflateSource : Stream
{
    /// <summary>How many bytes may, under conditions, stand behind a stream.</summary>
    public const int TrailerBytes = 3;

    private byte* _next;

    /// <summary>Bytes that were not asked for.</summary>
    public long Left { get; private set; }

    public bool AskedForMore { get; private set; }

    public override bool CanRead => true;

    /// <summary>False, so that the reading stream leaves the position as it is.</summary>
    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Open(byte* source, long length)
    {
        _next = source;
        Left = length;
        AskedForMore = false;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        AskedForMore |= Left == 0;
        var piece = Left switch
        {
            > TrailerBytes + 1 => Left - TrailerBytes - 1,
            TrailerBytes + 1 => 1,
            > 1 => Left - 1,
            _ => Left,
        };
        var given = (int)Math.Min(piece, buffer.Length);
        new ReadOnlySpan<byte>(_next, given).CopyTo(buffer);
        _next += given;
        Left -= given;
        return given;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
