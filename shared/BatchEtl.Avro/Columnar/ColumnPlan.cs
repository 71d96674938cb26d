using BatchEtl.Avro.Decoding;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Columnar;

/// <summary>
/// How to read some columns from files of one writer's schema: made once, used by any number of readers and threads.
/// Texts of enum symbols and branch names point into it, so it must live as long as they are used.
/// </summary>
public sealed class ColumnPlan
{
    /// <summary>Compiles a projection.</summary>
    /// <exception cref="ArgumentException">
    /// The schema is no record, a path leads nowhere, or a leaf's type does not fit its column's kind.
    /// </exception>
    public ColumnPlan(AvroSchema writer, IReadOnlyList<LeafColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(columns);
        if (writer is not RecordSchema record)
        {
            throw new ArgumentException($"Only records have columns; the top-level schema is a {writer.BranchName}.", nameof(writer));
        }

        Writer = record;
        Columns = [.. columns];
        var root = new PlanNode(record);
        NeverNull = new bool[Columns.Count];
        for (var i = 0; i < Columns.Count; i++)
        {
            CheckScales(Columns[i], i, record);
            foreach (var path in Columns[i].Sources)
            {
                root.Add(path, i, Columns[i].Kind);
            }
        }

        var compiler = new PlanCompiler(this);
        Program = compiler.Compile(root);
    }

    public RecordSchema Writer { get; }

    /// <summary>The columns in the order in which they are read.</summary>
    public IReadOnlyList<LeafColumn> Columns { get; }

    /// <summary>For each column whether its validity is always set, whatever the data.</summary>
    internal bool[] NeverNull { get; }

    internal PlanProgram Program { get; }

    /// <summary>Unscaled values mean nothing beside such of another scale.</summary>
    private static void CheckScales(LeafColumn column, int index, RecordSchema record)
    {
        if (column.Kind != LeafKind.Decimal)
        {
            return;
        }

        var scales = new HashSet<int>();
        foreach (var path in column.Sources)
        {
            var probe = new PlanNode(record);
            probe.Add(path, index, column.Kind);
            for (var node = probe; ; node = node.Children.Values.Concat(node.Entries.Select(entry => entry.Node))
                .Concat(node.Keyed.Select(element => element.Node)).First())
            {
                if (node.Leaves.Count > 0)
                {
                    scales.Add(node.Schema.Logical!.Scale);
                    break;
                }
            }
        }

        if (scales.Count > 1)
        {
            throw new ArgumentException($"Column {index}: its sources are decimals of different scales ({string.Join(", ", scales)}).");
        }
    }
}

/// <summary>A compiled plan: pinned arrays that readers run over by pointer.</summary>
internal sealed class PlanProgram
{
    public required PlanOperation[] Operations { get; init; }

    public required int[] Targets { get; init; }

    public required Utf8View[] Symbols { get; init; }

    /// <summary>The bytes of long symbols.</summary>
    public required byte[][] SymbolBytes { get; init; }

    public required KeyedArray[] Arrays { get; init; }

    public required MapEntries[] Maps { get; init; }

    public required ValueSkipper Skipper { get; init; }

    /// <summary>Marks that a reader keeps, to know which keys a row has had.</summary>
    public required int Marks { get; init; }

    /// <summary>The fewest bytes of a record.</summary>
    public required int LeastBytes { get; init; }
}
