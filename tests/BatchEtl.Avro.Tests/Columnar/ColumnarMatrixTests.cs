using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Files of other implementations through the columnar reader, every leaf that can be projected.</summary>
public sealed class ColumnarMatrixTests
{
    private static readonly string[] Keys = ["a", "", "k", "k0", "r0", "ž1", "RED", "d1", "m0", "s"];

    [TestCaseSource(typeof(SharedFiles), nameof(SharedFiles.Matrix))]
    public void Every_leaf_reads_as_its_truth_says(MatrixFile file)
    {
        using var source = AvroSource.OpenFile(file.Path);
        var header = AvroFileHeader.Read(source)!;
        if (header.Schema is not RecordSchema)
        {
            Assert.That(() => new ColumnPlan(header.Schema, []), Throws.ArgumentException);
            return;
        }

        var leaves = ProjectedLeaf.All(header.Schema, Keys).Take(1500).ToList();
        var truth = file.Truth();
        foreach (var capacity in new[] { 2048, 7 })
        {
            var rows = ColumnTexts.Read(source, header, leaves.ConvertAll(leaf => leaf.Column), capacity);
            Assert.That(rows, Has.Count.EqualTo(file.Records));
            for (var row = 0; row < rows.Count; row++)
            {
                for (var i = 0; i < leaves.Count; i++)
                {
                    var expected = leaves[i].Expected(truth[row]);
                    if (rows[row][i] != expected)
                    {
                        Assert.Fail($"Record {row}, {leaves[i].Column.Kind} of {string.Join(" / ", leaves[i].Column.Sources[0].Steps)}: '{rows[row][i]}' instead of '{expected}'.");
                    }
                }
            }
        }
    }

    [Test]
    public void The_files_are_there()
    {
        if (!SharedFiles.Matrix().Any())
        {
            Assert.Ignore("The folder shared/avro beside the repository is missing; set BATCH_ETL_SHARED to the shared folder.");
        }
    }
}
