using BatchEtl.Core.Catalog;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;

namespace BatchEtl.Hive;

/// <summary>
/// A Hive metastore, which Hive, Trino, Presto and Spark look into: missing tables are made, new columns added behind those that are there,
/// partitions registered. Names are lower case there.
/// </summary>
public sealed class HiveCatalog(CatalogOptions options) : ICatalog
{
    private const string Serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
    private const string Input = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
    private const string Output = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
    private static readonly DdlDialect _ddl = DdlDialect.Hive;
    private readonly string _database = options.Database.ToLowerInvariant();

    public string Repair => "batch-etl sync-catalog";

    public CatalogChanges Register(IReadOnlyList<(CatalogTable Table, IReadOnlyList<DateOnly> Days)> tables, bool complete)
    {
        using var client = new MetastoreClient(options.Uri);
        if (!client.HasDatabase(_database))
        {
            client.CreateDatabase(_database);
        }

        var changes = new CatalogChanges([], [], 0, 0);
        var present = tables.Select(t => (t.Table, t.Days, Found: client.Table(_database, t.Table.Name.ToLowerInvariant()))).ToList();
        var differences = present.Where(t => t.Found is not null).SelectMany(t => Differences(t.Table, t.Found!)).ToList();
        if (differences.Count > 0)
        {
            throw BatchEtlException.Refused(
                $"{options.Uri}: tables of {_database} are not as this program makes them:\n{string.Join('\n', differences)}\ndrop them there (their files stay) or use another catalog.database, then {Repair}");
        }

        foreach (var (table, days, found) in present)
        {
            changes = Register(client, table, days, found, complete, changes);
        }

        return changes;
    }

    private CatalogChanges Register(MetastoreClient client, CatalogTable table, IReadOnlyList<DateOnly> days, ThriftStruct? found, bool complete, CatalogChanges changes)
    {
        var name = table.Name.ToLowerInvariant();
        if (found is null)
        {
            client.CreateTable(TableOf(table));
            changes = changes with { Created = [.. changes.Created, table.Name] };
        }
        else
        {
            var storage = found.Struct(7)!;
            var known = storage.Structs(1).Select(c => c.Text(1)!).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var added = table.Columns.Where(c => !known.Contains(c.Name)).ToList();
            if (added.Count > 0)
            {
                storage[1] = storage.Structs(1).Concat(added.Select(Field)).Cast<object>().ToList();
                client.AlterTable(_database, name, found);
                changes = changes with { Added = [.. changes.Added, .. added.Select(c => $"{table.Name}.{c.Name}")] };
            }
        }

        var registered = client.PartitionNames(_database, name).ToHashSet(StringComparer.Ordinal);
        var wanted = days.ToDictionary(Warehouse.PartitionName, d => d);
        var missing = wanted.Where(d => !registered.Contains(d.Key)).ToList();
        if (missing.Count > 0)
        {
            var current = client.Table(_database, name)!.Struct(7)!;
            client.AddPartitions(missing.Select(d => PartitionOf(table, current, d.Key)));
        }

        var gone = complete ? registered.Where(r => !wanted.ContainsKey(r)).ToList() : [];
        foreach (var partition in gone)
        {
            client.DropPartition(_database, name, partition);
        }

        return changes with { Registered = changes.Registered + missing.Count, Dropped = changes.Dropped + gone.Count };
    }

    /// <summary>What of a table is not as it should be; columns that it lacks are none, nor are those that a pipeline had once.</summary>
    private static IEnumerable<string> Differences(CatalogTable table, ThriftStruct found)
    {
        var storage = found.Struct(7)!;
        if (Normal(storage.Text(2)) != Normal(table.Location))
        {
            yield return $"  {table.Name}: expected location {table.Location}, found {storage.Text(2)}";
        }

        if (storage.Text(3) != Input)
        {
            yield return $"  {table.Name}: expected input format {Input}, found {storage.Text(3)}";
        }

        var keys = string.Join(", ", found.Structs(8).Select(k => $"{k.Text(1)} {k.Text(2)}"));
        if (keys != "dt date")
        {
            yield return $"  {table.Name}: expected partitions by dt date, found {(keys.Length == 0 ? "none" : keys)}";
        }

        var types = storage.Structs(1).ToDictionary(c => c.Text(1)!, c => c.Text(2)!, StringComparer.OrdinalIgnoreCase);
        foreach (var column in table.Columns)
        {
            if (types.TryGetValue(column.Name, out var type) && type != TypeOf(column.Type))
            {
                yield return $"  {table.Name}.{column.Name}: expected {TypeOf(column.Type)}, found {type}";
            }
        }
    }

    /// <summary>Metastores write file:/x where others write file:///x.</summary>
    private static string? Normal(string? location) =>
        location is null ? null : location.StartsWith("file:", StringComparison.Ordinal) ? "/" + location["file:".Length..].Trim('/') : location.TrimEnd('/');

    private ThriftStruct TableOf(CatalogTable table) => new()
    {
        [1] = table.Name.ToLowerInvariant(),
        [2] = _database,
        [3] = Environment.UserName,
        [7] = Storage(table.Columns.Select(Field), table.Location),
        [8] = new List<object> { Field(CatalogTable.Partition) },
        [9] = new Dictionary<string, string> { ["EXTERNAL"] = "TRUE", ["comment"] = table.Comment },
        [12] = "EXTERNAL_TABLE",
    };

    private ThriftStruct PartitionOf(CatalogTable table, ThriftStruct storage, string name) => new()
    {
        [1] = new List<object> { name["dt=".Length..] },
        [2] = _database,
        [3] = table.Name.ToLowerInvariant(),
        [6] = Storage(storage.Structs(1), $"{table.Location}/{name}"),
        [7] = new Dictionary<string, string>(),
    };

    private static ThriftStruct Storage(IEnumerable<ThriftStruct> columns, string location) => new()
    {
        [1] = columns.Cast<object>().ToList(),
        [2] = location,
        [3] = Input,
        [4] = Output,
        [5] = false,
        [6] = -1,
        [7] = new ThriftStruct { [2] = Serde, [3] = new Dictionary<string, string> { ["serialization.format"] = "1" } },
        [8] = new List<object>(),
        [9] = new List<object>(),
        [10] = new Dictionary<string, string>(),
    };

    private static ThriftStruct Field(CatalogColumn column) => new() { [1] = column.Name.ToLowerInvariant(), [2] = TypeOf(column.Type), [3] = column.Comment };

    private static string TypeOf(ColumnType type) => _ddl.TypeName(type).ToLowerInvariant();
}
