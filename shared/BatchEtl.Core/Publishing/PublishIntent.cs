namespace BatchEtl.Core.Publishing;

/// <summary>
/// What a publication is about to do, written before it begins: enough for another process to complete it. Paths are
/// relative to the warehouse's root.
/// </summary>
/// <param name="Manifest">Text of the day's manifest.</param>
/// <param name="Replaces">The run whose manifest is replaced, or null.</param>
internal sealed record PublishIntent(
    string RunId, DateOnly Day, DateOnly HistoryStart, IReadOnlyList<IntendedPartition> Partitions, string Manifest, string? Replaces);

/// <summary>A partition to be made visible.</summary>
/// <param name="Files">Names of its files. No version of the partition shares them with the one before it: they tell which one lies where.</param>
internal sealed record IntendedPartition(string Staged, string Target, IReadOnlyList<string> Files);

/// <summary>A partition that a run wrote to its staging folder and that was found good.</summary>
/// <param name="Day">Its dt; another than the publication's day for restatements.</param>
/// <param name="Files">At least one file, as named in staging; all that the partition has.</param>
public sealed record StagedPartition(string Table, DateOnly Day, long Rows, IReadOnlyList<ManifestFile> Files);
