using BatchEtl.Core.Configuration.Reading;

namespace BatchEtl.Core.Configuration.Checking;

/// <summary>A pipeline, what is known of its columns, and where to report.</summary>
internal sealed class CheckContext(Pipeline pipeline, Func<MappedColumn, ColumnType?> typeOf, ErrorList errors)
{
    private readonly IReadOnlyList<SourceColumn> _events = SourceColumns.Of(pipeline, SourceTable.Events, typeOf);
    private readonly IReadOnlyList<SourceColumn> _sessions = SourceColumns.Of(pipeline, SourceTable.Sessions, typeOf);

    public Pipeline Pipeline => pipeline;

    public IReadOnlyList<SourceColumn> Columns(SourceTable table) => table == SourceTable.Events ? _events : _sessions;

    /// <summary>The dimensions as columns of events.</summary>
    public IReadOnlyList<SourceColumn> Dimensions { get; } =
        [.. pipeline.Events.Dimensions.Select(d => new SourceColumn(d.Name, typeOf(d)))];

    public SourcePosition At(string path) => pipeline.Source?.At(path) ?? new SourcePosition(pipeline.File, 0);

    public void Add(string path, string found, string expected, string? word = null, IEnumerable<string>? candidates = null) =>
        errors.Add(At(path), found, expected, word, candidates);

    /// <summary>The column of that name; reports when there is none.</summary>
    public SourceColumn? Column(string path, string name, IReadOnlyList<SourceColumn> columns, string kind)
    {
        SourceColumn? column = columns.FirstOrDefault(c => c.Name == name);
        if (column is null)
        {
            Add(path, $"no {kind} {Quoted.Value(name)} for {Plain(path)}", $"a {kind}{Listed(columns)}", name, columns.Select(c => c.Name));
        }

        return column;
    }

    /// <summary>Reports unknown columns, and values that their columns cannot hold.</summary>
    public void Conditions(string path, IReadOnlyList<ColumnCondition> conditions, IReadOnlyList<SourceColumn> columns, string kind)
    {
        foreach (ColumnCondition condition in conditions)
        {
            string own = $"{path}.{condition.Column}";
            if (Column(own, condition.Column, columns, kind)?.Type is not { } type)
            {
                continue;
            }

            foreach (string value in condition.Values)
            {
                if (Values.Fault(value, type) is { } expected)
                {
                    Add(own, $"{own} is compared with {Quoted.Value(value)}", $"{expected}, for its type {type}");
                }
            }
        }
    }

    // Which item of a list it was shows in the line.
    private static string Plain(string path) => path.IndexOf('[', StringComparison.Ordinal) is > 0 and var end ? path[..end] : path;

    private static string Listed(IReadOnlyList<SourceColumn> columns) => columns.Count switch
    {
        0 => ", but there is none",
        > 20 => "",
        _ => $": {string.Join(", ", columns.Select(c => c.Name))}",
    };
}
