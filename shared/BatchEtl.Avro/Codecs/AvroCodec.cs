namespace BatchEtl.Avro.Codecs;

/// <summary>How a file's blocks are compressed.</summary>
public enum AvroCodec
{
    Null,
    Deflate,
    Snappy,
    Zstandard,
    Bzip2,
    Xz,
}

/// <summary>The codecs' names in avro.codec.</summary>
public static class AvroCodecs
{
    /// <summary>The codec of this name, or null.</summary>
    public static AvroCodec? Find(string name) => name switch
    {
        "null" => AvroCodec.Null,
        "deflate" => AvroCodec.Deflate,
        "snappy" => AvroCodec.Snappy,
        "zstandard" => AvroCodec.Zstandard,
        "bzip2" => AvroCodec.Bzip2,
        "xz" => AvroCodec.Xz,
        _ => null,
    };

    /// <summary>The name as it stands in a file.</summary>
    public static string Name(this AvroCodec codec) => codec switch
    {
        AvroCodec.Null => "null",
        AvroCodec.Deflate => "deflate",
        AvroCodec.Snappy => "snappy",
        AvroCodec.Zstandard => "zstandard",
        AvroCodec.Bzip2 => "bzip2",
        _ => "xz",
    };
}
