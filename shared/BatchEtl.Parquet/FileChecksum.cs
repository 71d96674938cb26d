using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace BatchEtl.Parquet;

/// <summary>
/// The checksum of a published file as manifests hold it: <c>xxh128:</c> and 32 lower-case hexadecimal digits, XXH128 of
/// all bytes, or <c>xxh128-footer:</c> and that of the Parquet footer alone, where files are too many to be read back whole.
/// It finds damage and mistaken files; it is no defence against forgery.
/// </summary>
public static class FileChecksum
{
    private const int BufferBytes = 1 << 20;

    /// <summary>What stands behind a footer: its length and PAR1.</summary>
    private const int EndBytes = 8;
    private const string OfAll = "xxh128:";
    private const string OfFooterAlone = "xxh128-footer:";

    /// <summary>Whether a checksum is of the footer alone.</summary>
    public static bool IsOfFooter(string checksum) => checksum.StartsWith(OfFooterAlone, StringComparison.Ordinal);

    /// <summary>The checksum of the same kind as another.</summary>
    /// <returns>The checksum, and the file's bytes.</returns>
    public static (string Checksum, long Bytes) Like(string other, Stream stream, CancellationToken cancellation = default) =>
        IsOfFooter(other) ? OfFooter(stream, cancellation) : Of(stream, cancellation);

    /// <summary>Reads a Parquet file's footer, from wherever the stream stands.</summary>
    /// <returns>The checksum, and the file's bytes.</returns>
    /// <exception cref="EndOfStreamException">The file is too short to have one.</exception>
    public static (string Checksum, long Bytes) OfFooter(Stream stream, CancellationToken cancellation = default)
    {
        var bytes = stream.Length;
        Span<byte> end = stackalloc byte[EndBytes];
        stream.Position = Math.Max(0, bytes - EndBytes);
        stream.ReadExactly(end);
        stream.Position = Math.Max(0, bytes - EndBytes - BinaryPrimitives.ReadUInt32LittleEndian(end));
        return (OfFooterAlone + Of(stream, cancellation).Checksum[OfAll.Length..], bytes);
    }

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

            return (OfAll + Convert.ToHexStringLower(hash.GetCurrentHash()), bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
