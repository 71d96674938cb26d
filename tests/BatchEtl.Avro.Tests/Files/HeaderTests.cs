using BatchEtl.Avro.Codecs;
using BatchEtl.Avro.Container;

namespace BatchEtl.Avro.Tests;

public sealed class HeaderTests
{
    [Test]
    public void A_file_of_no_bytes_is_empty_not_damaged() => Assert.That(AvroFileHeader.Read(AvroSource.Of("x", Array.Empty<byte>())), Is.Null);

    [Test]
    public void Metadata_may_stand_in_blocks_of_any_form()
    {
        byte[] entry = [.. Bytes.Text("k"), .. Bytes.Prefixed(1, 0, 255)];
        byte[] schema = [.. Bytes.Text("avro.schema"), .. Bytes.Text("\"int\"")];
        byte[] file =
        [
            .. "Obj\u0001"u8, .. Bytes.Long(-1), .. Bytes.Long(entry.Length), .. entry, .. Bytes.Long(2), .. schema,
            .. Bytes.Text("k"), .. Bytes.Prefixed(9), 0x80, 0x00, .. FileBytes.Sync,
        ];
        var header = AvroFileHeader.Read(AvroSource.Of("x", file))!;
        Assert.Multiple(() =>
        {
            Assert.That(header.Metadata["k"], Is.EqualTo(new byte[] { 9 }), "of equal keys the last");
            Assert.That(header.Codec, Is.EqualTo(AvroCodec.Null));
            Assert.That(header.SchemaJson, Is.EqualTo("\"int\""));
            Assert.That(header.FirstBlock, Is.EqualTo(file.Length));
            Assert.That(header.Sync.ToArray(), Is.EqualTo(FileBytes.Sync));
        });
    }

    [Test]
    public void E6_a_file_that_was_not_written_to_its_end_is_known_by_its_last_bytes()
    {
        var bytes = new FileBytes("\"int\"").Block(2, [2, 4]).Block(1, [6]).ToArray();
        var header = AvroFileHeader.Read(AvroSource.Of("x", bytes))!;
        var firstBlockEnd = header.FirstBlock + 4 + FileBytes.Sync.Length;
        for (var length = header.FirstBlock; length <= bytes.Length; length++)
        {
            var cut = AvroSource.Of("x", bytes.AsMemory(0, (int)length));
            var isWhole = length == header.FirstBlock || length == firstBlockEnd || length == bytes.Length;
            Assert.That(
                () => header.CheckEnd(cut),
                isWhole ? Throws.Nothing : Throws.TypeOf<AvroFormatException>().With.Message.Contains($"x: at byte {Math.Max(header.FirstBlock, length - 16)}: expected the file's sync marker A0A1A2A3"),
                $"{length} bytes");
        }
    }

    private static IEnumerable<TestCaseData> Bad()
    {
        byte[] magic = [.. "Obj\u0001"u8];
        yield return new TestCaseData(new byte[] { 1 }, "magic").SetName("one byte");
        yield return new TestCaseData("PAR1xxxx"u8.ToArray(), "magic").SetName("another format");
        yield return new TestCaseData((byte[])[.. magic, .. Bytes.Long(long.MinValue)], "-2^63").SetName("count of -2^63");
        yield return new TestCaseData((byte[])[.. magic, .. Bytes.Long(1), .. Bytes.Long(-1)], "length").SetName("negative length");
        yield return new TestCaseData((byte[])[.. magic, .. Bytes.Long(1), .. Bytes.Long(1L << 40)], "end").SetName("length beyond the file");
        yield return new TestCaseData((byte[])[.. magic, .. Bytes.Long(1L << 62), .. Bytes.Text("a")], "end").SetName("count beyond the file");
        yield return new TestCaseData((byte[])[.. magic, .. Enumerable.Repeat((byte)0xFF, 10)], "64 bits").SetName("endless integer");
        yield return new TestCaseData((byte[])[.. magic, .. Bytes.Long(-1), .. Bytes.Long(3), .. Bytes.Text("k"), .. Bytes.Text(""), 0, .. FileBytes.Sync], "metadata").SetName("lying size");
        yield return new TestCaseData(new FileBytes("\"int\"", "lz4").ToArray(), "'lz4'").SetName("unknown codec");
        yield return new TestCaseData(new FileBytes("\"int\"").ToArray()[..^1], "sync").SetName("cut sync marker");
    }

    [TestCaseSource(nameof(Bad))]
    public void Damaged_headers_are_refused(byte[] file, string found)
    {
        var error = Assert.Throws<AvroFormatException>(() => AvroFileHeader.Read(AvroSource.Of("x.avro", file)))!;
        Assert.That(error.Message, Does.StartWith("x.avro: at byte").And.Contain(found));
    }
}
