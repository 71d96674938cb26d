using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;

namespace BatchEtl.Core.Engines;

/// <summary>How published Parquet is written.</summary>
/// <param name="Compression">zstd, snappy or gzip.</param>
public sealed record ParquetFormat(string Compression);

/// <summary>
/// The port to a SQL engine: executes statements, keeps steps, writes Parquet. Jobs write the smaller side of a join on its
/// right. Engine errors become <see cref="Errors.BatchEtlException"/> (<see cref="Errors.ExitCode.Engine"/>) with the step and the cause.
/// </summary>
public interface IEngine : IDisposable
{
    string Name { get; }

    string Version { get; }

    Dialect Dialect { get; }

    /// <summary>How many slices the landed files are best read in: the engine's memory bounds a slice's records.</summary>
    long RecordsPerSlice { get; }

    /// <summary>
    /// Whether landed records are best read once and kept as a step, and events once brought into the order of their
    /// sessions; else every job reads what it needs of the files again, slice by slice.
    /// </summary>
    bool KeepsLandedRecords { get; }

    /// <summary>Whether a statement costs a fixed time, so that several numbers are best asked for in one.</summary>
    bool CombinesQueries { get; }

    /// <summary>
    /// Whether the dialect has <c>number_set</c>, by which distinct values are best counted, and <c>furthest_attempts</c>, by which
    /// funnels are best followed; else combinations are counted, and events are followed by windows.
    /// </summary>
    bool HasOwnAggregates { get; }

    /// <summary>Executes a statement whose result nobody wants.</summary>
    void Execute(string sql, CancellationToken cancellation);

    /// <summary>Computes <paramref name="select"/> once; afterwards <paramref name="step"/> is a relation. Replaces one of that name.</summary>
    void Materialize(string step, string select, CancellationToken cancellation);

    /// <summary>Adds the rows of <paramref name="select"/> to a materialized step, which is made when it is not there.</summary>
    void Append(string step, string select, CancellationToken cancellation);

    /// <summary>As <see cref="Materialize"/>, for a step that is read soon: rows stay where they are computed, in their order.</summary>
    void Keep(string step, string select, CancellationToken cancellation);

    /// <summary>Gives a step's space back. A missing step is no error.</summary>
    void Drop(string step);

    /// <summary>All rows of a small result; CLR values, null for null.</summary>
    IReadOnlyList<object?[]> Rows(string select, CancellationToken cancellation);

    /// <summary>Writes the rows as Parquet files into an existing folder.</summary>
    /// <param name="select">The rows, columns in the table's order and types.</param>
    /// <param name="folder">Absolute folder.</param>
    /// <param name="prefix">Beginning of the files' names.</param>
    /// <returns>The files; one at least, even without rows.</returns>
    IReadOnlyList<string> WriteParquet(string select, string folder, string prefix, ParquetFormat format, CancellationToken cancellation);

    /// <summary>Prepares to be asked about so many ids by the dialect's <c>repeat_filter</c>; false where the engine has none
    /// and repeated ids are found by grouping.</summary>
    bool PrepareRepeatFilter(long keys);

    /// <summary>Gives the filter's memory back.</summary>
    void DropRepeatFilter();

    /// <summary>The FROM item that reads Parquet files; an empty list is not allowed.</summary>
    string ParquetRelation(IReadOnlyList<string> files);

    /// <summary>The FROM item that reads landed files of one schema, with the columns of <see cref="LandedSchema.Columns"/>
    /// and <see cref="LandedColumns"/>.</summary>
    string LandedRelation(LandedScan scan);

    /// <summary>The type's name in the engine's SQL; for uuid the engine's own narrow type where it has one.</summary>
    string TypeName(ColumnType type);
}
