using System.Buffers;
using System.IO.Hashing;

namespace BatchEtl.Parquet;

/// <summary>
/// The checksum of a published file as manifests hold it: <c>xxh128:</c> and 32 lower-case hexadecimal digits, XXH128 of
/// all bytes. It finds damage and mistaken files; it is no defence against forgery.
/// </summary>
public static class FileChecksum
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Reads a stream from its position to its end.</summary>
    /// <returns>The checksum, and the bytes read.</returns>
    public static (string Checksum, long Bytes) Of(Stream stream, CancellationToken cancellation = default)
    {
        var hash = new XxHash128();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long bytes = 0;
            while (stream.Read(buffer, 0, BufferBytes) is > 0 and var read)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.Append(buffer.AsSpan(0, read));
                bytes += read;
            }

            return ("xxh128:" + Convert.ToHexStringLower(hash.GetCurrentHash()), bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
