using System.Globalization;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Where a setting was given: a file's line, or a --set (line 0).</summary>
/// <param name="Line">From 1; 0 where there are no lines.</param>
internal readonly record struct SourcePosition(string Origin, int Line)
{
    public override string ToString() => Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Origin}:{Line}") : Origin;
}

/// <summary>A value of the pipeline file, as written.</summary>
internal abstract record SourceNode(SourcePosition At)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Described { get; }

    public bool IsNull => this is ScalarNode { Kind: ScalarKind.Null };

    /// <summary>How many values it holds, itself included; aliases count each time.</summary>
    public abstract int Size { get; }
}

/// <summary>What YAML 1.2's core schema makes of a scalar.</summary>
internal enum ScalarKind
{
    Text,
    Null,
    Boolean,
    Integer,
    Float,
}

internal sealed record ScalarNode(SourcePosition At, ScalarKind Kind, string Text) : SourceNode(At)
{
    public override string Described => Kind == ScalarKind.Null ? "nothing" : Quoted.Value(Text);

    public override int Size => 1;
}

internal sealed record ListNode(SourcePosition At, IReadOnlyList<SourceNode> Items) : SourceNode(At)
{
    public override string Described => "a list";

    public override int Size { get; } = 1 + Items.Sum(i => i.Size);
}

internal sealed record SourceEntry(string Key, SourcePosition KeyAt, SourceNode Value);

/// <summary>A mapping; its keys may repeat, which is an error of whoever reads it.</summary>
internal sealed record MapNode(SourcePosition At, IReadOnlyList<SourceEntry> Entries) : SourceNode(At)
{
    public override string Described => "a mapping";

    public override int Size { get; } = 1 + Entries.Sum(e => e.Value.Size);

    public SourceEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);
}

/// <summary>Values in messages: in quotes, on one line, not longer than a line.</summary>
internal static class Quoted
{
    private const int Longest = 60;

    public static string Value(string text) => $"'{Line(text[..Math.Min(Longest, text.Length)])}{(text.Length > Longest ? "…" : "")}'";

    /// <summary>The text with control characters and ends of lines as their codes.</summary>
    public static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029'
        ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
        : c.ToString()));
}
