using System.IO.Hashing;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Tables;
using static BatchEtl.Parquet.Tests.WrittenFiles;

namespace BatchEtl.Parquet.Tests;

/// <summary>published-types.md and semantics.md P1: what is good is found good, with its rows, bytes and checksum; what is not is named.</summary>
public class ParquetAuditTests
{
    private readonly ParquetAudit _audit = new() { Patience = TimeSpan.FromSeconds(5) };
    private WrittenFiles _files = null!;

    [SetUp]
    public void Make() => _files = new WrittenFiles();

    [TearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void P1_files_of_every_type_and_codec_are_read_back(
        [Values("zstd", "snappy", "gzip", "uncompressed")] string codec, [Values(0, 1, 5000)] int rows, [Values] bool deep)
    {
        var file = _files.Write(Rows(rows), $"COMPRESSION {codec}, ROW_GROUP_SIZE 2048");
        var content = File.ReadAllBytes(file);
        Assert.That(_audit.Inspect(file, AllTypesContract, deep), Is.EqualTo(new AuditedFile(
            file, rows, content.Length, "xxh128:" + Convert.ToHexStringLower(XxHash128.Hash(content)))));
    }

    [TestCase("DECIMAL(38, 2)", "DECIMAL(38,2)", "decimal(19,2)")]
    [TestCase("DECIMAL(19, 3)", "DECIMAL(19,3)", "decimal(19,2)")]
    [TestCase("DOUBLE", "DOUBLE", "decimal(19,2)")]
    [TestCase("INTEGER", "INT32 INT_32", "bigint")]
    [TestCase("UBIGINT", "INT64 UINT_64", "bigint")]
    [TestCase("HUGEINT", "DOUBLE", "bigint")]
    [TestCase("BIGINT", "INT64 INT_64", "int")]
    [TestCase("SMALLINT", "INT32 INT_16", "int")]
    [TestCase("FLOAT", "FLOAT", "double")]
    [TestCase("VARCHAR", "BYTE_ARRAY UTF8", "double")]
    [TestCase("BLOB", "BYTE_ARRAY", "text")]
    [TestCase("INTEGER", "INT32 INT_32", "boolean")]
    [TestCase("INTEGER", "INT32 INT_32", "date")]
    public void P1_a_column_of_another_type_is_named(string written, string found, string type)
    {
        var file = _files.Write($"SELECT 'x' AS a, {(written == "BLOB" ? "'1'" : "1")}::{written} AS b");
        var expected = type switch
        {
            "decimal(19,2)" => (ColumnType.Decimal(19, 2), "FIXED_LEN_BYTE_ARRAY DECIMAL(19,2)"),
            "bigint" => (ColumnType.BigInt, "INT64"),
            "int" => (ColumnType.Int, "INT32"),
            "double" => (ColumnType.Double, "DOUBLE"),
            "text" => (ColumnType.Text, "BYTE_ARRAY UTF8"),
            "boolean" => (ColumnType.Boolean, "BOOLEAN"),
            _ => (ColumnType.Date, "INT32 DATE"),
        };
        Refuses(
            $"{file}: column b of table: expected {expected.Item2}, found {(found.StartsWith("DECIMAL", StringComparison.Ordinal) ? "FIXED_LEN_BYTE_ARRAY " : "")}{found}",
            file, Contract(new("a", ColumnType.Text), new("b", expected.Item1)));
    }

    [TestCase("'00000000-0000-0000-0000-000000000001'::UUID", "FIXED_LEN_BYTE_ARRAY UUID", TypeKind.Text)]
    [TestCase("TIMESTAMPTZ '2026-01-01 00:00:00+00'", "INT64 TIMESTAMP(MICROS, adjusted to UTC)", TypeKind.Timestamp)]
    [TestCase("TIMESTAMP_NS '2026-01-01 00:00:00'", "INT64 TIMESTAMP(NANOS, not adjusted to UTC)", TypeKind.Timestamp)]
    [TestCase("TIMESTAMP_MS '2026-01-01 00:00:00'", "INT64 TIMESTAMP(MILLIS, not adjusted to UTC)", TypeKind.Timestamp)]
    [TestCase("TIMESTAMP '2026-01-01 00:00:00'", "INT64 TIMESTAMP(MICROS, not adjusted to UTC)", TypeKind.BigInt)]
    [TestCase("[1]", "group LIST", TypeKind.Text)]
    [TestCase("{'x': 1}", "group", TypeKind.Int)]
    public void P1_a_type_that_is_never_published_is_named(string value, string found, TypeKind kind)
    {
        var file = _files.Write($"SELECT {value} AS b, 1::BIGINT AS c");
        Assert.That(
            () => _audit.Inspect(file, Contract(new("b", new ColumnType(kind)), new("c", ColumnType.BigInt))),
            Throws.TypeOf<BatchEtlException>().With.Message.EndsWith($", found {found}"));
    }

    [Test]
    public void P1_names_and_order_are_the_contracts()
    {
        var file = _files.Write("SELECT 1::BIGINT AS a, 2::BIGINT AS b");
        TableColumn a = new("a", ColumnType.BigInt), b = new("b", ColumnType.BigInt), c = new("c", ColumnType.BigInt);
        Refuses($"{file}: column b of table: expected it as column 1, found a there", file, Contract(b, a));
        Refuses($"{file}: column c of table: expected it as column 3, found no column there", file, Contract(a, b, c));
        Refuses($"{file}: column b of table: expected no such column, found one after the contract's last", file, Contract(a));
        Refuses($"{file}: column A of table: expected it as column 1, found a there", file, Contract(a with { Name = "A" }, b));
    }

    [Test]
    public void P1_nulls_where_the_contract_has_none_are_counted_in_every_row_group([Values] bool deep)
    {
        var file = _files.Write("SELECT CASE WHEN i <> 3000 THEN i END::BIGINT AS a FROM range(10000) r(i)", "ROW_GROUP_SIZE 2048");
        Assert.That(_audit.Inspect(file, Contract(new TableColumn("a", ColumnType.BigInt, true)), deep).Rows, Is.EqualTo(10_000));
        Refuses($"{file}: column a of table: expected no nulls, found 1 nulls in row group 1", file, Contract(new TableColumn("a", ColumnType.BigInt)), deep);
    }

    [TestCase("lz4_raw", "LZ4_RAW")]
    [TestCase("brotli", "BROTLI")]
    public void P1_a_codec_that_not_every_reader_reads_is_refused(string codec, string found)
    {
        var file = _files.Write("SELECT 1::BIGINT AS a", $"COMPRESSION {codec}");
        Refuses($"{file}: column a of table: expected a codec that every reader reads: SNAPPY, GZIP or ZSTD, found {found}", file, Contract(new TableColumn("a", ColumnType.BigInt)));
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(500)]
    public void P1_a_file_cut_short_is_refused(int bytes)
    {
        var file = _files.Write(Rows(1000));
        using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(bytes);
        }

        Assert.That(() => _audit.Inspect(file, AllTypesContract), Throws.TypeOf<BatchEtlException>()
            .With.Property("ExitCode").EqualTo(ExitCode.CheckFailed)
            .And.Message.StartsWith($"{file}: expected the footer of a Parquet file of all_types, found what cannot be read: "));
    }

    [Test]
    public void Damage_never_escapes_as_another_error_and_always_changes_the_checksum()
    {
        var file = _files.Write(Rows(3000), "COMPRESSION zstd, ROW_GROUP_SIZE 2048");
        var good = _audit.Inspect(file, AllTypesContract, deep: true);
        var audit = new ParquetAudit { Patience = TimeSpan.FromSeconds(1) };
        var content = File.ReadAllBytes(file);
        var random = new Random(7);
        int refused = 0, tries = 300;
        for (var i = 0; i < tries; i++)
        {
            var damaged = (byte[])content.Clone();
            damaged[i % 2 == 0 ? random.Next(content.Length) : content.Length - 1 - random.Next(3000)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, damaged);
            try
            {
                Assert.That(audit.Inspect(file, AllTypesContract, deep: true).Checksum, Is.Not.EqualTo(good.Checksum));
            }
            catch (BatchEtlException e)
            {
                Assert.That((e.ExitCode, e.Message.StartsWith(file, StringComparison.Ordinal)), Is.EqualTo((ExitCode.CheckFailed, true)));
                refused++;
            }
        }

        TestContext.Out.WriteLine($"{refused} of {tries} flipped bits refused by reading");
        Assert.That(refused, Is.GreaterThan(tries / 6));
    }

    [Test]
    public void A_footer_that_its_reader_would_read_for_ever_is_refused()
    {
        var file = _files.Write(Rows(10));
        var content = File.ReadAllBytes(file);
        content[^9] = 4; // The footer's last byte: a field of type 4 begins instead of its end.
        File.WriteAllBytes(file, content);
        var audit = new ParquetAudit { Patience = TimeSpan.FromMilliseconds(300) };
        Assert.That(() => audit.Inspect(file, AllTypesContract), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith($"{file}: expected the footer "));
    }

    [Test]
    public void The_first_file_in_order_is_reported_and_good_ones_come_in_order()
    {
        string[] good = [.. Enumerable.Range(0, 9).Select(i => _files.Write(Rows(i), name: $"part-{i}.parquet"))];
        Assert.That(_audit.Inspect(good, AllTypesContract).Select(f => f.Rows), Is.EqualTo(Enumerable.Range(0, 9)));
        Assert.That(_audit.Inspect([], AllTypesContract), Is.Empty);
        _files.Write("SELECT 1 AS x", name: "part-3.parquet");
        _files.Write("SELECT 1 AS x", name: "part-7.parquet");
        Assert.That(() => _audit.Inspect(good, AllTypesContract), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith(good[3]));
        Assert.That(() => _audit.Inspect([$"{_files.Folder}/none"], AllTypesContract), Throws.TypeOf<BatchEtlException>()
            .With.Property("ExitCode").EqualTo(ExitCode.Engine).And.Message.StartsWith($"{_files.Folder}/none: cannot be read back: "));
    }

    [Test]
    public void Published_files_are_verified_by_bytes_and_checksum()
    {
        var good = _audit.Inspect(_files.Write(Rows(10)), AllTypesContract);
        Assert.DoesNotThrow(() => _audit.Verify(good.Path, good.Bytes, good.Checksum));
        File.AppendAllText(good.Path, "x");
        Assert.That(() => _audit.Verify(good.Path, good.Bytes, good.Checksum), Throws.TypeOf<BatchEtlException>()
            .With.Property("ExitCode").EqualTo(ExitCode.CheckFailed).And.Message.StartsWith($"{good.Path}: expected {good.Bytes} bytes with checksum {good.Checksum} as published, found {good.Bytes + 1} bytes with xxh128:"));
    }

    [Test]
    public void Of_footers_nothing_else_is_read_and_what_they_say_is_held_to_the_contract()
    {
        var file = _files.Write(Rows(100_000), "ROW_GROUP_SIZE 2048");
        var content = File.ReadAllBytes(file);
        var footer = content[^(8 + (int)BitConverter.ToUInt32(content.AsSpan(content.Length - 8)))..];
        var good = _audit.InspectFooters([file], AllTypesContract).Single();
        Assert.That(good, Is.EqualTo(new AuditedFile(file, 100_000, content.Length, "xxh128-footer:" + Convert.ToHexStringLower(XxHash128.Hash(footer)))));
        Assert.That(
            () => _audit.InspectFooters([file], Contract(new TableColumn("a", ColumnType.BigInt))),
            Throws.TypeOf<BatchEtlException>().With.Property("ExitCode").EqualTo(ExitCode.CheckFailed));

        long read = 0;
        new ParquetAudit(path => new CountingStream(File.OpenRead(path), n => read += n)).InspectFooters([file], AllTypesContract);
        Assert.That(read, Is.LessThan(3 * footer.Length).And.LessThan(content.Length / 2));

        Assert.DoesNotThrow(() => _audit.Verify(file, good.Bytes, good.Checksum));
        content[^20] ^= 1;
        File.WriteAllBytes(file, content);
        Assert.That(() => _audit.Verify(file, good.Bytes, good.Checksum), Throws.TypeOf<BatchEtlException>().With.Property("ExitCode").EqualTo(ExitCode.CheckFailed));
        File.WriteAllText(file, "PAR1");
        Assert.That(() => _audit.InspectFooters([file], AllTypesContract), Throws.TypeOf<BatchEtlException>());
    }

    private sealed class CountingStream(Stream inner, Action<int> onRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            onRead(read);
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() => inner.Flush();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private static string Rows(int rows) => AllTypes.Replace("ROWS", rows.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private void Refuses(string message, string file, TableContract contract, bool deep = false) => Assert.That(
        () => _audit.Inspect(file, contract, deep),
        Throws.TypeOf<BatchEtlException>().With.Message.EqualTo(message).And.Property("ExitCode").EqualTo(ExitCode.CheckFailed));
}
