using Avro.File;

namespace BatchEtl.Generator.Container;

/// <summary>Lets Apache.Avro write and read the codecs that its own assembly lacks.</summary>
public static class BlockCodecs
{
    private static readonly Lock Gate = new();
    private static bool registered;

    /// <summary>Registers snappy and zstandard with Apache.Avro, once per process.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (!registered)
            {
                Codec.RegisterResolver(Resolve);
                registered = true;
            }
        }
    }

    /// <summary>The name of a codec in a file's header.</summary>
    internal static string NameOf(LandingCodec codec) => codec switch
    {
        LandingCodec.Null => "null",
        LandingCodec.Deflate => "deflate",
        LandingCodec.Snappy => "snappy",
        _ => "zstandard",
    };

    private static Codec? Resolve(string name) => name switch
    {
        "snappy" => new SnappyCodec(),
        "zstandard" => new ZstandardCodec(),
        _ => null,
    };
}
