using System.Globalization;
using System.Text;

namespace BatchEtl.Spark;

/// <summary>Paths as Spark takes and gives them.</summary>
internal static class SparkPath
{
    private const string LocalScheme = "file://";

    /// <summary>Characters that a Java URI keeps in a path, beside letters, digits and what is not ASCII.</summary>
    private const string Kept = "_-!.~'()*,;:$&+=@/";

    /// <summary>The path with a scheme: absolute local paths are <c>file:///…</c>, whatever the cluster's default file system is.</summary>
    public static string Uri(string path) => path.Contains("://", StringComparison.Ordinal) ? path : LocalScheme + path;

    /// <summary>The path as a pattern that only it fits: readers take paths for patterns.</summary>
    public static string Pattern(string path)
    {
        var pattern = new StringBuilder(path.Length);
        foreach (var c in Uri(path))
        {
            _ = c is '[' or ']' or '{' or '}' or '*' or '?' or '\\' ? pattern.Append('\\').Append(c) : pattern.Append(c);
        }

        return pattern.ToString();
    }

    /// <summary>The spellings that <c>_metadata.file_path</c> may have: Spark's versions differ in the slashes of local paths.</summary>
    public static IReadOnlyList<string> Shown(string path)
    {
        var encoded = Encoded(path);
        return encoded.StartsWith(LocalScheme, StringComparison.Ordinal) ? [encoded, "file:" + encoded[LocalScheme.Length..]] : [encoded];
    }

    private static string Encoded(string path)
    {
        var uri = Uri(path);
        var start = uri.IndexOf("://", StringComparison.Ordinal) + 3;
        var encoded = new StringBuilder(uri, 0, start, uri.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in uri[start..].EnumerateRunes())
        {
            if (rune.IsAscii ? char.IsAsciiLetterOrDigit((char)rune.Value) || Kept.Contains((char)rune.Value, StringComparison.Ordinal) : !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune))
            {
                encoded.Append(rune);
                continue;
            }

            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }
}
