using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Tables;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace BatchEtl.Parquet;

/// <summary>One file against its table's contract.</summary>
/// <param name="patience">How long reading the footer may take: Parquet.Net takes the end of a damaged footer for bytes of
/// 255 and can read them for ever. A sound one takes well below a second.</param>
internal sealed class FileInspection(string file, Stream stream, long bytes, TableContract contract, TimeSpan patience)
{
    // Wide decimals do not fit into System.Decimal.
    private static readonly ParquetOptions _options = new() { UseBigDecimal = true, UseDateOnlyTypeForDates = true };

    /// <returns>The file's rows.</returns>
    /// <exception cref="BatchEtlException">The file is not as the contract says (CheckFailed).</exception>
    public long Run(bool deep, CancellationToken cancellation)
    {
        var reader = ReadFooter(cancellation);
        var metadata = reader.Metadata!;
        for (var group = 0; group < metadata.RowGroups.Count; group++)
        {
            CheckValues(reader, metadata.RowGroups[group], group, deep || group == 0 || group == metadata.RowGroups.Count - 1, cancellation);
        }

        return metadata.NumRows;
    }

    /// <summary>As <see cref="Run"/>, of what the footer says alone.</summary>
    public long RunFooter(CancellationToken cancellation) => ReadFooter(cancellation).Metadata!.NumRows;

    private ParquetReader ReadFooter(CancellationToken cancellation)
    {
        var reader = Read("the footer", () => OpenReader(cancellation));
        var metadata = reader.Metadata!;
        CheckColumns(metadata);
        CheckCounts(metadata);
        for (var group = 0; group < metadata.RowGroups.Count; group++)
        {
            CheckChunks(metadata.RowGroups[group], group);
        }

        return reader;
    }

    private ParquetReader OpenReader(CancellationToken cancellation) => Task
        .Factory.StartNew(
            () => ParquetReader.CreateAsync(stream, _options, leaveStreamOpen: true, cancellation).GetAwaiter().GetResult(),
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)
        .WaitAsync(patience, cancellation).GetAwaiter().GetResult();

    private void CheckColumns(FileMetaData metadata)
    {
        var top = TopLevel(metadata.Schema).ToList();
        for (var i = 0; i < Math.Max(top.Count, contract.Columns.Count); i++)
        {
            var column = i < contract.Columns.Count ? contract.Columns[i] : null;
            var found = i < top.Count ? top[i] : null;
            if (column is null)
            {
                throw Fault(found!.Name, "no such column", "one after the contract's last");
            }

            if (found is null || found.Name != column.Name)
            {
                throw Fault(column.Name, Place(i), found is null ? "no column there" : $"{found.Name} there");
            }

            if (!ColumnForm.IsAsPublished(found, column.Type))
            {
                throw Fault(column.Name, ColumnForm.Expected(column.Type), ColumnForm.Found(found));
            }
        }
    }

    private void CheckCounts(FileMetaData metadata)
    {
        var rows = metadata.RowGroups.Sum(g => g.NumRows);
        if (rows != metadata.NumRows || metadata.NumRows < 0)
        {
            throw Fault(null, Number(metadata.NumRows, "rows as the footer says"), Number(rows, "in its row groups"));
        }
    }

    private void CheckChunks(RowGroup group, int index)
    {
        if (group.Columns.Count != contract.Columns.Count)
        {
            throw Fault(null, Number(contract.Columns.Count, $"columns in row group {index}"), Number(group.Columns.Count, "columns"));
        }

        for (var i = 0; i < group.Columns.Count; i++)
        {
            var name = contract.Columns[i].Name;
            var chunk = group.Columns[i].MetaData ?? throw Fault(name, $"a column chunk in row group {index}", "none");
            if (chunk.NumValues != group.NumRows)
            {
                throw Fault(name, Number(group.NumRows, $"values in row group {index}"), Number(chunk.NumValues, "values"));
            }

            if (chunk.Codec is not (CompressionCodec.UNCOMPRESSED or CompressionCodec.SNAPPY or CompressionCodec.GZIP or CompressionCodec.ZSTD))
            {
                throw Fault(name, "a codec that every reader reads: SNAPPY, GZIP or ZSTD", chunk.Codec.ToString());
            }

            var start = Math.Min(chunk.DictionaryPageOffset is > 0 and var d ? d : long.MaxValue, chunk.DataPageOffset);
            if (start < 4 || chunk.TotalCompressedSize < 0 || start > bytes - 8 - chunk.TotalCompressedSize)
            {
                throw Fault(name, Number(bytes, "bytes to hold the column chunks"), Number(start, $"as start of {chunk.TotalCompressedSize} bytes in row group {index}"));
            }
        }
    }

    private void CheckValues(ParquetReader reader, RowGroup group, int index, bool decode, CancellationToken cancellation)
    {
        var rows = reader.OpenRowGroupReader(index);
        for (var i = 0; i < contract.Columns.Count; i++)
        {
            var column = contract.Columns[i];
            var field = Read($"column {column.Name}", () => reader.Schema.DataFields[i]);
            var nulls = group.Columns[i].MetaData!.Statistics?.NullCount;
            if (decode || (nulls is null && !column.Nullable && field.IsNullable))
            {
                var found = Read($"column {column.Name} of row group {index}", () => Nulls(rows, field, column, group.NumRows, index, cancellation));
                if (nulls is { } said && said != found)
                {
                    throw Fault(column.Name, Number(said, $"nulls in row group {index} as its statistics say"), Number(found, "nulls"));
                }

                nulls = found;
            }

            if (!column.Nullable && nulls > 0)
            {
                throw Fault(column.Name, "no nulls", Number(nulls.Value, $"nulls in row group {index}"));
            }
        }
    }

    private long Nulls(ParquetRowGroupReader rows, DataField field, TableColumn column, long expected, int index, CancellationToken cancellation)
    {
        if (expected == 0)
        {
            return 0;
        }

        using var data = rows.ReadRawColumnDataBaseAsync(field, cancellation).AsTask().GetAwaiter().GetResult();
        if (!field.IsNullable)
        {
            return 0;
        }

        var levels = data.DefinitionLevels;
        return levels.Length == expected
            ? levels.Count(0)
            : throw Fault(column.Name, Number(expected, $"values in row group {index}"), Number(levels.Length, "values"));
    }

    private T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (BatchEtlException or OperationCanceledException or UnauthorizedAccessException))
        {
            // Whatever a reader throws at damaged bytes (lengths that no memory holds included): the file is not good.
            throw new BatchEtlException(ExitCode.CheckFailed, $"{file}: expected {what} of a Parquet file of {contract.Name}, found what cannot be read: {e.Message}; the file is damaged, run the day again", e);
        }
    }

    /// <summary>The root's children, groups without theirs.</summary>
    private static IEnumerable<SchemaElement> TopLevel(List<SchemaElement> schema)
    {
        for (var i = 1; i < schema.Count;)
        {
            yield return schema[i];
            for (var left = 1; left > 0 && i < schema.Count; i++)
            {
                left += (schema[i].NumChildren ?? 0) - 1;
            }
        }
    }

    private BatchEtlException Fault(string? column, string expected, string found) => new(
        ExitCode.CheckFailed,
        $"{file}: {(column is null ? contract.Name : $"column {column} of {contract.Name}")}: expected {expected}, found {found}");

    private static string Number(long number, string of) => string.Create(CultureInfo.InvariantCulture, $"{number} {of}");

    private static string Place(int index) => string.Create(CultureInfo.InvariantCulture, $"it as column {index + 1}");
}
