namespace BatchEtl.Avro.Container;

/// <summary>A stretch of whole blocks of one file, for one reader at a time.</summary>
/// <param name="Start">The byte offset of the first block.</param>
/// <param name="End">The byte offset behind the last block's sync marker.</param>
/// <param name="FirstRecord">The number of the first record in the file, from 0; records of damaged stretches have none.</param>
/// <param name="Records">The records of all its blocks.</param>
public readonly record struct AvroSplit(long Start, long End, long FirstRecord, long Records);

/// <summary>One block of a file.</summary>
/// <param name="Start">The byte offset of the block's first byte.</param>
/// <param name="End">The byte offset behind its sync marker.</param>
/// <param name="FirstRecord">The number of its first record in the file, from 0.</param>
/// <param name="Records">Its records, by its own count.</param>
/// <param name="Bytes">The size of its data as it stands in the file (compressed).</param>
public readonly record struct AvroBlock(long Start, long End, long FirstRecord, long Records, long Bytes);

/// <summary>A stretch of a file that was left out (E6).</summary>
/// <param name="Position">The offset of its first byte.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Reason">What was wrong with its first block.</param>
public sealed record DamagedStretch(long Position, long Bytes, string Reason);
