using System.Text.Json.Nodes;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;

namespace BatchEtl.Core.Runs;

/// <summary>What a published day looks like to other tools and to people.</summary>
/// <param name="Json">Headline, checks, completeness, anomalies, restatements.</param>
/// <param name="Page">Makes one self-contained HTML file; reads the history that it shows.</param>
public sealed record DayReport(JsonObject Json, Func<string> Page)
{
    /// <summary>Where a day's JSON lies.</summary>
    public static string JsonPath(Warehouse warehouse, DateOnly day) => $"{warehouse.Root}/_reports/{Warehouse.PartitionName(day)}.json";

    /// <summary>Where a day's page lies.</summary>
    public static string PagePath(Warehouse warehouse, DateOnly day) => $"{warehouse.Root}/_reports/{Warehouse.PartitionName(day)}.html";
}

/// <summary>Makes the report of a published day from what is published.</summary>
/// <param name="reader">Reads a few rows of published tables.</param>
/// <param name="restatements">What the run of this day restated.</param>
public delegate DayReport MakeReport(RunParts parts, Manifest manifest, IReadOnlyList<Restatement> restatements, IEngine reader, CancellationToken cancellation);
