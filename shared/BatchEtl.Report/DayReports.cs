using BatchEtl.Core.Engines;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Report.Data;
using BatchEtl.Report.Page;
using BatchEtl.Report.Words;

namespace BatchEtl.Report;

/// <summary>Makes a published day's reports: for other tools and for people.</summary>
public static class DayReports
{
    /// <summary>See <see cref="MakeReport"/>.</summary>
    public static DayReport Of(RunParts parts, Manifest manifest, IReadOnlyList<Restatement> restatements, IEngine reader, CancellationToken cancellation)
    {
        var data = new ReportData(parts.Pipeline, parts.Warehouse, manifest, reader, cancellation);
        var attention = new Attention(parts.Pipeline, manifest.Day, manifest.HistoryStart);
        return new DayReport(JsonReport.Of(data, restatements, attention), () => new ReportPage(data, attention).Render());
    }
}
