using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Upkeep;

/// <summary>Published days as their own pipeline files had them, which may differ from today's.</summary>
internal static class PublishedTables
{
    /// <summary>The build of a published day by the configuration in its manifest: its contracts, relations and checks.</summary>
    public static DayBuild Of(RunParts parts, Manifest manifest, IEngine engine, CancellationToken cancellation)
    {
        var then = parts with { Pipeline = PipelineOf(parts.Pipeline, manifest) };
        var windows = new DayWindows(then.Pipeline, new DayCalendar(then.Pipeline.Zone), manifest.Day);
        var tables = new DayTables(parts.Warehouse, manifest.RunId, manifest.Day);
        return DayBuild.OfPublished(then, windows, manifest, engine, tables, cancellation);
    }

    private static Pipeline PipelineOf(Pipeline today, Manifest manifest)
    {
        if (manifest.Configuration is null)
        {
            return today;
        }

        try
        {
            return PipelineFile.Parse(manifest.Configuration.ToJsonString(), $"{Warehouse.PartitionName(manifest.Day)}.json", Environment.CurrentDirectory);
        }
        catch (BatchEtlException)
        {
            // Written by a program that knew other keys: today's file is the nearest there is.
            return today;
        }
    }
}
