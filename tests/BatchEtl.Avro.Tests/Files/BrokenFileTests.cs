using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;

namespace BatchEtl.Avro.Tests;

/// <summary>E6: damaged files are refused with file, byte position and what was expected, or skipped exactly.</summary>
public sealed class BrokenFileTests
{
    private static readonly LeafColumn[] NoColumns = [];

    [TestCaseSource(typeof(SharedFiles), nameof(SharedFiles.Broken))]
    public void Damage_is_refused_with_its_place(BrokenFile file)
    {
        using var source = AvroSource.OpenFile(file.Path);
        if (source.Length == 0)
        {
            Assert.That(AvroFileHeader.Read(source), Is.Null);
            return;
        }

        void Everything()
        {
            var header = AvroFileHeader.Read(source)!;
            AvroFileIndex.Build(source, header, verify: true);
            ColumnTexts.Read(source, header, NoColumns, 3);
        }

        if (!file.IsDamaged)
        {
            Assert.That(Everything, Throws.Nothing);
            return;
        }

        var error = Assert.Throws<AvroFormatException>(Everything)!;
        Assert.That(error.Message, Does.Contain(file.Path).And.Contain($"at byte {error.Position}").And.Contain(error.Expected).And.Contain(error.Found));
        Assert.That(error.Position, Is.InRange(0, source.Length));
    }

    [TestCaseSource(typeof(SharedFiles), nameof(SharedFiles.Broken))]
    public void Reading_alone_finds_what_verifying_finds(BrokenFile file)
    {
        using var source = AvroSource.OpenFile(file.Path);
        if (file.IsDamaged)
        {
            Assert.That(() => ColumnTexts.Read(source, AvroFileHeader.Read(source)!, NoColumns, 3), Throws.TypeOf<AvroFormatException>());
        }
    }

    [TestCaseSource(typeof(SharedFiles), nameof(SharedFiles.Broken))]
    public void Skipping_keeps_the_records_of_whole_blocks(BrokenFile file)
    {
        using var source = AvroSource.OpenFile(file.Path);
        AvroFileHeader? header;
        try
        {
            header = AvroFileHeader.Read(source);
        }
        catch (AvroFormatException)
        {
            Assert.That(file.Records, Is.Zero);
            return;
        }

        if (header is null)
        {
            Assert.That(file.Records, Is.Zero);
            return;
        }

        var index = AvroFileIndex.Build(source, header, skipDamage: true);
        Assert.That(index.Damage.Count, file.IsDamaged ? Is.GreaterThan(0) : Is.Zero);
        Assert.That(index.Records, file.IsDamaged ? Is.EqualTo(file.Records) : Is.GreaterThanOrEqualTo(file.Records));
        Assert.That(index.Splits.Sum(split => split.End - split.Start) + index.Damage.Sum(stretch => stretch.Bytes) + header.FirstBlock, Is.EqualTo(source.Length));
        Assert.That(ColumnTexts.Read(source, header, NoColumns, 3, index), Has.Count.EqualTo(index.Records));
    }
}
