using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Configuration;

/// <summary>
/// A pattern of file names: <c>*</c> any characters, <c>?</c> one, <c>[a-z]</c> one of a set (<c>[!a-z]</c>: none of it),
/// <c>{a,b}</c> one of several patterns, <c>\</c> takes the next character as it is. Case counts.
/// Names starting with <c>_</c> or <c>.</c> never match (pipeline.md, landing.files).
/// </summary>
public sealed class Glob
{
    private static readonly Dictionary<char, string> Plain = new() { ['*'] = ".*", ['?'] = "." };
    private readonly Regex _regex;

    private Glob(string pattern, Regex regex) => (Pattern, _regex) = (pattern, regex);

    public string Pattern { get; }

    /// <exception cref="BatchEtlException">The pattern is not one (Usage).</exception>
    public static Glob Parse(string pattern) => TryParse(pattern, out Glob? glob, out string? error)
        ? glob
        : throw BatchEtlException.Usage($"file pattern '{pattern}': {error}");

    /// <summary>Whether a file name fits a pattern. Who asks for many names parses the pattern once.</summary>
    /// <exception cref="BatchEtlException">The pattern is not one (Usage).</exception>
    public static bool IsMatch(string pattern, string name) => Parse(pattern).IsMatch(name);

    /// <param name="name">A file name without folders.</param>
    public bool IsMatch(string name) => name is not ("" or ['_', ..] or ['.', ..]) && _regex.IsMatch(name);

    public static bool TryParse(
        string pattern, [NotNullWhen(true)] out Glob? glob, [NotNullWhen(false)] out string? error)
    {
        glob = null;
        error = null;
        var regex = new StringBuilder("^");
        var open = new Stack<int>();
        for (int i = 0; i < pattern.Length && error is null; i++)
        {
            char c = pattern[i];
            if (c == '\\')
            {
                error = ++i < pattern.Length ? null : "found '\\' at its end; expected a character behind it";
                regex.Append(error is null ? Regex.Escape(pattern[i].ToString()) : "");
            }
            else if (c == '[')
            {
                i = Set(pattern, i, regex, out error);
            }
            else if (c == '{')
            {
                open.Push(i);
                regex.Append("(?:");
            }
            else if (c == '}' && open.TryPop(out _))
            {
                regex.Append(')');
            }
            else if (c == '/')
            {
                error = $"found '/' at character {i + 1}; expected the name of a file, without folders";
            }
            else
            {
                regex.Append(c == ',' && open.Count > 0 ? "|" : Plain.GetValueOrDefault(c) ?? Regex.Escape(c.ToString()));
            }
        }

        error ??= pattern.Length == 0 ? "found ''; expected a pattern such as *.avro"
            : open.TryPeek(out int at) ? $"found '{{' at character {at + 1}; expected a '}}' behind it"
            : null;
        if (error is not null)
        {
            return false;
        }

        // Without backtracking: a name's length alone bounds the time, whatever the pattern.
        glob = new Glob(pattern, new Regex(
            regex.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));
        return true;
    }

    // Returns where the set's ']' stands.
    private static int Set(string pattern, int start, StringBuilder regex, out string? error)
    {
        int first = start + 1;
        bool negated = first < pattern.Length && pattern[first] is '!' or '^';
        first += negated ? 1 : 0;

        // A ']' right behind the '[' is one of the set.
        int close = first + 1 < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
        error = close < 0 ? $"found '[' at character {start + 1}; expected a ']' behind it" : null;
        if (error is not null)
        {
            return pattern.Length;
        }

        regex.Append(negated ? "[^" : "[");
        for (int i = first; i < close; i++)
        {
            bool range = i + 2 < close && pattern[i + 1] == '-';
            char last = range ? pattern[i + 2] : pattern[i];
            if (last < pattern[i])
            {
                error = $"found the range '{pattern[i]}-{last}' at character {i + 1}; expected its smaller end first";
                return pattern.Length;
            }

            regex.Append(Code(pattern[i])).Append(range ? "-" + Code(last) : "");
            i += range ? 2 : 0;
        }

        regex.Append(']');
        return close;

        static string Code(char c) => "\\u" + ((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture);
    }
}
