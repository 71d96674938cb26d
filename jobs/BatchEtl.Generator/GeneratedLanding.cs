namespace BatchEtl.Generator;

/// <summary>What was written. <c>Bytes</c> are those of the files on disk.</summary>
public sealed record GeneratedLanding(long Records, int Files, long Bytes);
