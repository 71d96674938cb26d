using System.Collections.Concurrent;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Landing;

namespace BatchEtl.DuckDb;

/// <summary>What the engine needs to read a landed file: its source, header and splits, kept by whoever looked into the files.</summary>
public interface ILandedFiles
{
    /// <summary>The file's splits in order; empty for a file without records.</summary>
    IReadOnlyList<AvroSplit> Splits(LandedFile file);

    AvroFileHeader Header(LandedFile file);

    AvroSource Open(LandedFile file);

    /// <summary>The leaf column that stands behind a landed column.</summary>
    LeafColumn Leaf(LandedSchema schema, LandedColumn column);
}

/// <summary>One use of landed files in a statement: its work list and what its threads share.</summary>
internal sealed class LandedRead(LandedScan scan, ILandedFiles files)
{
    private readonly ConcurrentDictionary<string, ColumnPlan> _plans = new();

    public LandedScan Scan { get; } = scan;

    public ILandedFiles Files { get; } = files;

    public IReadOnlyList<(LandedFile File, AvroSplit Split)> Work { get; } =
        [.. scan.Files.SelectMany(file => files.Splits(file).Select(split => (file, split)))];

    /// <summary>The plan of the leaves that a statement projects; compiled once.</summary>
    public ColumnPlan Plan(IReadOnlyList<LandedColumn> columns) => _plans.GetOrAdd(
        string.Join(',', columns.Select(c => c.Name)),
        _ => new ColumnPlan(Files.Header(Scan.Files[0]).Schema, [.. columns.Select(c => Files.Leaf(Scan.Schema, c))]));
}
