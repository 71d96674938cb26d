using System.Runtime.InteropServices;
using System.Text;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;

namespace BatchEtl.Avro.Tests;

/// <summary>How long results stay, and what reading costs.</summary>
public sealed unsafe class ReaderMemoryTests
{
    private const string Schema = """{"type":"record","name":"R","fields":[{"name":"t","type":"string"},{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":60,"scale":3}}]}""";
    private const int Capacity = 16;

    [TestCase(null)]
    [TestCase("deflate")]
    [TestCase("snappy")]
    public void Texts_stay_until_the_second_call_after_theirs(string? codec)
    {
        var source = File(codec, blocks: 300, longTexts: true);
        var header = AvroFileHeader.Read(source)!;
        using var reader = new ColumnarReader(new ColumnPlan(header.Schema, [Column(LeafKind.Text, "t"), Column(LeafKind.DecimalText, "d")]));
        reader.Open("x", source, header, new AvroSplit(header.FirstBlock, source.Length, 0, -1));

        // Three sets of vectors in turn: at each call the rows of the call before are looked at again.
        var sets = new ColumnVector[3][];
        for (var i = 0; i < 3; i++)
        {
            sets[i] = [Vector(), Vector()];
        }

        var total = 0;
        int read;
        var before = 0;
        for (var call = 0; (read = Read(reader, sets[call % 3])) > 0; call++)
        {
            Check(sets[call % 3], total, read);
            if (call > 0)
            {
                Check(sets[(call - 1) % 3], total - before, before);
            }

            before = read;
            total += read;
        }

        Assert.That(total, Is.EqualTo(300 * 7));
        foreach (var vector in sets.SelectMany(set => set))
        {
            NativeMemory.Free(vector.Data);
        }
    }

    /// <param name="perBlock">Bytes that the codec's library leaves behind for each block, whatever its size.</param>
    [TestCase(null, 0)]
    [TestCase("snappy", 96)]
    [TestCase("zstandard", 0)]
    [TestCase("deflate", 256)]
    public void No_garbage_is_made_per_chunk(string? codec, int perBlock)
    {
        const int blocks = 4000;
        var source = File(codec, blocks, longTexts: false);
        var header = AvroFileHeader.Read(source)!;
        using var reader = new ColumnarReader(new ColumnPlan(header.Schema, [Column(LeafKind.Text, "t"), Column(LeafKind.Present, "d")]));
        ColumnVector[] vectors = [Vector(), Vector()];
        long allocated = 0;
        for (var round = 0; round < 2; round++)
        {
            reader.Open("x", source, header, new AvroSplit(header.FirstBlock, source.Length, 0, -1));
            var before = GC.GetAllocatedBytesForCurrentThread();
            while (Read(reader, vectors) > 0)
            {
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(allocated, Is.LessThan(20_000 + (blocks * perBlock)), "bytes for 28,000 rows");
        foreach (var vector in vectors)
        {
            NativeMemory.Free(vector.Data);
        }
    }

    private static int Read(ColumnarReader reader, ColumnVector[] vectors)
    {
        fixed (ColumnVector* pointer = vectors)
        {
            return reader.Read(pointer, null, Capacity);
        }
    }

    private static void Check(ColumnVector[] vectors, int first, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            var text = Encoding.UTF8.GetString(Utf8View.Bytes((Utf8View*)vectors[0].Data + i));
            var number = Encoding.UTF8.GetString(Utf8View.Bytes((Utf8View*)vectors[1].Data + i));
            if (text != Shown(first + i) || number != "309485009821345068724781.054")
            {
                Assert.Fail($"Row {first + i}: {text}, {number}");
            }
        }
    }

    private static string Shown(int row) => $"text number {row} {new string('x', row % 50)}" + (row % 5 == 0 ? "\uFFFD" : "");

    private static AvroSource File(string? codec, int blocks, bool longTexts)
    {
        var file = new FileBytes(Schema, codec);
        for (var block = 0; block < blocks; block++)
        {
            byte[] data = [.. Enumerable.Range(block * 7, 7).SelectMany(row =>
            {
                var text = Encoding.UTF8.GetBytes(longTexts ? Shown(row) : "short");
                if (longTexts && row % 5 == 0)
                {
                    text = [.. text[..^3], 0xFF];
                }

                return (byte[])[.. Bytes.Prefixed(text), .. Bytes.Prefixed(0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 254)];
            })];
            file.Block(7, codec switch { "deflate" => Compressed.Deflate(data), "snappy" => Compressed.Snappy(data), "zstandard" => Compressed.Zstandard(data), _ => data });
        }

        return file.Source();
    }

    private static ColumnVector Vector() => new() { Data = NativeMemory.Alloc(Capacity * 16) };

    private static LeafColumn Column(LeafKind kind, string field) => new(kind, [new LeafPath([new FieldStep(field)])]);
}
