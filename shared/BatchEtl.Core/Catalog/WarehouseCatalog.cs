using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Catalog;

/// <summary>All tables and views of a pipeline as a catalog shows them.</summary>
public sealed class WarehouseCatalog
{
    private readonly Pipeline _pipeline;

    /// <param name="columns">The mapped columns with their types.</param>
    /// <param name="root">The warehouse's root.</param>
    public WarehouseCatalog(Pipeline pipeline, IReadOnlyList<TypedColumn> columns, string root)
    {
        _pipeline = pipeline;
        var comments = new TableComments(pipeline);
        var uri = root.Contains("://", StringComparison.Ordinal) ? root : "file://" + root;
        Tables =
        [
            .. new TableContracts(pipeline, columns).All.Append(TableContracts.Restatements).Select(t => new CatalogTable(
                t.Name, comments.Of(t.Name), [.. t.Columns.Select(c => new CatalogColumn(c.Name, c.Type, comments.Of(t.Name, c.Name)))], $"{uri}/{t.Name}")),
        ];
    }

    public IReadOnlyList<CatalogTable> Tables { get; }

    public IReadOnlyList<CatalogView> Views => [LatestActors, MetricsWide, RetentionTriangle, FunnelsFinal, .. Tables.Where(t => t.Name.StartsWith("cube_", StringComparison.Ordinal)).Select(Finest)];

    private static CatalogView LatestActors => new(
        "latest_actors", "Every actor ever seen, as of the last published day (A1).",
        """SELECT * FROM {db}"actors" WHERE "dt" IN (SELECT max("dt") FROM {db}"actors")""");

    private static CatalogView RetentionTriangle => new(
        "retention_triangle", "Every cell once: those that are final, and the last day's of periods that are not over (A4).",
        $$"""SELECT {{Columns(TableContracts.Retention)}} FROM {db}"retention" WHERE NOT "provisional" UNION ALL SELECT {{Columns(TableContracts.Retention)}} FROM {db}"retention" WHERE "provisional" AND "dt" IN (SELECT max("dt") FROM {db}"retention")""");

    private static CatalogView FunnelsFinal => new(
        "funnels_final", "Every entry day once, when its window has passed (A5).",
        $$"""SELECT {{Columns(TableContracts.Funnels)}} FROM {db}"funnels" WHERE NOT "provisional" """.TrimEnd());

    private static string Columns(TableContract table) => string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""));

    /// <summary>A column for each metric and period, a row for each day and dimension value.</summary>
    private CatalogView MetricsWide
    {
        get
        {
            int[] periods = [1, 7, 28];
            string[] growth = ["new_actors", "retained_actors", "resurrected_actors", "churned_actors", "quick_ratio"];
            var columns = new[] { ("dau", "dau", 1), ("wau", "wau", 7), ("mau", "mau", 28), ("stickiness", "stickiness", 28) }
                .Concat(growth.SelectMany(g => periods.Select(p => (string.Create(CultureInfo.InvariantCulture, $"{g}_{p}d"), g, p))))
                .Concat(StandardMetrics.OfOneDay.Except(growth).Where(m => m != "dau").Concat(_pipeline.Metrics.Declared.Select(d => d.Name)).Select(m => (m, m, 1)))
                .Select(c => string.Create(CultureInfo.InvariantCulture, $"max(CASE WHEN \"metric\" = '{c.Item2}' AND \"period_days\" = {c.Item3} THEN \"value\" END) AS \"{c.Item1}\""));
            return new CatalogView(
                "metrics_wide", "Metrics with a column each, dimension is null for the whole product (A6).",
                $$"""SELECT "dt", "dimension", "dimension_value", {{string.Join(", ", columns)}}, min("completeness") AS "completeness" FROM {db}"metrics" GROUP BY "dt", "dimension", "dimension_value" """.TrimEnd());
        }
    }

    /// <summary>Rows that may be added up.</summary>
    private static CatalogView Finest(CatalogTable cube) => new(
        cube.Name + "_finest", $"{cube.Name} without rows of rolled-up dimensions: what may be added up (C3).",
        $"SELECT {string.Join(", ", cube.Columns.Where(c => c.Name != "grouping_id").Append(CatalogTable.Partition).Select(c => $"\"{c.Name}\""))} FROM {{db}}\"{cube.Name}\" WHERE \"grouping_id\" = 0");
}
