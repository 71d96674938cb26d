using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;

namespace BatchEtl.Core.Engines;

/// <summary>A statement that a run would execute.</summary>
/// <param name="Purpose">What becomes of its rows.</param>
public sealed record RecordedStatement(string Purpose, string Sql);

/// <summary>An engine that runs nothing and keeps what it was asked for, in the SQL of the engine that it stands for. Every result is one row of nulls.</summary>
/// <param name="engine">Its dialect and types are used.</param>
public sealed class StatementRecorder(IEngine engine) : IEngine
{
    private const int WidestResult = 256;
    private readonly List<RecordedStatement> _statements = [];

    public IReadOnlyList<RecordedStatement> Statements => _statements;

    public string Name => engine.Name;

    public string Version => engine.Version;

    public Dialect Dialect => engine.Dialect;

    public long RecordsPerSlice => engine.RecordsPerSlice;

    public bool KeepsLandedRecords => engine.KeepsLandedRecords;

    public bool CombinesQueries => engine.CombinesQueries;

    public bool HasOwnAggregates => engine.HasOwnAggregates;

    public void Execute(string sql, CancellationToken cancellation) => Add("execute", sql);

    public void Materialize(string step, string select, CancellationToken cancellation) => Add($"step {step}", select);

    public void Append(string step, string select, CancellationToken cancellation) => Add($"added to step {step}", select);

    public void Keep(string step, string select, CancellationToken cancellation) => Materialize(step, select, cancellation);

    public void Drop(string step)
    {
    }

    public IReadOnlyList<object?[]> Rows(string select, CancellationToken cancellation)
    {
        Add("result", select);
        return [new object?[WidestResult]];
    }

    public IReadOnlyList<string> WriteParquet(string select, string folder, string prefix, ParquetFormat format, CancellationToken cancellation)
    {
        var file = $"{folder}/{prefix}.parquet";
        Add($"file {file}", select);
        return [file];
    }

    public bool PrepareRepeatFilter(long keys) => true;

    public void DropRepeatFilter()
    {
    }

    /// <summary>Files are named only: an engine may fetch or open what it is asked for, and a plan's own are not there.</summary>
    public string ParquetRelation(IReadOnlyList<string> files) => $"parquet_files({string.Join(", ", files.Select(Dialect.Text))})";

    public string LandedRelation(LandedScan scan) =>
        $"landed_schema_{scan.Schema.Id} /* {scan.Files.Count} files, {scan.Files[0].RelativePath} to {scan.Files[^1].RelativePath} */";

    public string TypeName(ColumnType type) => engine.TypeName(type);

    public void Dispose()
    {
    }

    private void Add(string purpose, string sql) => _statements.Add(new RecordedStatement(purpose, sql));
}
