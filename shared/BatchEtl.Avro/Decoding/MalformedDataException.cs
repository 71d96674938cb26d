namespace BatchEtl.Avro.Decoding;

/// <summary>
/// Bytes that are no data of their schema or codec. Carries the address, since decoders know neither file nor block;
/// who does turns it into an <see cref="Container.AvroFormatException"/>.
/// </summary>
internal sealed class MalformedDataException : Exception
{
    public MalformedDataException(nint address, string expected, string found)
        : base($"expected {expected}, found {found}")
    {
        Address = address;
        Expected = expected;
        Found = found;
    }

    /// <summary>Where in memory the bytes stand; 0 where no byte can be named.</summary>
    public nint Address { get; }

    public string Expected { get; }

    public string Found { get; }
}
