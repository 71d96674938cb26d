using BatchEtl.Avro.Container;

namespace BatchEtl.Avro.Tests;

/// <summary>E6: where a damaged stretch begins and ends.</summary>
public sealed class SkipTests
{
    private const string Schema = """{"type":"record","name":"R","fields":[{"name":"a","type":"bytes"}]}""";

    private static byte[] Record(params byte[] content) => Bytes.Prefixed(content);

    [Test]
    public void A_damaged_block_in_the_middle_goes_alone()
    {
        var file = new FileBytes(Schema).Block(1, Record(1));
        var damage = file.Length;
        file.Block(2, Record(2));
        var end = file.Length;
        var index = Skip(file.Block(1, Record(3)));
        Assert.Multiple(() =>
        {
            Assert.That(index.Records, Is.EqualTo(2));
            Assert.That(index.Damage.Select(stretch => (stretch.Position, stretch.Position + stretch.Bytes)), Is.EqualTo(new[] { (damage, end) }));
            Assert.That(index.Splits.Select(split => (split.Start, split.FirstRecord)), Is.EqualTo(new[] { (index.Splits[0].Start, 0L), (end, 1L) }));
        });
    }

    [Test]
    public void A_marker_inside_data_is_no_end_unless_a_whole_block_follows()
    {
        // In the damaged block: a marker with nonsense behind it, then one with something that looks like a whole block.
        byte[] hidden = [.. FileBytes.Sync, 0xFF, 1, 2, 3, .. FileBytes.Sync, .. Bytes.Long(1), .. Bytes.Long(2), .. Record(9), .. FileBytes.Sync];
        var file = new FileBytes(Schema).Block(1, Record(1));
        var damage = file.Length;
        var index = Skip(file.Block(2, Record(hidden)).Block(1, Record(3)));

        // The rule takes the first such marker: the look-alike is a block, what remains of the data behind it is damage again.
        Assert.That(index.Damage[0].Position, Is.EqualTo(damage));
        Assert.That(index.Records, Is.EqualTo(3));
    }

    [Test]
    public void Markers_inside_whole_blocks_are_data()
    {
        var index = Skip(new FileBytes(Schema).Block(1, Record([.. FileBytes.Sync, 2, 2, 2, 1, .. FileBytes.Sync])).Block(1, Record(3)));
        Assert.That((index.Records, index.Damage.Count), Is.EqualTo((2, 0)));
    }

    [TestCase(1)]
    [TestCase(10)]
    [TestCase(16)]
    [TestCase(18)]
    public void A_cut_end_is_left_out(int cut)
    {
        var file = new FileBytes(Schema).Block(1, Record(1));
        var damage = file.Length;
        var bytes = file.Block(1, Record(2)).ToArray();
        var index = Skip(bytes[..^cut]);
        Assert.That(index.Damage.Select(stretch => (stretch.Position, stretch.Bytes)), Is.EqualTo(new[] { (damage, bytes.Length - cut - damage) }));
        Assert.That(index.Records, Is.EqualTo(1));
    }

    [Test]
    public void A_marker_at_the_end_of_the_file_ends_the_stretch()
    {
        var file = new FileBytes(Schema).Block(1, Record(1));
        var damage = file.Length;
        var bytes = file.Block(2, Record(2)).ToArray();
        var index = Skip(bytes);
        Assert.That(index.Damage.Select(stretch => (stretch.Position, stretch.Bytes)), Is.EqualTo(new[] { (damage, bytes.Length - damage) }));
    }

    [Test]
    public void A_marker_of_equal_bytes_may_overlap_itself()
    {
        var sync = new byte[16];
        var file = new FileBytes(Schema, sync: sync).Block(1, Record(1));
        var damage = file.Length;
        var index = Skip(file.Raw([0xFF, 0xFF]).Raw(new byte[20]).Block(1, Record(2)));
        Assert.That(index.Damage[0].Position, Is.EqualTo(damage));
        Assert.That(index.Records, Is.EqualTo(2));
    }

    [Test]
    public void A_doubled_marker_costs_itself_only()
    {
        var file = new FileBytes(Schema).Block(1, Record(1));
        var damage = file.Length;
        var index = Skip(file.Raw(FileBytes.Sync).Block(1, Record(2)));
        Assert.That(index.Damage.Select(stretch => (stretch.Position, stretch.Bytes)), Is.EqualTo(new[] { (damage, 16L) }));
        Assert.That(index.Records, Is.EqualTo(2));
    }

    [Test]
    public void Markers_across_the_pieces_that_are_searched_are_found()
    {
        foreach (var length in Enumerable.Range(65536 - 40, 60))
        {
            var file = new FileBytes(Schema).Block(1, Record(1)).Raw([0xFF, 0xFF]).Raw(new byte[length]).Raw(FileBytes.Sync).Block(1, Record(2));
            Assert.That(Skip(file).Records, Is.EqualTo(2), $"{length}");
        }
    }

    [Test]
    public void Blocks_are_merged_into_splits()
    {
        var file = new FileBytes(Schema);
        for (var i = 0; i < 1000; i++)
        {
            file.Block(1, Record(1, 2, 3));
        }

        var source = file.Source();
        var index = AvroFileIndex.Build(source, AvroFileHeader.Read(source)!, splitBytes: 500);
        Assert.Multiple(() =>
        {
            Assert.That(index.Blocks, Is.EqualTo(1000));
            Assert.That(index.Splits.Count, Is.InRange(20, 50));
            Assert.That(index.Splits.Zip(index.Splits.Skip(1)).All(pair => pair.First.End == pair.Second.Start && pair.First.FirstRecord + pair.First.Records == pair.Second.FirstRecord));
        });
    }

    private static AvroFileIndex Skip(FileBytes file) => Skip(file.ToArray());

    private static AvroFileIndex Skip(byte[] file)
    {
        var source = AvroSource.Of("skip.avro", file);
        var header = AvroFileHeader.Read(source)!;
        return AvroFileIndex.Build(source, header, skipDamage: true);
    }
}
