using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Tables;
using Parquet;
using Parquet.Schema;
using static BatchEtl.Parquet.Tests.WrittenFiles;

namespace BatchEtl.Parquet.Tests;

/// <summary>Files of another writer than DuckDB: REQUIRED columns are right too, old marks of time are not.</summary>
public class OtherWritersTests
{
    private WrittenFiles _files = null!;

    [SetUp]
    public void Make() => _files = new WrittenFiles();

    [TearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public async Task Required_columns_are_as_published([Values] bool deep)
    {
        var field = new DataField<long>("a");
        var file = await Write(field, group => group.WriteAsync<long>(field, new long[] { 1, 2, 3 }));
        Assert.That(new ParquetAudit().Inspect(file, Contract(new TableColumn("a", ColumnType.BigInt)), deep).Rows, Is.EqualTo(3));
    }

    [TestCase(DateTimeFormat.Impala, "INT96")]
    [TestCase(DateTimeFormat.DateAndTimeMicros, "INT64 TIMESTAMP_MICROS")]
    public async Task Instants_without_the_mark_that_they_are_local_are_refused(DateTimeFormat format, string found)
    {
        var field = new DateTimeDataField("a", format, isAdjustedToUTC: true);
        var file = await Write(field, group => group.WriteAsync<DateTime>(field, new[] { new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) }));
        var error = Assert.Throws<BatchEtlException>(() => new ParquetAudit().Inspect(file, Contract(new TableColumn("a", ColumnType.Timestamp))));
        Assert.That(error.Message, Does.StartWith($"{file}: column a of table: expected INT64 TIMESTAMP(MICROS, not adjusted to UTC), found ").And.EndsWith(found).Or.EndsWith("TIMESTAMP(MICROS, adjusted to UTC)"));
    }

    private async Task<string> Write(DataField field, Func<ParquetRowGroupWriter, Task> write)
    {
        var path = $"{_files.Folder}/other.parquet";
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), stream);
        using var group = writer.CreateRowGroup();
        await write(group);
        return path;
    }
}
