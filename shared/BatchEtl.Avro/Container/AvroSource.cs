using Microsoft.Win32.SafeHandles;

namespace BatchEtl.Avro.Container;

/// <summary>Bytes that can be read at any offset, by several threads at once; where a file lies is the caller's matter.</summary>
public abstract class AvroSource : IDisposable
{
    /// <summary>The name that errors give.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes in all; fixed when the source is opened.</summary>
    public abstract long Length { get; }

    /// <summary>Reads up to <paramref name="buffer"/>'s length from an offset; 0 only at the end.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Opens a local file for reading, shared with other readers and writers.</summary>
    public static AvroSource OpenFile(string path) => new LocalFile(path, File.OpenHandle(
        path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), owned: true);

    /// <summary>Reads through a handle that stays the caller's.</summary>
    public static AvroSource Of(string name, SafeFileHandle handle) => new LocalFile(name, handle, owned: false);

    /// <summary>Reads from memory.</summary>
    public static AvroSource Of(string name, ReadOnlyMemory<byte> bytes) => new Memory(name, bytes);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Reads until the buffer is full or the source ends; returns the bytes read.</summary>
    internal int ReadFull(long offset, Span<byte> buffer)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var read = Read(offset + done, buffer[done..]);
            if (read <= 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    private sealed class LocalFile(string path, SafeFileHandle handle, bool owned) : AvroSource
    {
        public override string Name => path;

        public override long Length { get; } = RandomAccess.GetLength(handle);

        public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

        protected override void Dispose(bool disposing)
        {
            if (disposing && owned)
            {
                handle.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class Memory(string name, ReadOnlyMemory<byte> bytes) : AvroSource
    {
        public override string Name => name;

        public override long Length => bytes.Length;

        public override int Read(long offset, Span<byte> buffer)
        {
            if (offset >= bytes.Length)
            {
                return 0;
            }

            var part = bytes.Span[(int)offset..];
            part = part[..Math.Min(part.Length, buffer.Length)];
            part.CopyTo(buffer);
            return part.Length;
        }
    }
}
