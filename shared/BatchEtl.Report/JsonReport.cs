using System.Globalization;
using System.Text.Json.Nodes;
using BatchEtl.Core.Runs;
using BatchEtl.Report.Data;
using BatchEtl.Report.Words;

namespace BatchEtl.Report;

/// <summary><c>_reports/dt=D.json</c>: a published day for other tools: headline, checks, completeness, anomalies, restatements.</summary>
internal static class JsonReport
{
    /// <param name="restatements">What the run of this day restated.</param>
    public static JsonObject Of(ReportData data, IReadOnlyList<Restatement> restatements, Attention attention)
    {
        var manifest = data.Manifest;
        var counts = manifest.Counts;
        return new JsonObject
        {
            ["pipeline"] = data.Pipeline.Name,
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
            ["metrics"] = new JsonArray([.. data.Metrics.Select(m => new JsonObject
            {
                ["metric"] = m.Metric,
                ["period_days"] = m.Period,
                ["value"] = m.Value,
                ["value_1d_before"] = m.Value1,
                ["value_7d_before"] = m.Value7,
                ["value_28d_before"] = m.Value28,
            })]),
            ["anomalies"] = new JsonArray([.. data.Anomalies.Select(a => new JsonObject
            {
                ["metric"] = a.Metric,
                ["period_days"] = a.Period,
                ["dimension"] = a.Dimension,
                ["dimension_value"] = a.DimensionValue,
                ["value"] = a.Value,
                ["expected"] = a.Expected,
                ["low"] = a.Low,
                ["high"] = a.High,
                ["days"] = a.Days,
                ["completeness"] = a.Completeness,
                ["history_complete"] = !attention.IsYoung(a),
                ["text"] = attention.Of(a).Text,
            })]),
            ["event_states"] = new JsonObject(data.Events.Where(e => e.State is not null).Select(e => KeyValuePair.Create(e.Name, (JsonNode?)e.State))),
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

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
