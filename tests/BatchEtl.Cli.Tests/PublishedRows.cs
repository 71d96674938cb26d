using BatchEtl.Avro.Container;
using BatchEtl.Core.Configuration;
using BatchEtl.DuckDb;
using BatchEtl.Landing;

namespace BatchEtl.Cli.Tests;

/// <summary>What a warehouse publishes, as text that two warehouses can be compared by.</summary>
internal static class PublishedRows
{
    /// <summary>All rows by table and day, sorted. Doubles to 9 digits (semantics.md G1).</summary>
    /// <param name="pipelineFile">The pipeline file of the warehouse; its engine options are used.</param>
    /// <param name="recordNumbers">Whether the numbers of rejected records count: Spark does not know them, and writes floating numbers otherwise (E3).</param>
    public static IReadOnlyDictionary<string, string> Of(string warehouse, string pipelineFile, bool recordNumbers = true)
    {
        var pipeline = PipelineFile.Load(pipelineFile, [], Path.GetDirectoryName(pipelineFile)!);
        using var engine = new DuckDbEngine(pipeline.Engine, Path.GetTempPath(), new LandedInput(pipeline, AvroSource.OpenFile));
        return Directory.GetDirectories(warehouse)
            .Where(t => Path.GetFileName(t)[0] != '_')
            .SelectMany(Directory.GetDirectories)
            .ToDictionary(
                p => Path.GetRelativePath(warehouse, p),
                p =>
                {
                    var files = engine.ParquetRelation(Directory.GetFiles(p, "*.parquet"));
                    var columns = engine.Rows($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {files})", CancellationToken.None)
                        .Where(c => recordNumbers || (string)c[0]! != "record_number")
                        .Select(c => (string)c[1]! == "DOUBLE" ? $"printf('%.8e', \"{c[0]}\") AS \"{c[0]}\""
                            : (string)c[0]! == "raw_value" && !recordNumbers ? "coalesce(CAST(try_cast(raw_value AS DOUBLE) AS VARCHAR), raw_value) AS raw_value"
                            : $"\"{c[0]}\"");
                    var rows = engine.Rows($"SELECT CAST(t AS VARCHAR) FROM (SELECT {string.Join(", ", columns)} FROM {files}) AS t", CancellationToken.None);
                    return string.Join('\n', rows.Select(r => (string)r[0]!).Order(StringComparer.Ordinal));
                },
                StringComparer.Ordinal);
    }
}
