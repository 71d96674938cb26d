using System.Text;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Paths and kinds, one rule a test.</summary>
public sealed class ColumnPlanTests
{
    private static readonly Dictionary<string, string> Schemas = new()
    {
        ["params"] = """
            {"type":"record","name":"R","fields":[{"name":"event_params","type":{"type":"array","items":{"type":"record","name":"P","fields":[
              {"name":"key","type":"string"},{"name":"value","type":{"type":"record","name":"V","fields":[
                {"name":"string_value","type":["null","string"]},{"name":"int_value","type":["null","long"]}]}}]}}}]}
            """,
        ["map"] = """{"type":"record","name":"R","fields":[{"name":"m","type":{"type":"map","values":["null","string"]}}]}""",
        ["union"] = """
            {"type":"record","name":"R","fields":[{"name":"p","type":[
              {"type":"record","name":"a.View","fields":[{"name":"page","type":"string"}]},"null",
              {"type":"record","name":"a.Buy","fields":[{"name":"price","type":"int"},{"name":"page","type":["string","null"]}]},"long"]}]}
            """,
        ["text"] = """{"type":"record","name":"R","fields":[{"name":"t","type":"string"}]}""",
        ["decimal"] = """
            {"type":"record","name":"R","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":60,"scale":3}},
              {"name":"e","type":{"type":"bytes","logicalType":"decimal","precision":60,"scale":2}},{"name":"b","type":"bytes"}]}
            """,
    };

    private static readonly FieldStep Params = new("event_params");
    private static readonly FieldStep Map = new("m");
    private static readonly FieldStep Payload = new("p");
    private static readonly FieldStep Text = new("t");

    [Test]
    public void Of_equal_keys_in_an_array_the_first_counts_even_when_it_is_null()
    {
        LeafColumn Value(string key, string field, LeafKind kind) => Column(kind, Params, new KeyedElementStep("key", key), new FieldStep("value"), new FieldStep(field), new BranchStep(1));
        byte[] Item(string key, string? text, long? number) =>
        [
            .. Bytes.Text(key), .. text is null ? Bytes.Long(0) : [.. Bytes.Long(1), .. Bytes.Text(text)], .. number is null ? Bytes.Long(0) : [.. Bytes.Long(1), .. Bytes.Long(number.Value)],
        ];
        var rows = Read("params", [Value("page", "string_value", LeafKind.Text), Value("n", "int_value", LeafKind.Int64), Value("page", "int_value", LeafKind.Present)],
            [.. Bytes.Long(2), .. Item("page", null, 1), .. Item("other", "x", 2), .. Bytes.Long(1), .. Item("page", "late", null), .. Bytes.Long(1), .. Item("n", "y", 5), 0],
            [0],
            [.. Bytes.Long(2), .. Item("n", null, null), .. Item("page", "/home", null), 0]);
        Assert.That(rows, Is.EqualTo(new[] { new string?[] { null, "5", "true" }, [null, null, "false"], ["/home", null, "false"] }));
    }

    [Test]
    public void Of_equal_keys_in_a_map_the_last_counts_even_when_it_is_null()
    {
        byte[] Entry(string key, string? text) => [.. Bytes.Text(key), .. text is null ? Bytes.Long(0) : [.. Bytes.Long(1), .. Bytes.Text(text)]];
        LeafColumn[] columns = [Column(LeafKind.Text, Map, new MapEntryStep("k"), new BranchStep(1)), Column(LeafKind.Present, Map, new MapEntryStep("k")), Column(LeafKind.TextInvalid, Map, new MapEntryStep("k"), new BranchStep(1))];
        var rows = Read("map", columns,
            [.. Bytes.Long(3), .. Entry("k", "first"), .. Entry("x", "y"), .. Entry("k", "last"), 0],
            [.. Bytes.Long(1), .. Entry("k", "first"), .. Bytes.Long(1), .. Entry("k", null), 0],
            [.. Bytes.Long(1), .. Entry("K", "other"), 0]);
        Assert.That(rows, Is.EqualTo(new[] { new string?[] { "last", "true", "false" }, [null, "false", "false"], [null, "false", "false"] }));
    }

    [Test]
    public void A_column_of_several_branches_has_what_is_there()
    {
        LeafColumn page = new(LeafKind.Text,
        [
            new LeafPath([Payload, new BranchStep(0), new FieldStep("page")]), new LeafPath([Payload, new BranchStep(2), new FieldStep("page"), new BranchStep(0)]),
        ]);
        var rows = Read("union", [Column(LeafKind.Branch, Payload), page, Column(LeafKind.Int64, Payload, new BranchStep(3)), Column(LeafKind.Present, Payload)],
            [.. Bytes.Long(0), .. Bytes.Text("/a")], [.. Bytes.Long(1)], [.. Bytes.Long(2), .. Bytes.Long(5), .. Bytes.Long(0), .. Bytes.Text("/b")], [.. Bytes.Long(2), .. Bytes.Long(5), .. Bytes.Long(1)], [.. Bytes.Long(3), .. Bytes.Long(9)]);
        Assert.That(rows, Is.EqualTo(new[]
        {
            new string?[] { "View", "/a", null, "true" }, [null, null, null, "false"], ["Buy", "/b", null, "true"], ["Buy", null, null, "true"], [null, null, "9", "true"],
        }));
    }

    [TestCase("", "", false)]
    [TestCase("616263", "abc", false)]
    [TestCase("EFBFBDEFBFBD", "\uFFFD\uFFFD", false)]
    [TestCase("61FF62", "a\uFFFDb", true)]
    [TestCase("61FFFEC062", "a\uFFFDb", true)]
    [TestCase("FFEFBFBDFF61EFBFBD", "\uFFFDa\uFFFD", true)]
    [TestCase("EDA080", "\uFFFD", true)]
    [TestCase("E282", "\uFFFD", true)]
    [TestCase("E28241C3", "\uFFFDA\uFFFD", true)]
    [TestCase("6162636465666768696A6B6C6D6E6F70C0", "abcdefghijklmnop\uFFFD", true)]
    [TestCase("6162636465666768696A6B6C6DC5BE", "abcdefghijklmž", false)]
    public void Text_that_is_no_UTF_8_is_shown_and_told(string hex, string shown, bool invalid)
    {
        var data = Bytes.Prefixed(Convert.FromHexString(hex));
        var rows = Read("text", [Column(LeafKind.Text, Text), Column(LeafKind.TextInvalid, Text), Column(LeafKind.Uuid, Text), Column(LeafKind.Present, Text)], data, data);
        Assert.That(rows, Is.EqualTo(Enumerable.Repeat(new[] { shown, invalid ? "true" : "false", null, "true" }, 2)));
        Assert.That(Read("text", [Column(LeafKind.TextInvalid, Text)], data)[0][0], Is.EqualTo(invalid ? "true" : "false"));
    }

    [TestCase("5c5f1a24-ad8a-4819-adb7-85c72c4e8c97", true)]
    [TestCase("FFFFFFFF-FFFF-FFFF-FFFF-ffffffffffff", true)]
    [TestCase("00000000-0000-0000-0000-000000000000", true)]
    [TestCase("5c5f1a24-ad8a-4819-adb7-85c72c4e8c9", false)]
    [TestCase("5c5f1a24-ad8a-4819-adb7-85c72c4e8c970", false)]
    [TestCase("5c5f1a24ad8a4819adb785c72c4e8c97", false)]
    [TestCase("{5c5f1a24-ad8a-4819-adb7-85c72c4e8c}", false)]
    public void Uuids_have_one_form(string text, bool valid)
    {
        var row = Read("text", [Column(LeafKind.Uuid, Text), Column(LeafKind.Text, Text)], Bytes.Text(text))[0];
        Assert.That(row, Is.EqualTo(new[] { valid ? text.ToLowerInvariant() : null, text }));
    }

    [Test]
    public void Every_byte_of_a_uuid_is_checked()
    {
        const string uuid = "5c5f1a24-ad8a-4819-adb7-85c72c4e8c97";
        var column = new[] { Column(LeafKind.Uuid, Text) };
        for (var i = 0; i < 36; i++)
        {
            byte[][] rows = [.. Enumerable.Range(0, 256).Select(b =>
            {
                var bytes = Encoding.ASCII.GetBytes(uuid);
                bytes[i] = (byte)b;
                return Bytes.Prefixed(bytes);
            })];
            var read = Read("text", column, rows);
            for (var b = 0; b < 256; b++)
            {
                var text = uuid[..i] + (char)b + uuid[(i + 1)..];
                Assert.That(read[b][0], Is.EqualTo(uuid[i] == '-' ? (b == '-' ? uuid : null) : char.IsAsciiHexDigit((char)b) ? text.ToLowerInvariant() : null), text);
            }
        }
    }

    [TestCase("", "0.000", "0")]
    [TestCase("00", "0.000", "0")]
    [TestCase("FF", "-0.001", "-1")]
    [TestCase("7FFFFFFFFFFFFFFF", "9223372036854775.807", "9223372036854775807")]
    [TestCase("0000000000000000000000000000000000000001", "0.001", "1")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF85", "-0.123", "-123")]
    [TestCase("4B3B4CA85A86C47A098A223FFFFFFFFF", "99999999999999999999999999999999999.999", "99999999999999999999999999999999999999")]
    [TestCase("4B3B4CA85A86C47A098A224000000000", "100000000000000000000000000000000000.000", null)]
    [TestCase("80000000000000000000000000000000", "-170141183460469231731687303715884105.728", null)]
    [TestCase("0080000000000000000000000000000000", "170141183460469231731687303715884105.728", null)]
    public void Decimals_have_38_digits_their_texts_any(string hex, string text, string? unscaled)
    {
        byte[] row = [.. Bytes.Prefixed(Convert.FromHexString(hex)), .. Bytes.Prefixed(), .. Bytes.Prefixed()];
        var field = new FieldStep("d");
        Assert.That(Read("decimal", [Column(LeafKind.DecimalText, field), Column(LeafKind.Decimal, field)], row)[0], Is.EqualTo(new[] { text, unscaled }));
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return new TestCaseData("text", Column(LeafKind.Text, new FieldStep("x")));
        yield return new TestCaseData("text", Column(LeafKind.Int64, Text));
        yield return new TestCaseData("text", Column(LeafKind.Branch, Text));
        yield return new TestCaseData("text", Column(LeafKind.Text, Text, new BranchStep(0)));
        yield return new TestCaseData("union", Column(LeafKind.Text, Payload));
        yield return new TestCaseData("union", Column(LeafKind.Text, Payload, new BranchStep(4)));
        yield return new TestCaseData("union", Column(LeafKind.Text, Payload, new FieldStep("page")));
        yield return new TestCaseData("params", Column(LeafKind.Present, Params, new KeyedElementStep("nokey", "a")));
        yield return new TestCaseData("params", Column(LeafKind.Present, Params, new KeyedElementStep("value", "a")));
        yield return new TestCaseData("decimal", Column(LeafKind.Decimal, new FieldStep("b")));
        yield return new TestCaseData("decimal", new LeafColumn(LeafKind.Decimal, [new LeafPath([new FieldStep("d")]), new LeafPath([new FieldStep("e")])]));
    }

    [TestCaseSource(nameof(Wrong))]
    public void Columns_that_cannot_be_are_refused(string schema, LeafColumn column) =>
        Assert.That(() => new ColumnPlan(AvroSchema.Parse(Schemas[schema]), [column]), Throws.ArgumentException);

    private static List<string?[]> Read(string schema, LeafColumn[] columns, params byte[][] records)
    {
        var source = new FileBytes(Schemas[schema]).Block(records.Length, records).Source();
        return ColumnTexts.Read(source, AvroFileHeader.Read(source)!, columns, 3);
    }

    private static LeafColumn Column(LeafKind kind, params LeafStep[] steps) => new(kind, [new LeafPath(steps)]);
}
