using BatchEtl.Core.Storage;

namespace BatchEtl.Storage;

/// <summary>A file on a remote store as a stream to read and seek in; it asks for as much as it is asked for, a footer's bytes or whole stretches.</summary>
public sealed class RemoteStream(IRemoteStore store, string path) : Stream
{
    private const int SmallestAsked = 64 << 10;
    private readonly byte[] _buffer = new byte[SmallestAsked];
    private long _bufferAt = -1;
    private int _buffered;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; } = store.Length(path);

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (count < SmallestAsked || Position >= Length)
        {
            return Read(buffer.AsSpan(offset, count));
        }

        var read = store.Read(path, Position, buffer.AsMemory(offset, count));
        Position += read;
        return read;
    }

    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.Length == 0)
        {
            return 0;
        }

        if (Position < _bufferAt || Position >= _bufferAt + _buffered)
        {
            _buffered = store.Read(path, Position, _buffer);
            _bufferAt = Position;
        }

        var part = _buffer.AsSpan((int)(Position - _bufferAt), _buffered - (int)(Position - _bufferAt));
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        Position += part.Length;
        return part.Length;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Current => Position,
        SeekOrigin.End => Length,
        _ => 0,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
