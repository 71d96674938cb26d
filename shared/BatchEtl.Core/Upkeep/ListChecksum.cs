using System.Security.Cryptography;
using System.Text;

namespace BatchEtl.Core.Upkeep;

/// <summary>The checksum that stands for a list of changes: who confirms it confirms that list and no other (P6).</summary>
internal static class ListChecksum
{
    /// <returns>16 hexadecimal digits.</returns>
    public static string Of(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..16];
}
