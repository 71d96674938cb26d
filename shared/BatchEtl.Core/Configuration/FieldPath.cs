using System.Diagnostics.CodeAnalysis;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Configuration;

/// <summary>A step of a <see cref="FieldPath"/>.</summary>
public abstract record PathStep;

/// <summary>A record's field.</summary>
public sealed record FieldStep(string Name) : PathStep;

/// <summary><c>['text']</c>: a map's entry, or in an array of records the element whose key field holds the text.</summary>
public sealed record EntryStep(string Key, string KeyField) : PathStep;

/// <summary><c>$branch</c>: the short name of the union's branch that holds the value. Always last.</summary>
public sealed record BranchStep : PathStep;

/// <summary><c>$topic</c>: the folder name that {topic} stands for. Always the only step.</summary>
public sealed record TopicStep : PathStep;

/// <summary>A path to a value of a landed record (E1), e.g. <c>event_params['page'].value.string_value</c>.</summary>
public sealed record FieldPath(string Text, IReadOnlyList<PathStep> Steps)
{
    /// <summary>The key field of arrays of records where the mapping names none.</summary>
    public const string DefaultKeyField = "key";

    /// <summary>Reads a path: <c>header.user.id</c>, <c>properties['source']</c> (a quote inside doubled), <c>payload.$branch</c>, <c>$topic</c>.</summary>
    /// <param name="keyField">The field that holds the key of each record in an array.</param>
    /// <exception cref="BatchEtlException">The text is no path; the message says at which character (Usage).</exception>
    public static FieldPath Parse(string text, string keyField = DefaultKeyField) =>
        TryParse(text, keyField, out FieldPath? path, out string? error)
            ? path
            : throw BatchEtlException.Usage($"path '{text}': {error}");

    /// <param name="error">What was found at which character (from 1) and what is expected, without the path itself.</param>
    public static bool TryParse(
        string text, string keyField, [NotNullWhen(true)] out FieldPath? path, [NotNullWhen(false)] out string? error)
    {
        var parser = new FieldPathParser(text, keyField);
        path = parser.Parse() is { } steps ? new FieldPath(text, steps) : null;
        error = path is null ? parser.Error ?? "" : null;
        return path is not null;
    }

    /// <summary>Paths with the same text and key field are the same path.</summary>
    public bool Equals(FieldPath? other) => other is not null && Text == other.Text && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
