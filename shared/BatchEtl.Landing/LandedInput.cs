using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Schemas;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;

namespace BatchEtl.Landing;

/// <summary>
/// Landed files looked into: their headers, where their blocks lie, their distinct schemas. Each file is looked into once,
/// however many days read it, as long as its size stays the same.
/// </summary>
/// <param name="endsOnly">Whether another program reads the blocks (E6): of each file only header and last bytes are read here.</param>
public sealed class LandedInput(Pipeline pipeline, Func<string, AvroSource> open, bool endsOnly = false)
{
    private readonly IReadOnlyList<FieldPath> _paths = [.. pipeline.Events.Columns
        .SelectMany(c => c.Alternatives)
        .SelectMany(a => a switch { PathAlternative p => [p.Path], JoinedAlternative j => j.Paths, _ => Enumerable.Empty<FieldPath>() })
        .Distinct()];

    private readonly Dictionary<string, Looked> _files = [];
    private readonly Dictionary<string, (LandedSchema Schema, IReadOnlyDictionary<string, LeafColumn> Columns)> _schemas = [];
    private readonly Lock _lock = new();

    /// <summary>Looks into files, several at once, and numbers them.</summary>
    /// <exception cref="BatchEtlException">A file can't be read to its end, or its top-level schema is no record (Input).</exception>
    public IReadOnlyList<LandedFile> LookInto(IReadOnlyList<FoundFile> found, CancellationToken cancellation)
    {
        var looked = new Looked[found.Count];
        try
        {
            // Bounded: on a remote store each waits for answers, and all threads waiting would leave none to bring them.
            Parallel.For(0, found.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = 2 * Environment.ProcessorCount }, i => looked[i] = Look(found[i], cancellation));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<BatchEtlException>().MinBy(x => x.Message, StringComparer.Ordinal) is { } first)
        {
            throw first;
        }

        return [.. found.Select((f, i) => new LandedFile(
            i, f.RelativePath, f.Path, f.Bytes, f.Modified, f.Folder, looked[i].Records, looked[i].Header is null ? -1 : SchemaOf(looked[i].Header!).Id))];
    }

    /// <summary>The distinct schemas of files, by id.</summary>
    public IReadOnlyList<LandedSchema> Schemas(IEnumerable<LandedFile> files)
    {
        var ids = files.Select(f => f.SchemaId).ToHashSet();
        return [.. _schemas.Values.Select(s => s.Schema).Where(s => ids.Contains(s.Id)).OrderBy(s => s.Id)];
    }

    /// <summary>What was left out of files.</summary>
    public IReadOnlyList<LostStretch> Lost(IEnumerable<LandedFile> files) => [.. files.SelectMany(f => _files[f.Path].Lost)];

    /// <summary>The file's splits in order; empty for a file without records.</summary>
    public IReadOnlyList<AvroSplit> Splits(LandedFile file) => _files[file.Path].Index?.Splits ?? [];

    public AvroFileHeader Header(LandedFile file) => _files[file.Path].Header!;

    public AvroSource Open(LandedFile file) => open(file.Path);

    /// <summary>The Avro column behind a landed column.</summary>
    public LeafColumn Leaf(LandedSchema schema, LandedColumn column) =>
        _schemas.Values.First(s => s.Schema.Id == schema.Id).Columns[column.Name];

    private Looked Look(FoundFile file, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_files.TryGetValue(file.Path, out var known) && known.Bytes == file.Bytes)
            {
                return known;
            }
        }

        var looked = file.Bytes == 0 ? new Looked(0, null, null, 0, []) : LookInside(file, cancellation);
        lock (_lock)
        {
            _files[file.Path] = looked;
        }

        return looked;
    }

    private Looked LookInside(FoundFile file, CancellationToken cancellation)
    {
        var skip = pipeline.Landing.OnCorrupt == CorruptFilePolicy.Skip;
        try
        {
            using var source = open(file.Path);
            AvroFileHeader? header;
            try
            {
                header = AvroFileHeader.Read(source);
            }
            catch (AvroFormatException e) when (skip)
            {
                return new Looked(file.Bytes, null, null, 0, [new LostStretch(file.RelativePath, 0, file.Bytes, e.Message)]);
            }

            if (header is null)
            {
                return new Looked(file.Bytes, null, null, 0, []);
            }

            if (header.Schema is not RecordSchema)
            {
                throw BatchEtlException.Input($"{file.Path}: expected a record as top-level schema, found {header.Schema.BranchName}; remove the file or name it in landing.skip_files");
            }

            if (endsOnly)
            {
                header.CheckEnd(source);
                return new Looked(file.Bytes, header, null, source.Length > header.FirstBlock ? null : 0, []);
            }

            var index = AvroFileIndex.Build(source, header, verify: skip, skipDamage: skip, cancellation: cancellation);
            return new Looked(file.Bytes, header, index, index.Records, [.. index.Damage.Select(d => new LostStretch(file.RelativePath, d.Position, d.Bytes, d.Reason))]);
        }
        catch (AvroFormatException e)
        {
            throw new BatchEtlException(ExitCode.Input, $"{e.Message}; repair or remove the file, name it in landing.skip_files, or {(endsOnly ? "run the day with the engine duckdb and " : "set ")}landing.on_corrupt: skip", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BatchEtlException(ExitCode.Input, $"{file.Path}: cannot be read: {e.Message}", e);
        }
    }

    private LandedSchema SchemaOf(AvroFileHeader header)
    {
        if (!_schemas.TryGetValue(header.SchemaJson, out var resolved))
        {
            resolved = LandedPaths.Resolve(_schemas.Count, header.Schema, _paths);
            _schemas[header.SchemaJson] = resolved;
        }

        return resolved.Schema;
    }

    /// <param name="Records">Null where they were not counted.</param>
    private sealed record Looked(long Bytes, AvroFileHeader? Header, AvroFileIndex? Index, long? Records, IReadOnlyList<LostStretch> Lost);
}
