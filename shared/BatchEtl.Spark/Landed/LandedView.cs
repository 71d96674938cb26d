using System.Globalization;
using BatchEtl.Avro.Schemas;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;
using BatchEtl.Landing;

namespace BatchEtl.Spark.Landed;

/// <summary>Landed files of one schema as a temporary view with the columns of a landed relation. The record's number is not known to Spark.</summary>
internal sealed class LandedView(LandedInput input, Dialect dialect)
{
    private const string Path = "_path";

    /// <summary>Makes the view.</summary>
    public void Make(ISparkSession session, string view, LandedScan scan)
    {
        var writer = (RecordSchema)input.Header(scan.Files[0]).Schema;
        var leaves = scan.Schema.Columns.Select(c => (Column: c, Leaf: input.Leaf(scan.Schema, c))).ToList();
        var needed = new NeededSchema(writer, leaves.SelectMany(l => l.Leaf.Sources));
        var sql = new LeafSql(writer, dialect);
        var raw = view + "_files";
        session.ViewOfAvro(
            raw,
            [.. scan.Files.Select(f => SparkPath.Pattern(f.Path))],
            needed.Json,
            [.. leaves.Select(l => $"{sql.Of(l.Column, l.Leaf)} AS {dialect.Identifier(l.Column.Name)}"), $"_metadata.file_path AS {Path}"]);
        var files = scan.Files.SelectMany(f => SparkPath.Shown(f.Path).Select(shown => string.Create(
            CultureInfo.InvariantCulture,
            $"({dialect.Text(shown)}, {f.Index}, {Dialect.Long(f.Folder.Window.Start)}L, {Dialect.Long(f.Folder.Window.End)}L, {(f.Folder.Topic is { } topic ? dialect.Text(topic) : "CAST(NULL AS STRING)")})")));
        session.Execute(
            $"CREATE OR REPLACE TEMPORARY VIEW {dialect.Identifier(view)} AS "
            + $"SELECT /*+ BROADCAST(f) */ r.*, f.{LandedColumns.FileIndex}, CAST(NULL AS BIGINT) AS {LandedColumns.RecordNumber}, f.{LandedColumns.FolderStart}, f.{LandedColumns.FolderEnd}, f.{LandedColumns.Topic} "
            + $"FROM {dialect.Identifier(raw)} AS r JOIN (VALUES {string.Join(", ", files)}) "
            + $"AS f(path, {LandedColumns.FileIndex}, {LandedColumns.FolderStart}, {LandedColumns.FolderEnd}, {LandedColumns.Topic}) ON f.path = r.{Path}");
    }
}
