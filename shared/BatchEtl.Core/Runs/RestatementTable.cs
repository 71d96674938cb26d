using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Runs;

/// <summary>The table <c>restatements</c>: what each run replaced, under the run's own day (P2).</summary>
internal sealed class RestatementTable(IEngine engine, Warehouse warehouse, string compression)
{
    /// <summary>Stages a run day's partition: what is published of it, and one more restatement.</summary>
    /// <returns>Its rows, and its files.</returns>
    public (long Rows, IReadOnlyList<string> Files) Stage(string runId, DateOnly runDay, Restatement? added, CancellationToken cancellation)
    {
        var contract = TableContracts.Restatements;
        var dialect = engine.Dialect;
        var columns = contract.Columns.Select(c => $"CAST({dialect.Identifier(c.Name)} AS {engine.TypeName(c.Type)}) AS {dialect.Identifier(c.Name)}");
        var names = string.Join(", ", contract.Columns.Select(c => dialect.Identifier(c.Name)));
        var published = warehouse.Files(contract.Name, runDay);
        var parts = (added?.Numbers ?? []).Select(n => Row(added!, n)).ToList();
        var rows = parts.Count + (published is null ? 0 : (long)Convert.ToDecimal(engine.Rows($"SELECT count(*) FROM {engine.ParquetRelation(published)} AS p", cancellation)[0][0], System.Globalization.CultureInfo.InvariantCulture));
        if (published is not null)
        {
            parts.Add($"SELECT {names} FROM {engine.ParquetRelation(published)} AS p");
        }

        if (parts.Count == 0)
        {
            parts.Add($"SELECT {string.Join(", ", contract.Columns.Select(c => $"CAST(NULL AS {engine.TypeName(c.Type)}) AS {dialect.Identifier(c.Name)}"))} WHERE false");
        }

        var folder = warehouse.Staging(runId, contract.Name, runDay);
        warehouse.Store.CreateFolder(folder);
        engine.WriteParquet(
            $"SELECT {string.Join(", ", columns)} FROM ({string.Join("\nUNION ALL\n", parts)}) AS rows_of_day ORDER BY restated_day, run_id, metric",
            folder, "part-000", new ParquetFormat(compression), cancellation);
        return (rows, warehouse.FilesIn(folder) ?? []);
    }

    private string Row(Restatement restatement, RestatedNumber number)
    {
        var dialect = engine.Dialect;
        var decimals = engine.TypeName(TableContracts.Restatements.Columns[^1].Type);
        return $"SELECT {dialect.Call("date_literal", dialect.Text(restatement.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))} AS restated_day, "
            + $"{dialect.Text(restatement.RunId)} AS run_id, {dialect.Text(restatement.Reason)} AS reason, {dialect.Text(number.Metric)} AS metric, "
            + $"CAST({(number.Old is null ? "NULL" : dialect.Text(number.Old))} AS {decimals}) AS old_value, CAST({dialect.Text(number.New)} AS {decimals}) AS new_value";
    }
}
