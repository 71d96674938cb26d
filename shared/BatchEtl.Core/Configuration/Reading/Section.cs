using System.Globalization;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>What all readers of one file share.</summary>
/// <param name="FileFolder">Absolute; paths in the file are relative to it.</param>
/// <param name="CurrentFolder">Absolute; paths in --set are relative to it.</param>
internal sealed record ReadContext(ErrorList Errors, string FileFolder, string CurrentFolder);

/// <summary>
/// A mapping of the file with known keys. A key that is absent or null takes its default; a value that cannot be read is
/// noted as an error and takes the default too, so that reading goes on and finds the other errors.
/// </summary>
internal sealed class Section
{
    private readonly ReadContext _context;
    private readonly MapNode _map;

    private Section(ReadContext context, string path, KeySet keys, MapNode map, SourcePosition at, bool given) =>
        (_context, Path, Keys, _map, At, IsGiven) = (context, path, keys, map, at, given);

    /// <summary>Dotted path of the keys above; empty at the top.</summary>
    public string Path { get; }

    public KeySet Keys { get; }

    public SourcePosition At { get; }

    /// <summary>Whether there is such a mapping in the file.</summary>
    public bool IsGiven { get; }

    public ReadContext Context => _context;

    private ErrorList Errors => _context.Errors;

    /// <summary>Opens a mapping; reports another kind of value, unknown and repeated keys, and missing required ones.</summary>
    /// <param name="node">Null: as if empty.</param>
    /// <param name="at">Where to report what is missing.</param>
    public static Section Open(ReadContext context, string path, KeySet keys, SourceNode? node, SourcePosition at)
    {
        var map = node as MapNode;
        var section = new Section(context, path, keys, map ?? new MapNode(at, []), at, map is not null);
        if (map is null && node is not null)
        {
            context.Errors.Add(node.At, $"{section.Name} is {node.Described}", $"a mapping with the keys {string.Join(", ", keys.Keys)}");
            return section;
        }

        Repeated(context, section.Name, section._map);
        foreach (SourceEntry entry in section._map.Entries.Where(e => !keys.Keys.Contains(e.Key)))
        {
            context.Errors.Add(
                entry.KeyAt, $"unknown key {Quoted.Value(entry.Key)} in {section.Name}", $"one of {string.Join(", ", keys.Keys)}", entry.Key, keys.Keys);
        }

        // A missing mapping that is required itself has been reported by the one around it.
        foreach (string key in keys.Required.Where(k => section.Find(k) is null && map is not null))
        {
            context.Errors.Add(section.PositionOf(key), $"{section.Name} has no {key}", $"{section.PathOf(key)}, which has no default");
        }

        return section;
    }

    /// <summary>The entries of a mapping whose keys are names of the user's; repeated keys are reported.</summary>
    public static IReadOnlyList<SourceEntry> Entries(ReadContext context, string path, SourceNode? node)
    {
        if (node is null or { IsNull: true })
        {
            return [];
        }

        if (node is not MapNode map)
        {
            context.Errors.Add(node.At, $"{path} is {node.Described}", "a mapping");
            return [];
        }

        Repeated(context, path, map);
        return map.Entries;
    }

    private string Name => Path.Length == 0 ? "the file" : Path;

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public SourceNode? Find(string key) => _map.Find(key)?.Value is { IsNull: false } node ? node : null;

    public SourcePosition PositionOf(string key) => _map.Find(key)?.KeyAt ?? At;

    /// <param name="optional">True: an absent mapping is not asked for its required keys.</param>
    public Section Open(string key, KeySet keys, bool optional = false) => optional && Find(key) is null
        ? new Section(_context, PathOf(key), keys, new MapNode(At, []), At, false)
        : Open(_context, PathOf(key), keys, Find(key), PositionOf(key));

    public IReadOnlyList<SourceEntry> Entries(string key) => Entries(_context, PathOf(key), Find(key));

    public string? Text(string key) => Find(key) is { } node ? AsText(_context, PathOf(key), node) : null;

    public string Text(string key, string otherwise) => Text(key) ?? otherwise;

    public bool Flag(string key, bool otherwise) =>
        Scalar(key, otherwise, "true or false", s => s.Kind == ScalarKind.Boolean ? s.Text == "true" : null);

    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan least = default) => Scalar(
        key, otherwise, Between("a duration such as 10s, 30m, 4h, 3d or 0", Literals.Write(least), Literals.Write(Literals.LongestDuration)),
        s => Literals.Duration(s.Text) is { } d && d >= least && d <= Literals.LongestDuration ? d : null);

    /// <param name="most">Largest ratio, 1 being 100 %.</param>
    public decimal Ratio(string key, decimal otherwise, decimal most) => Scalar(
        key, otherwise, Between("a percentage such as 1%", "0%", string.Create(CultureInfo.InvariantCulture, $"{most * 100:0}%")),
        s => Literals.Ratio(s.Text) is { } ratio && ratio <= most ? ratio : null);

    public long Whole(string key, long otherwise, long least, long most) => Scalar(
        key, otherwise, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
        s => s.Kind == ScalarKind.Integer && Literals.Whole(s.Text) is { } whole && whole >= least && whole <= most ? whole : null);

    public decimal Number(string key, decimal otherwise) => Scalar(
        key, otherwise, "a number, 0 or more",
        s => s.Kind is ScalarKind.Integer or ScalarKind.Float && Literals.Number(s.Text) is { } number and >= 0 ? number : null);

    public long Size(string key, long otherwise, long least) => Scalar(
        key, otherwise, "a size such as 4GB or 512MB, at least 1MB", s => Literals.Size(s.Text) is { } size && size >= least ? size : null);

    /// <summary>One of several words.</summary>
    public T Word<T>(string key, T otherwise, params (string Word, T Value)[] words)
    {
        if (Find(key) is not { } node)
        {
            return otherwise;
        }

        foreach ((string word, T value) in words)
        {
            if (node is ScalarNode scalar && scalar.Text == word)
            {
                return value;
            }
        }

        string[] names = [.. words.Select(w => w.Word)];
        Errors.Add(node.At, $"{PathOf(key)} is {node.Described}", OneOf(names), (node as ScalarNode)?.Text, names);
        return otherwise;
    }

    /// <summary>The IANA name of a zone.</summary>
    public string? Zone(string key)
    {
        if (Text(key) is not { } name)
        {
            return null;
        }

        if (Time.Zones.IsKnown(name))
        {
            return name;
        }

        Errors.Add(
            Find(key)!.At, $"{PathOf(key)} is {Quoted.Value(name)}", "an IANA time zone such as Europe/Vilnius or UTC",
            name, Time.Zones.Names.Order(StringComparer.Ordinal));
        return null;
    }

    /// <summary>A list of texts; null when the key is absent.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case ListNode list:
                return [.. list.Items.Select(i => AsText(_context, PathOf(key), i)).OfType<string>()];
            case { } other:
                Errors.Add(other.At, $"{PathOf(key)} is {other.Described}", "a list, such as [a, b]");
                return null;
        }
    }

    /// <summary>A place for files: an absolute local path, or an hdfs:// or webhdfs:// URI, without '/' at its end.</summary>
    public string? Location(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        bool remote = scheme > 0 && text[..scheme] is "hdfs" or "webhdfs";
        if (scheme >= 0 && !remote)
        {
            Errors.Add(Find(key)!.At, $"{PathOf(key)} is {Quoted.Value(text)}", "a local path, or a URI with hdfs:// or webhdfs://");
            return null;
        }

        return remote ? (text[(scheme + 3)..].Trim('/').Length == 0 ? text : text.TrimEnd('/')) : LocalPath(Find(key)!, text);
    }

    /// <summary>A local path made absolute.</summary>
    public string? LocalPath(string key) => Text(key) is { } text ? LocalPath(Find(key)!, text) : null;

    private string LocalPath(SourceNode node, string text)
    {
        string folder = node.At.Line == 0 ? _context.CurrentFolder : _context.FileFolder;
        string path = System.IO.Path.GetFullPath(text, folder);
        return System.IO.Path.TrimEndingDirectorySeparator(path);
    }

    /// <summary>A text of at least one character that is no number or the like.</summary>
    public static string? AsText(ReadContext context, string path, SourceNode node)
    {
        if (node is ScalarNode { Kind: ScalarKind.Text } text && text.Text.Length > 0 && !text.Text.Contains('\0', StringComparison.Ordinal))
        {
            return text.Text;
        }

        bool bare = node is ScalarNode { Kind: not ScalarKind.Text and not ScalarKind.Null };
        context.Errors.Add(
            node.At, $"{path} is {node.Described}", bare ? "text; put it in quotes to mean the text" : "text");
        return null;
    }

    /// <summary>A value to compare with: the text of any scalar but null.</summary>
    public static string? AsValue(ReadContext context, string path, SourceNode node)
    {
        if (node is ScalarNode { Kind: not ScalarKind.Null } scalar)
        {
            return scalar.Text;
        }

        context.Errors.Add(node.At, $"{path} is {node.Described}", "a value (null never passes)");
        return null;
    }

    public static string OneOf(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "none",
        1 => words[0],
        _ => $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}",
    };

    private static string Between(string what, string least, string most) => $"{what}, from {least} to {most}";

    private T Scalar<T>(string key, T otherwise, string expected, Func<ScalarNode, T?> read)
        where T : struct
    {
        if (Find(key) is not { } node)
        {
            return otherwise;
        }

        if (node is ScalarNode scalar && read(scalar) is { } value)
        {
            return value;
        }

        Errors.Add(node.At, $"{PathOf(key)} is {node.Described}", expected);
        return otherwise;
    }

    private static void Repeated(ReadContext context, string name, MapNode map)
    {
        var first = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        foreach (SourceEntry entry in map.Entries)
        {
            if (!first.TryAdd(entry.Key, entry.KeyAt))
            {
                context.Errors.Add(entry.KeyAt, $"key {Quoted.Value(entry.Key)} in {name} a second time", $"it once (first: {first[entry.Key]})");
            }
        }
    }
}
