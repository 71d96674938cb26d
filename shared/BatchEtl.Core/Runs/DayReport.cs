using System.Globalization;
using System.Text.Json.Nodes;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;

namespace BatchEtl.Core.Runs;

/// <summary><c>_reports/dt=D.json</c>: a published day for other tools: headline, checks, completeness, restatements.</summary>
public static class DayReport
{
    /// <summary>Where a day's report lies.</summary>
    public static string PathOf(Warehouse warehouse, DateOnly day) => $"{warehouse.Root}/_reports/{Warehouse.PartitionName(day)}.json";

    /// <param name="engine">Reads the day's metrics.</param>
    /// <param name="restatements">What the run of this day restated.</param>
    internal static JsonObject Of(Warehouse warehouse, string pipeline, Manifest manifest, IReadOnlyList<Restatement> restatements, IEngine engine, CancellationToken cancellation)
    {
        var counts = manifest.Counts;
        return new JsonObject
        {
            ["pipeline"] = pipeline,
            ["day"] = Text(manifest.Day),
            ["run_id"] = manifest.RunId,
            ["as_of"] = manifest.AsOf.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["provisional"] = manifest.Provisional,
            ["engine"] = manifest.Engine,
            ["completeness"] = manifest.Completeness,
            ["counts"] = new JsonObject
            {
                ["records"] = counts.Records,
                ["rejects"] = new JsonObject(counts.Rejects.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value))),
                ["excluded"] = counts.Excluded.Sum(),
                ["erased"] = counts.Erased,
                ["before_history"] = counts.BeforeHistory,
                ["duplicates"] = counts.Duplicates,
                ["events"] = counts.Events,
                ["sessions"] = counts.Sessions,
                ["actors"] = counts.Actors,
                ["sums"] = new JsonObject(counts.Sums.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
            },
            ["metrics"] = Metrics(warehouse, manifest.Day, engine, cancellation),
            ["checks"] = new JsonArray([.. manifest.Checks.Select(c => new JsonObject
            {
                ["table"] = c.Table, ["check"] = c.Check, ["severity"] = c.Severity.ToString().ToLowerInvariant(), ["passed"] = c.Passed, ["found"] = c.Found,
            })]),
            ["restatements"] = new JsonArray([.. restatements.Select(r => new JsonObject
            {
                ["day"] = Text(r.Day),
                ["reason"] = r.Reason,
                ["numbers"] = new JsonObject(r.Numbers.Select(n => KeyValuePair.Create(n.Metric, (JsonNode?)new JsonObject { ["old"] = n.Old, ["new"] = n.New }))),
            })]),
            ["unprocessed"] = new JsonArray([.. manifest.Unprocessed.Select(f => (JsonNode?)f)]),
            ["warnings"] = new JsonArray([.. manifest.Warnings.Select(w => (JsonNode?)w)]),
            ["rows"] = new JsonObject(manifest.Tables.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value.Rows))),
            ["seconds"] = Math.Round(manifest.Seconds.Values.Sum(), 3),
        };
    }

    /// <summary>The metrics of the whole product.</summary>
    private static JsonArray Metrics(Warehouse warehouse, DateOnly day, IEngine engine, CancellationToken cancellation)
    {
        if (warehouse.Files("metrics", day) is not { } files)
        {
            return [];
        }

        var rows = engine.Rows(
            $"SELECT metric, period_days, value, value_1d_before, value_7d_before, value_28d_before FROM {engine.ParquetRelation(files)} AS m WHERE dimension IS NULL ORDER BY metric, period_days",
            cancellation);
        return new JsonArray([.. rows.Select(r => new JsonObject
        {
            ["metric"] = (string?)r[0],
            ["period_days"] = Convert.ToInt32(r[1], CultureInfo.InvariantCulture),
            ["value"] = (double?)r[2],
            ["value_1d_before"] = (double?)r[3],
            ["value_7d_before"] = (double?)r[4],
            ["value_28d_before"] = (double?)r[5],
        })]);
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
