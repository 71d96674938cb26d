using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Landing;

/// <summary>The landing of a pipeline: its folders and what is in their files.</summary>
public sealed class LandedFiles(LandingArea area, LandedInput input) : ILanding
{
    public IReadOnlyList<FoundFile> List(Window window) => area.List(window).Files;

    public LandedDay Find(DayWindows windows, CancellationToken cancellation)
    {
        var listing = area.List(windows.Folders);
        var files = input.LookInto(listing.Files, cancellation);
        return new LandedDay(files, input.Schemas(files), input.Lost(files), listing.NotLanded);
    }
}
