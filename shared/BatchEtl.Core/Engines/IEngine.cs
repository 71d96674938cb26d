using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;

namespace BatchEtl.Core.Engines;

/// <summary>How published Parquet is written.</summary>
/// <param name="Compression">zstd, snappy or gzip.</param>
public sealed record ParquetFormat(string Compression);

/// <summary>
/// The port to a SQL engine: executes statements, keeps steps, writes Parquet. Engine errors become
/// <see cref="Errors.BatchEtlException"/> (<see cref="Errors.ExitCode.Engine"/>) with the step and the cause.
/// </summary>
public interface IEngine : IDisposable
{
    string Name { get; }

    string Version { get; }

    Dialect Dialect { get; }

    /// <summary>How many slices the landed files are best read in: the engine's memory bounds a slice's records.</summary>
    long RecordsPerSlice { get; }

    /// <summary>Executes a statement whose result nobody wants.</summary>
    void Execute(string sql, CancellationToken cancellation);

    /// <summary>Computes <paramref name="select"/> once; afterwards <paramref name="step"/> is a relation. Replaces one of that name.</summary>
    void Materialize(string step, string select, CancellationToken cancellation);

    /// <summary>Adds the rows of <paramref name="select"/> to a materialized step, which is made when it is not there.</summary>
    void Append(string step, string select, CancellationToken cancellation);

    /// <summary>Gives a step's space back. A missing step is no error.</summary>
    void Drop(string step);

    /// <summary>All rows of a small result; CLR values, null for null.</summary>
    IReadOnlyList<object?[]> Rows(string select, CancellationToken cancellation);

    /// <summary>Writes the rows as Parquet files into an existing folder.</summary>
    /// <param name="select">The rows, columns in the table's order and types.</param>
    /// <param name="folder">Absolute folder.</param>
    /// <param name="prefix">Beginning of the files' names.</param>
    void WriteParquet(string select, string folder, string prefix, ParquetFormat format, CancellationToken cancellation);

    /// <summary>Writes rows as Parquet, rows with the same number in the column <paramref name="part"/> (not written) into files of their own.</summary>
    /// <param name="parts">The numbers are from 0 to less than this.</param>
    /// <returns>For each part that has rows its number and files; part 0 has a file where there is only one part.</returns>
    IReadOnlyDictionary<int, IReadOnlyList<string>> WriteParts(
        string select, string part, int parts, string folder, string prefix, ParquetFormat format, CancellationToken cancellation);

    /// <summary>How many parts a table of so many rows is best written and worked on in; 1 where the engine divides work itself.</summary>
    int PartsOf(long rows);

    /// <summary>Prepares to be asked about so many ids by the dialect's <c>repeat_filter</c>; false where the engine has none
    /// and repeated ids are found by grouping.</summary>
    bool PrepareRepeatFilter(long keys);

    /// <summary>The FROM item that reads Parquet files; an empty list is not allowed.</summary>
    string ParquetRelation(IReadOnlyList<string> files);

    /// <summary>The FROM item that reads landed files of one schema, with the columns of <see cref="LandedSchema.Columns"/>
    /// and <see cref="LandedColumns"/>.</summary>
    string LandedRelation(LandedScan scan);

    /// <summary>The type's name in the engine's SQL; for uuid the engine's own narrow type where it has one.</summary>
    string TypeName(ColumnType type);
}
