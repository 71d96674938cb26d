using System.Globalization;
using BatchEtl.Core.Configuration.Reading;

namespace BatchEtl.Core.Time;

/// <summary>A token of a landing layout, or a literal between tokens.</summary>
/// <param name="Text">The token with its braces, or the literal.</param>
/// <param name="Digits">How many digits the token stands for; 0 for {topic} and literals.</param>
internal sealed record LayoutPart(string Text, int Digits)
{
    public static readonly LayoutPart Year = new("{yyyy}", 4);
    public static readonly LayoutPart Month = new("{MM}", 2);
    public static readonly LayoutPart Day = new("{dd}", 2);
    public static readonly LayoutPart Hour = new("{HH}", 2);
    public static readonly LayoutPart Topic = new(LandingLayout.TopicToken, 0);

    private static readonly LayoutPart[] Tokens = [Year, Month, Day, Hour, Topic];

    /// <summary>The parts of each folder name; null with an error.</summary>
    public static IReadOnlyList<IReadOnlyList<LayoutPart>>? Read(string layout, out string? error)
    {
        var segments = new List<IReadOnlyList<LayoutPart>>();
        int position = 1;
        foreach (string name in layout.Split('/'))
        {
            if (name is "" or "." or "..")
            {
                error = $"found the folder name '{name}' at character {position}; expected names separated by single '/'";
                return null;
            }

            if (ReadSegment(name, position, out error) is not { } parts)
            {
                return null;
            }

            segments.Add(parts);
            position += name.Length + 1;
        }

        error = Fault([.. segments.SelectMany(s => s)]) ?? segments.Select(TopicFault).FirstOrDefault(f => f is not null);
        return error is null ? segments : null;
    }

    /// <summary>Whether a folder name has a segment's form; adds the tokens' values, and fails where a token repeats with another value.</summary>
    public static bool Match(IReadOnlyList<LayoutPart> segment, string name, Dictionary<LayoutPart, string> values)
    {
        int position = 0;
        for (int i = 0; i < segment.Count; i++)
        {
            LayoutPart part = segment[i];
            int length = part == Topic ? name.Length - position - segment.Skip(i + 1).Sum(p => p.Length) : part.Length;
            if (length < 1 || position + length > name.Length)
            {
                return false;
            }

            string found = name.Substring(position, length);
            position += length;
            bool fits = part == Topic
                || (part.Digits == 0 ? found == part.Text : found.All(char.IsAsciiDigit));
            if (!fits || (part.IsToken && !values.TryAdd(part, found) && values[part] != found))
            {
                return false;
            }
        }

        return position == name.Length;
    }

    /// <summary>A segment's folder name for a local hour or date; {topic} stays.</summary>
    public static string Write(IReadOnlyList<LayoutPart> segment, DateTime local) =>
        string.Concat(segment.Select(part => part.Digits == 0
            ? part.Text
            : local.ToString(part.Text.Trim('{', '}'), CultureInfo.InvariantCulture)));

    private bool IsToken => Digits > 0 || this == Topic;

    private int Length => Digits > 0 ? Digits : Text.Length;

    private static List<LayoutPart>? ReadSegment(string name, int offset, out string? error)
    {
        var parts = new List<LayoutPart>();
        error = null;
        for (int at = 0; at < name.Length;)
        {
            int open = name.IndexOfAny(['{', '}'], at);
            int end = open < 0 ? name.Length : open;
            if (end > at)
            {
                parts.Add(new LayoutPart(name[at..end], 0));
                at = end;
                continue;
            }

            int close = name.IndexOf('}', open);
            string token = close < 0 ? name[open..] : name[open..(close + 1)];
            LayoutPart? known = Tokens.FirstOrDefault(t => t.Text == token);
            if (known is null)
            {
                error = $"found '{token}' at character {offset + at}; expected one of {string.Join(", ", Tokens.Select(t => t.Text))}"
                    + NearestWord.Question(token, Tokens.Select(t => t.Text));
                return null;
            }

            parts.Add(known);
            at = close + 1;
        }

        return parts;
    }

    private static string? Fault(IReadOnlyList<LayoutPart> parts)
    {
        LayoutPart? missing = new[] { Year, Month, Day }.FirstOrDefault(t => !parts.Contains(t));
        return missing is not null ? $"found no {missing.Text}; expected {{yyyy}}, {{MM}}, {{dd}} and, for hourly folders, {{HH}}"
            : parts.Count(p => p == Topic) > 1 ? "found {topic} twice; expected it at most once"
            : null;
    }

    // A topic may be any name, so a date beside it in the same name could not be told from it.
    private static string? TopicFault(IReadOnlyList<LayoutPart> segment) =>
        segment.Contains(Topic) && segment.Any(p => p.Digits > 0)
            ? "found {topic} beside a date in one folder name; expected {topic} with literals only between two '/'"
            : null;
}
