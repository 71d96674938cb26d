using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>
/// One <c>--set key.sub=value</c>: replaces a key's value, or adds the key. A part of the key in single quotes may hold
/// dots (<c>sessions.event_codes.'a.b'=x</c>); below engine.conf the rest is one key. The last --set of a key counts.
/// </summary>
internal sealed record SettingOverride(IReadOnlyList<string> Keys, SourceNode Value)
{
    /// <exception cref="BatchEtlException">The text is no key=value, or the value no YAML (Usage).</exception>
    public static SettingOverride Parse(string text)
    {
        var keys = new List<string>();
        int at = 0;
        while (true)
        {
            bool quoted = at < text.Length && text[at] == '\'';
            bool whole = keys is ["engine", "conf"];
            int end = quoted ? text.IndexOf('\'', at + 1) + 1
                : text.IndexOfAny(whole ? ['='] : ['.', '='], at);
            string key = end <= 0 ? "" : quoted ? text[(at + 1)..(end - 1)] : text[at..end];
            if (key.Length == 0 || end >= text.Length || text[end] is not ('.' or '='))
            {
                throw BatchEtlException.Usage(
                    $"--set {Quoted.Value(text)}: no key=value; expected e.g. --set landing.root=/data/landing");
            }

            keys.Add(key);
            at = end + 1;
            if (text[end] == '=')
            {
                break;
            }
        }

        string origin = "--set " + string.Join('.', keys.Select(k => Quoted.Value(k)[1..^1]));
        return new SettingOverride(keys, YamlSource.Parse(text[at..], origin, hasLines: false));
    }

    /// <summary>The tree with the value put in.</summary>
    public MapNode Apply(MapNode root, ErrorList errors) => Put(root, 0, errors);

    private MapNode Put(MapNode map, int depth, ErrorList errors)
    {
        string key = Keys[depth];
        SourceEntry? existing = map.Find(key);
        SourceNode? value = depth == Keys.Count - 1 ? Value : existing?.Value switch
        {
            null or { IsNull: true } => Put(new MapNode(Value.At, []), depth + 1, errors),
            MapNode inner => Put(inner, depth + 1, errors),
            _ => null,
        };
        if (value is null)
        {
            string path = string.Join('.', Keys.Take(depth + 1));
            errors.Add(Value.At, $"{path} is {existing!.Value.Described}", $"a mapping there; set it whole, as in --set {path}=…");
            return map;
        }

        // What --set gave has no line, even where the file has the key too.
        var entry = new SourceEntry(key, depth == Keys.Count - 1 ? Value.At : existing?.KeyAt ?? Value.At, value);
        return map with { Entries = [.. map.Entries.TakeWhile(e => e != existing), entry, .. map.Entries.SkipWhile(e => e != existing).Skip(1)] };
    }
}
