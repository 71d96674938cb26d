namespace BatchEtl.Generator;

/// <summary>The codec of the blocks of the files that are generated.</summary>
public enum LandingCodec
{
    /// <summary>Blocks as they are.</summary>
    Null,

    /// <summary>Raw deflate (RFC 1951), at the platform's default level.</summary>
    Deflate,

    /// <summary>Raw snappy and the CRC32 of the uncompressed block.</summary>
    Snappy,

    /// <summary>Zstandard at level 1.</summary>
    Zstandard,
}
