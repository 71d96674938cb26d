namespace BatchEtl.Avro.Container;

/// <summary>An Avro file that cannot be read from some byte on.</summary>
public sealed class AvroFormatException : IOException
{
    public AvroFormatException(string file, long position, string expected, string found, Exception? inner = null)
        : base($"{file}: at byte {position}: expected {expected}, found {found}", inner)
    {
        File = file;
        Position = position;
        Expected = expected;
        Found = found;
    }

    public string File { get; }

    /// <summary>
    /// The byte offset in the file. Inside a compressed block it is the block's first byte, and
    /// <see cref="Found"/> names the byte of the decompressed data.
    /// </summary>
    public long Position { get; }

    public string Expected { get; }

    public string Found { get; }
}
