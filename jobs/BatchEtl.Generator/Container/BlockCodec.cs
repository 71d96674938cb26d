using Avro.File;

namespace BatchEtl.Generator.Container;

/// <summary>The part of Apache.Avro's codec that is the same for every codec of ours.</summary>
internal abstract class BlockCodec(string name) : Codec
{
    public override void Compress(MemoryStream inputStream, MemoryStream outputStream)
    {
        outputStream.SetLength(0);
        outputStream.Write(Compress(inputStream.ToArray()));
    }

    public override string GetName() => name;

    public override bool Equals(object? other) => other is BlockCodec codec && codec.GetName() == name;

    public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);
}
