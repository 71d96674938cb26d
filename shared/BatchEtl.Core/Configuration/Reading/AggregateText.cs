using System.Text.RegularExpressions;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads <c>count</c>, <c>sum(price)</c> and the like, and the table that they are over.</summary>
internal static partial class AggregateText
{
    /// <summary>What cubes know (C1).</summary>
    public static readonly IReadOnlyList<string> OfCubes = ["count", "count(column)", "sum(column)", "min(column)", "max(column)", "distinct(column)"];

    /// <summary>What declared metrics know (tables.md).</summary>
    public static readonly IReadOnlyList<string> OfMetrics = ["count", "sum(column)", "distinct(column)"];

    public static SourceTable Source(Section section) =>
        section.Word("source", SourceTable.Events, ("events", SourceTable.Events), ("sessions", SourceTable.Sessions));

    public static (AggregateKind Kind, string? Column)? Read(ReadContext context, string path, SourceNode node, IReadOnlyList<string> allowed)
    {
        string text = node is ScalarNode { Kind: ScalarKind.Text } scalar ? scalar.Text : "";
        Match match = Form().Match(text);
        string? column = match.Groups[2].Success ? match.Groups[2].Value : null;
        string form = match.Groups[1].Value + (column is null ? "" : "(column)");
        if (match.Success && allowed.Contains(form))
        {
            return (Enum.Parse<AggregateKind>(match.Groups[1].Value, ignoreCase: true), column);
        }

        context.Errors.Add(node.At, $"{path} is {node.Described}", Section.OneOf(allowed), Generic().Replace(text, "(column)"), allowed);
        return null;
    }

    [GeneratedRegex(@"\A([a-z]+)(?:\( *([A-Za-z0-9_]+) *\))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    [GeneratedRegex(@"\([^()]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Generic();
}
