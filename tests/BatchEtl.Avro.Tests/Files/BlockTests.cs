using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;

namespace BatchEtl.Avro.Tests;

/// <summary>One rule a test: what a block may hold, by the generic reader, the columnar reader and the verified index alike.</summary>
public sealed class BlockTests
{
    private const string Ints = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";

    private static string Of(string type) => $$"""{"type":"record","name":"R","fields":[{"name":"a","type":{{type}}}]}""";

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("int of 33 bits", "\"int\"", Bytes.Long(1L << 31));
        yield return Case("long of 11 bytes", "\"long\"", [.. Enumerable.Repeat((byte)0x80, 10), 0]);
        yield return Case("long with bits over 64", "\"long\"", [.. Enumerable.Repeat((byte)0x80, 9), 2]);
        yield return Case("boolean 2", "\"boolean\"", [2]);
        yield return Case("enum's index", """{"type":"enum","name":"E","symbols":["A","B"]}""", Bytes.Long(2));
        yield return Case("enum's negative index", """{"type":"enum","name":"E","symbols":["A","B"]}""", Bytes.Long(-1));
        yield return Case("branch", "[\"null\",\"int\"]", Bytes.Long(2));
        yield return Case("negative branch", "[\"null\",\"int\"]", Bytes.Long(-1));
        yield return Case("third branch of three", "[\"null\",\"int\",\"string\"]", Bytes.Long(3));
        yield return Case("long branch", "[\"null\",\"int\"]", Bytes.Long(1L << 40));
        yield return Case("string beyond the block", "\"string\"", Bytes.Long(1));
        yield return Case("string of negative length", "\"string\"", Bytes.Long(-1));
        yield return Case("string of 2^62 bytes", "\"string\"", Bytes.Long(1L << 62));
        yield return Case("bytes beyond the block", "\"bytes\"", Bytes.Long(2), [1]);
        yield return Case("fixed beyond the block", """{"type":"fixed","name":"F","size":4}""", [1, 2, 3]);
        yield return Case("double beyond the block", "\"double\"", [1, 2, 3, 4, 5, 6, 7]);
        yield return Case("float beyond the block", "\"float\"", [1, 2, 3]);
        yield return Case("bytes left over", "\"int\"", [0, 0]);
        yield return Case("array count -2^63", """{"type":"array","items":"int"}""", Bytes.Long(long.MinValue), [0]);
        yield return Case("array of more items than bytes", """{"type":"array","items":"int"}""", Bytes.Long(5), [0, 0, 0]);
        yield return Case("array of negative size", """{"type":"array","items":"int"}""", Bytes.Long(-1), Bytes.Long(-1), [0, 0]);
        yield return Case("array of a lying size", """{"type":"array","items":"int"}""", Bytes.Long(-1), Bytes.Long(2), [0, 0, 0]);
        yield return Case("array of 2^31 nulls", """{"type":"array","items":"null"}""", Bytes.Long(1L << 31), [0]);
        yield return Case("array of 2 times 2^30 nulls", """{"type":"array","items":"null"}""", Bytes.Long(1L << 30), Bytes.Long(1L << 30), [0]);
        yield return Case("array without an end", """{"type":"array","items":"int"}""", Bytes.Long(1), [0]);
        yield return Case("map of more entries than bytes", """{"type":"map","values":"null"}""", Bytes.Long(2), Bytes.Text("a"), [0]);
        yield return Case("map key beyond the block", """{"type":"map","values":"null"}""", Bytes.Long(1), Bytes.Long(5), [0]);
        yield return Case("an empty union", "[]", Bytes.Long(0));

        static TestCaseData Case(string name, string type, params byte[][] data) =>
            new TestCaseData(Of(type), data.SelectMany(part => part).ToArray()).SetName("{m}: " + name);
    }

    [TestCaseSource(nameof(Refused))]
    public void Refused_by_every_reader(string schema, byte[] data)
    {
        // A good block before it and one behind it, so that skipping has something to find.
        var file = new FileBytes(schema).Block(0).Block(1, data).Block(0).Source();
        var header = AvroFileHeader.Read(file)!;
        Assert.Multiple(() =>
        {
            Assert.That(() => ReadGeneric(file, header), Throws.TypeOf<AvroFormatException>());
            Assert.That(() => ColumnTexts.Read(file, header, [], 8), Throws.TypeOf<AvroFormatException>());
            foreach (var leaf in ProjectedLeaf.All(header.Schema, ["a"]))
            {
                Assert.That(() => ColumnTexts.Read(file, header, [leaf.Column], 8), Throws.TypeOf<AvroFormatException>(), leaf.Column.ToString());
            }

            Assert.That(() => AvroFileIndex.Build(file, header, verify: true), Throws.TypeOf<AvroFormatException>());
            var index = AvroFileIndex.Build(file, header, skipDamage: true);
            Assert.That((index.Blocks, index.Damage.Count), Is.EqualTo((2, 1)));
        });
    }

    [TestCase(new byte[] { 0x80, 0x00 }, 0)]
    [TestCase(new byte[] { 0x82, 0x80, 0x80, 0x80, 0x00 }, 1)]
    [TestCase(new byte[] { 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, -1)]
    public void Overlong_integers_are_legal(byte[] data, int value)
    {
        var file = new FileBytes(Ints).Block(1, data).Source();
        var header = AvroFileHeader.Read(file)!;
        Assert.That(ReadGeneric(file, header).Select(record => ((AvroRecord)record!)["a"]), Is.EqualTo(new object[] { value }));
        Assert.That(ColumnTexts.Read(file, header, [Column(LeafKind.Int64, "a")], 8)[0][0], Is.EqualTo($"{value}"));
    }

    [Test]
    public void Nulls_without_end_cost_nothing()
    {
        var file = new FileBytes(Of("""{"type":"array","items":"null"}""")).Block(1, Bytes.Long(int.MaxValue), [0]).Source();
        var header = AvroFileHeader.Read(file)!;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var items = (IReadOnlyList<object?>)((AvroRecord)ReadGeneric(file, header).Single()!)["a"]!;
        Assert.Multiple(() =>
        {
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(5_000_000));
            Assert.That(items, Has.Count.EqualTo(int.MaxValue));
            Assert.That(ColumnTexts.Read(file, header, [], 8), Has.Count.EqualTo(1));
            Assert.That(AvroFileIndex.Build(file, header, verify: true).Records, Is.EqualTo(1));
        });
    }

    [TestCase(1000, true)]
    [TestCase(1001, false)]
    [TestCase(3_000_000, false)]
    public void Nesting_is_bounded(int depth, bool legal)
    {
        const string schema = """{"type":"record","name":"N","fields":[{"name":"n","type":["null","N"]},{"name":"m","type":{"type":"map","values":"N"}}]}""";
        byte[] data = [.. Enumerable.Repeat((byte)2, depth - 1), 0, .. Enumerable.Repeat((byte)0, depth)];
        var file = new FileBytes(schema).Block(1, data).Source();
        var header = AvroFileHeader.Read(file)!;
        var n = new FieldStep("n");
        var some = new BranchStep(1);
        LeafColumn deep = new(LeafKind.Present, [new LeafPath([n, some, n, some, n, some, n])]);
        foreach (var read in new Action[]
        {
            () => ReadGeneric(file, header),
            () => AvroFileIndex.Build(file, header, verify: true),
            () => ColumnTexts.Read(file, header, [], 8),
            () => ColumnTexts.Read(file, header, [deep], 8),
        })
        {
            Assert.That(read, legal ? Throws.Nothing : Throws.TypeOf<AvroFormatException>());
        }

        if (legal)
        {
            Assert.That(AvroJson.Text(header.Schema, ReadGeneric(file, header)[0]), Does.StartWith("""{"n":{"N":{"n":{"N":"""));
        }
    }

    [Test]
    public void A_record_that_holds_itself_without_end_is_refused()
    {
        var file = new FileBytes("""{"type":"record","name":"N","fields":[{"name":"n","type":"N"}]}""").Block(1, [0]).Source();
        var header = AvroFileHeader.Read(file)!;
        Assert.That(() => ReadGeneric(file, header), Throws.TypeOf<AvroFormatException>());
        Assert.That(() => AvroFileIndex.Build(file, header, verify: true), Throws.TypeOf<AvroFormatException>());
    }

    [Test]
    public void Types_shared_many_times_stay_small()
    {
        // 2^40 integers if every reference were written out.
        var schema = "\"int\"";
        for (var i = 0; i < 40; i++)
        {
            schema = $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"a","type":{{schema}}},{"name":"b","type":{{(i == 0 ? "\"int\"" : $"\"R{i - 1}\"")}}}]}""";
        }

        var file = new FileBytes($$"""{"type":"record","name":"T","fields":[{"name":"u","type":["null",{{schema}}]}]}""").Block(1, [0]).Source();
        var header = AvroFileHeader.Read(file)!;
        Assert.That(ReadGeneric(file, header), Has.Count.EqualTo(1));
        Assert.That(ColumnTexts.Read(file, header, [new LeafColumn(LeafKind.Branch, [new LeafPath([new FieldStep("u")])])], 8)[0][0], Is.Null);
    }

    [TestCase("snappy")]
    [TestCase("zstandard")]
    [TestCase("deflate")]
    [TestCase("bzip2")]
    [TestCase("xz")]
    public void Garbage_is_no_compressed_block(string codec)
    {
        foreach (var data in new byte[][] { [], [1], [0, 0, 0, 0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255] })
        {
            var file = new FileBytes(Ints, codec).Block(1, data).Source();
            var header = AvroFileHeader.Read(file)!;
            Assert.That(() => ReadGeneric(file, header), Throws.TypeOf<AvroFormatException>().With.Message.Contains(codec).Or.With.Message.Contains("records"));
        }
    }

    [Test]
    public void Bombs_stop_at_the_limit()
    {
        var zeros = new byte[50_000_000];
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            stream.Write(zeros);
        }

        using var compressor = new ZstdSharp.Compressor();
        foreach (var (codec, data) in new[]
        {
            ("deflate", deflated.ToArray()), ("zstandard", compressor.Wrap(zeros).ToArray()), ("snappy", [.. Snappier.Snappy.CompressToArray(zeros), 0, 0, 0, 0]),
        })
        {
            var file = new FileBytes(Of("\"bytes\""), codec).Block(1, data).Source();
            var header = AvroFileHeader.Read(file)!;
            using var reader = new GenericReader(file, header, maxBlockBytes: 4_000_000);
            Assert.That(() => reader.TryRead(out _), Throws.TypeOf<AvroFormatException>().With.Message.Contains("4000000"), codec);
        }
    }

    [Test]
    public void Deflate_ends_where_its_stream_ends()
    {
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(Bytes.Long(5));
        }

        foreach (var (data, legal) in new (byte[], bool)[]
        {
            (deflated.ToArray(), true), ([.. deflated.ToArray(), 0], false), (deflated.ToArray()[..^1], false),
            ([.. deflated.ToArray(), 0, 0, 0], false), ([.. deflated.ToArray(), 0, 11, 0], true),
        })
        {
            // Adler-32 of the byte 0A is 000B000B: its first three bytes are what fastavro leaves.
            var file = new FileBytes(Ints, "deflate").Block(1, data).Source();
            var header = AvroFileHeader.Read(file)!;
            Assert.That(() => ReadGeneric(file, header), legal ? Throws.Nothing : Throws.TypeOf<AvroFormatException>());
        }
    }

    /// <summary>Around the piece sizes in which a stream may be read, and with what fastavro leaves behind it.</summary>
    [Test]
    public void Bytes_behind_a_long_deflate_stream_are_found([Values(0, 1, 5, 4096, 8180, 8191, 8192, 8193, 20_000, 65_535)] int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var data = Bytes.Prefixed(bytes);
        foreach (var level in Enum.GetValues<CompressionLevel>())
        {
            var whole = Compressed.Deflate(data, level);
            var adler = Adler32(data);
            Assert.That(Read(whole), Throws.Nothing);
            Assert.That(Read([.. whole, .. adler[..3]]), Throws.Nothing);
            foreach (var block in new byte[][]
            {
                [.. whole, 0], [.. whole, .. adler[..1]], [.. whole, .. adler[..2]], [.. whole, .. adler], [.. whole, 0, 0, 0], [.. whole, .. whole],
                [.. whole, .. new byte[10_000]], [.. whole, .. new byte[10_000], .. adler[..3]], whole[..^1], whole[..^2], whole[..(whole.Length / 2)],
            })
            {
                Assert.That(Read(block), Throws.TypeOf<AvroFormatException>().With.Message.Contains("deflate"), $"{level}, {block.Length} of {whole.Length} bytes");
            }
        }

        static Action Read(byte[] block)
        {
            var file = new FileBytes(Of("\"bytes\""), "deflate").Block(1, block).Source();
            return () => ReadGeneric(file, AvroFileHeader.Read(file)!);
        }

        static byte[] Adler32(byte[] data)
        {
            using var target = new MemoryStream();
            using (var stream = new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true))
            {
                stream.Write(data);
            }

            return target.ToArray()[^4..];
        }
    }

    [Test]
    public void Snappy_ends_where_its_data_ends()
    {
        byte[] checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(Bytes.Long(5)));
        byte[] whole = Snappier.Snappy.CompressToArray(Bytes.Long(5));
        Assert.That(Read(whole), Throws.Nothing);

        // Whole elements, halves of them (a literal's and a copy's first bytes), and too little.
        foreach (var data in new byte[][]
        {
            [.. whole, 0, 10], [.. whole, 1, 1], [.. whole, 0], [.. whole, 0xFC], [.. whole, 0xFC, 0, 0, 0], [.. whole, 1],
            [.. whole, 2, 1], [.. whole, 3, 1, 0, 0], whole[..^1], whole[..1],
        })
        {
            Assert.That(Read(data), Throws.TypeOf<AvroFormatException>().With.Message.Contains("snappy"), Convert.ToHexString(data));
        }

        Action Read(byte[] data)
        {
            var file = new FileBytes(Ints, "snappy").Block(1, data, checksum).Source();
            return () => ReadGeneric(file, AvroFileHeader.Read(file)!);
        }
    }

    [TestCase(1L)]
    [TestCase(int.MaxValue)]
    [TestCase(1L << 31)]
    [TestCase(uint.MaxValue)]
    [TestCase(1L << 32)]
    public void Snappy_holds_what_it_claims(long claim)
    {
        byte[] data = [.. Bytes.Raw((ulong)claim), .. Snappier.Snappy.CompressToArray(Bytes.Double(1))[1..], 0, 0, 0, 0];
        var file = new FileBytes(Of("\"double\""), "snappy").Block(1, data).Source();
        Assert.That(() => ReadGeneric(file, AvroFileHeader.Read(file)!), Throws.TypeOf<AvroFormatException>().With.Message.Contains("snappy"));
    }

    [Test]
    public void Snappy_has_its_checksum_checked()
    {
        byte[] block = [.. Snappier.Snappy.CompressToArray(Bytes.Long(5)), 1, 2, 3, 4];
        var file = new FileBytes(Ints, "snappy").Block(1, block).Source();
        Assert.That(() => ReadGeneric(file, AvroFileHeader.Read(file)!), Throws.TypeOf<AvroFormatException>().With.Message.Contains("CRC-32"));
    }

    private static List<object?> ReadGeneric(AvroSource file, AvroFileHeader header)
    {
        using var reader = new GenericReader(file, header);
        return [.. reader.ReadAll()];
    }

    private static LeafColumn Column(LeafKind kind, string field) => new(kind, [new LeafPath([new FieldStep(field)])]);
}
