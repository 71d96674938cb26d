namespace BatchEtl.Core.Catalog;

/// <summary>The statements that make a warehouse's tables and views known to a query engine.</summary>
/// <param name="database">The schema that they are put into.</param>
public sealed class DdlText(DdlDialect dialect, string database)
{
    /// <summary>All statements in order, each without its semicolon.</summary>
    public IEnumerable<string> Of(WarehouseCatalog catalog) =>
        catalog.Tables.SelectMany(t => dialect == DdlDialect.DuckDb ? View(t) : Table(t))
            .Concat(catalog.Views.SelectMany(View))
            .Prepend($"CREATE {(dialect == DdlDialect.Hive ? "DATABASE" : "SCHEMA")} IF NOT EXISTS {dialect.Identifier(database)}");

    private string Db => dialect.Identifier(database) + ".";

    private IEnumerable<string> Table(CatalogTable table)
    {
        var name = Db + dialect.Identifier(table.Name);
        var partition = CatalogTable.Partition;
        if (dialect == DdlDialect.Trino)
        {
            yield return $"CREATE TABLE IF NOT EXISTS {name} (\n  {string.Join(",\n  ", table.Columns.Append(partition).Select(Column))}\n) COMMENT {dialect.Text(table.Comment)}\n"
                + $"WITH (format = 'PARQUET', external_location = {dialect.Text(table.Location)}, partitioned_by = ARRAY['{partition.Name}'])";
            yield return $"CALL system.sync_partition_metadata({dialect.Text(database)}, {dialect.Text(table.Name)}, 'FULL')";
            yield break;
        }

        var columns = string.Join(",\n  ", table.Columns.Select(Column));
        yield return dialect == DdlDialect.Hive
            ? $"CREATE EXTERNAL TABLE IF NOT EXISTS {name} (\n  {columns}\n) COMMENT {dialect.Text(table.Comment)}\nPARTITIONED BY ({Column(partition)})\nSTORED AS PARQUET\nLOCATION {dialect.Text(table.Location)}"
            : $"CREATE TABLE IF NOT EXISTS {name} (\n  {columns},\n  {Column(partition)}\n) USING PARQUET\nPARTITIONED BY ({dialect.Identifier(partition.Name)})\nLOCATION {dialect.Text(table.Location)}\nCOMMENT {dialect.Text(table.Comment)}";
        yield return $"MSCK REPAIR TABLE {name}";
    }

    private string Column(CatalogColumn column) => $"{dialect.Identifier(column.Name)} {dialect.TypeName(column.Type)} COMMENT {dialect.Text(column.Comment)}";

    /// <summary>DuckDB has no external tables: a view over the files, columns that some of them lack are null there.</summary>
    private IEnumerable<string> View(CatalogTable table)
    {
        var partition = CatalogTable.Partition;
        var folder = table.Location.StartsWith("file://", StringComparison.Ordinal) ? table.Location["file://".Length..] : table.Location;
        var columns = table.Columns.Append(partition).Select(c => $"{dialect.Identifier(c.Name)}::{dialect.TypeName(c.Type)} AS {dialect.Identifier(c.Name)}");
        yield return $"CREATE OR REPLACE VIEW {Db}{dialect.Identifier(table.Name)} AS SELECT\n  {string.Join(",\n  ", columns)}\n"
            + $"FROM read_parquet({dialect.Text($"{folder}/dt=*/*.parquet")}, hive_partitioning = true, union_by_name = true)";
        yield return $"COMMENT ON VIEW {Db}{dialect.Identifier(table.Name)} IS {dialect.Text(table.Comment)}";
        foreach (var column in table.Columns.Append(partition))
        {
            yield return $"COMMENT ON COLUMN {Db}{dialect.Identifier(table.Name)}.{dialect.Identifier(column.Name)} IS {dialect.Text(column.Comment)}";
        }
    }

    private IEnumerable<string> View(CatalogView view)
    {
        var select = view.Select.Replace("{db}", Db, StringComparison.Ordinal);
        if (dialect.Quote != '"')
        {
            select = select.Replace('"', dialect.Quote);
        }

        var name = Db + dialect.Identifier(view.Name);
        var comment = dialect.Text(view.Comment);
        var duckDb = dialect == DdlDialect.DuckDb;
        yield return $"CREATE {(dialect == DdlDialect.Hive ? "VIEW IF NOT EXISTS" : "OR REPLACE VIEW")} {name}{(duckDb ? "" : $" COMMENT {comment}")} AS {select}";
        if (duckDb)
        {
            yield return $"COMMENT ON VIEW {name} IS {comment}";
        }
    }
}
