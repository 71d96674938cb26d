using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Landing;

/// <summary>A stretch of a landed file that was left out (E6).</summary>
public sealed record LostStretch(string File, long Position, long Bytes, string Reason);

/// <summary>What landed for a day.</summary>
/// <param name="Files">Files of the folders that the day reads (E5), empty ones too, ordered by relative path.</param>
/// <param name="Schemas">Their distinct schemas.</param>
/// <param name="Lost">Damaged stretches left out.</param>
/// <param name="NotLanded">Folders without the done flag.</param>
public sealed record LandedDay(
    IReadOnlyList<LandedFile> Files,
    IReadOnlyList<LandedSchema> Schemas,
    IReadOnlyList<LostStretch> Lost,
    IReadOnlyList<LandedFolder> NotLanded);

/// <summary>A file of a landing folder, not yet looked into.</summary>
/// <param name="RelativePath">Relative to the landing root.</param>
/// <param name="Path">Path that the store opens.</param>
public sealed record FoundFile(string RelativePath, string Path, long Bytes, DateTimeOffset Modified, LandedFolder Folder);

/// <summary>The port to landed files.</summary>
public interface ILanding
{
    /// <summary>Lists the files of folders that overlap a window, without looking into them.</summary>
    IReadOnlyList<FoundFile> List(Window window);

    /// <summary>Lists and looks into the files that a day reads.</summary>
    /// <exception cref="Errors.BatchEtlException">Files are damaged or can't be read (Input).</exception>
    LandedDay Find(DayWindows windows, CancellationToken cancellation);
}
