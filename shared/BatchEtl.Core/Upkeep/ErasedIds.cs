using System.Security.Cryptography;
using System.Text;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;

namespace BatchEtl.Core.Upkeep;

/// <summary>Ids of which only the SHA-256 is kept (P7).</summary>
public static class ErasedIds
{
    /// <summary>SHA-256 of an id's UTF-8 bytes, in lower-case hexadecimal digits.</summary>
    public static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>The SQL condition that a value is one of the ids; false for null.</summary>
    /// <param name="value">SQL of a text or uuid.</param>
    /// <param name="hashes">At least one.</param>
    public static string Among(IEngine engine, string value, IReadOnlyList<string> hashes)
    {
        var hash = engine.Dialect.Call("sha256", $"CAST({value} AS {engine.TypeName(ColumnType.Text)})");
        return $"coalesce({hash} IN ({string.Join(", ", hashes.Select(engine.Dialect.Text))}), false)";
    }
}
