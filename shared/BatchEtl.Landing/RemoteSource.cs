using BatchEtl.Avro.Container;
using BatchEtl.Core.Storage;

namespace BatchEtl.Landing;

/// <summary>A landed file on a remote store, read by ranges: a few chunks are kept, so that walking through it asks for each part once.</summary>
public sealed class RemoteSource(IRemoteStore store, string path) : AvroSource
{
    private const int ChunkBytes = 4 << 20;
    private const int Kept = 2;
    private readonly LinkedList<(long Offset, byte[] Bytes)> _chunks = [];
    private readonly Lock _lock = new();

    public override string Name => path;

    public override long Length { get; } = store.Length(path);

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= Length)
        {
            return 0;
        }

        var start = offset / ChunkBytes * ChunkBytes;
        var chunk = Chunk(start);
        var part = chunk.AsSpan((int)Math.Min(offset - start, chunk.Length));
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    private byte[] Chunk(long start)
    {
        lock (_lock)
        {
            for (var known = _chunks.First; known is not null; known = known.Next)
            {
                if (known.Value.Offset == start)
                {
                    return known.Value.Bytes;
                }
            }

            var bytes = new byte[(int)Math.Min(ChunkBytes, Length - start)];
            var read = 0;
            while (read < bytes.Length)
            {
                var got = store.Read(path, start + read, bytes.AsMemory(read));
                if (got == 0)
                {
                    throw new IOException($"{path}: expected {Length} bytes, found an end after {start + read}");
                }

                read += got;
            }

            _chunks.AddFirst((start, bytes));
            if (_chunks.Count > Kept)
            {
                _chunks.RemoveLast();
            }

            return bytes;
        }
    }
}
