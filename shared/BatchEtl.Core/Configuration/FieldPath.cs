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
    /// <summary>Paths with the same text and key field are the same path.</summary>
    public bool Equals(FieldPath? other) => other is not null && Text == other.Text && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
