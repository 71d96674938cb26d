using System.Collections.Concurrent;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Landing;
using BatchEtl.Landing;

namespace BatchEtl.DuckDb;

/// <summary>One use of landed files in a statement: its work list and what its threads share.</summary>
internal sealed class LandedRead(LandedScan scan, LandedInput files)
{
    private readonly ConcurrentDictionary<string, ColumnPlan> _plans = new();

    public LandedScan Scan { get; } = scan;

    public LandedInput Files { get; } = files;

    public IReadOnlyList<(LandedFile File, AvroSplit Split)> Work { get; } =
        [.. scan.Files.SelectMany(file => files.Splits(file).Select(split => (file, split)))];

    /// <summary>The plan of the leaves that a statement projects; compiled once.</summary>
    public ColumnPlan Plan(IReadOnlyList<LandedColumn> columns) => _plans.GetOrAdd(
        string.Join(',', columns.Select(c => c.Name)),
        _ => new ColumnPlan(Files.Header(Scan.Files[0]).Schema, [.. columns.Select(c => Files.Leaf(Scan.Schema, c))]));
}
