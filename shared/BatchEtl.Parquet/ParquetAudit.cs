using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Tables;

namespace BatchEtl.Parquet;

/// <summary>A written file that was read back and found good.</summary>
/// <param name="Checksum">See <see cref="FileChecksum"/>.</param>
public sealed record AuditedFile(string Path, long Rows, long Bytes, string Checksum);

/// <summary>
/// Reads written files back with another library than wrote them (semantics.md P1): columns, types and nulls against the
/// table's contract, counts, the place and codec of every column chunk, and values.
/// </summary>
/// <param name="open">Opens a file for reading, with seek; null: the local file system.</param>
/// <param name="threads">Files looked into at the same time, from 1; null: one per processor.</param>
public sealed class ParquetAudit(Func<string, Stream>? open = null, int? threads = null)
{
    private readonly Func<string, Stream> _open = open ?? OpenLocal;

    /// <summary>How long a file's footer may take.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Looks into the files of a table.</summary>
    /// <param name="deep">Decode all values; else those of each file's first and last row group, with the footer of the whole.</param>
    /// <returns>In the order of <paramref name="files"/>.</returns>
    /// <exception cref="BatchEtlException">A file is not as the contract says (CheckFailed): the first in order of the files,
    /// with its column, what was expected and what was found. A file can't be read (Engine).</exception>
    public IReadOnlyList<AuditedFile> Inspect(
        IReadOnlyList<string> files, TableContract contract, bool deep = false, CancellationToken cancellation = default) =>
        All(files, file => Inspect(file, contract, deep, cancellation), cancellation);

    /// <summary>Looks into the footers of a table's files, which is all that is read of them: columns, types and nulls, counts,
    /// the place and codec of every column chunk. The checksum is the footer's.</summary>
    /// <inheritdoc cref="Inspect(IReadOnlyList{string}, TableContract, bool, CancellationToken)"/>
    public IReadOnlyList<AuditedFile> InspectFooters(
        IReadOnlyList<string> files, TableContract contract, CancellationToken cancellation = default) =>
        All(files, file => Read(file, stream =>
        {
            var (checksum, bytes) = FileChecksum.OfFooter(stream, cancellation);
            stream.Position = 0;
            var rows = new FileInspection(file, stream, bytes, contract, Patience).RunFooter(cancellation);
            return new AuditedFile(file, rows, bytes, checksum);
        }), cancellation);

    /// <inheritdoc cref="Inspect(IReadOnlyList{string}, TableContract, bool, CancellationToken)"/>
    public AuditedFile Inspect(string file, TableContract contract, bool deep = false, CancellationToken cancellation = default) =>
        Read(file, stream =>
        {
            var (checksum, bytes) = FileChecksum.Of(stream, cancellation);
            stream.Position = 0;
            var rows = new FileInspection(file, stream, bytes, contract, Patience).Run(deep, cancellation);
            return new AuditedFile(file, rows, bytes, checksum);
        });

    /// <summary>Compares files with a manifest's word for them: bytes and checksum.</summary>
    /// <exception cref="BatchEtlException">The file is another (CheckFailed) or can't be read (Engine).</exception>
    public void Verify(string file, long bytes, string checksum, CancellationToken cancellation = default)
    {
        try
        {
            using var stream = _open(file);
            var found = FileChecksum.Like(checksum, stream, cancellation);
            if (found != (checksum, bytes))
            {
                throw new BatchEtlException(
                    ExitCode.CheckFailed,
                    string.Create(CultureInfo.InvariantCulture, $"{file}: expected {bytes} bytes with checksum {checksum} as published, found {found.Bytes} bytes with {found.Checksum}; run the day again or restore the file"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BatchEtlException(ExitCode.Engine, $"{file}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>As <see cref="Verify(string, long, string, CancellationToken)"/>, and the file against its table's contract.</summary>
    /// <param name="contract">Null: columns are not looked at.</param>
    /// <returns>The file's rows; 0 without a contract.</returns>
    /// <inheritdoc cref="Verify(string, long, string, CancellationToken)" path="/exception"/>
    public long Verify(string file, long bytes, string checksum, TableContract? contract, CancellationToken cancellation = default)
    {
        Verify(file, bytes, checksum, cancellation);

        // Where the checksum covers all bytes they are those that were found good; a footer's says nothing of the values.
        return contract is null ? 0
            : FileChecksum.IsOfFooter(checksum) ? Inspect(file, contract, deep: true, cancellation).Rows
            : InspectFooters([file], contract, cancellation)[0].Rows;
    }

    private AuditedFile[] All(IReadOnlyList<string> files, Func<string, AuditedFile> inspect, CancellationToken cancellation)
    {
        var audited = new AuditedFile[files.Count];
        var faults = new Exception?[files.Count];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount };
        Parallel.For(0, files.Count, options, i =>
        {
            try
            {
                audited[i] = inspect(files[i]);
            }
            catch (BatchEtlException e)
            {
                faults[i] = e;
            }
        });
        return faults.FirstOrDefault(f => f is not null) is { } fault ? throw fault : audited;
    }

    private AuditedFile Read(string file, Func<Stream, AuditedFile> read)
    {
        try
        {
            using var stream = _open(file);
            return read(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BatchEtlException(ExitCode.Engine, $"{file}: cannot be read back: {e.Message}", e);
        }
    }

    private static FileStream OpenLocal(string file) =>
        new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
}
