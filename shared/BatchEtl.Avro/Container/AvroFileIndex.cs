namespace BatchEtl.Avro.Container;

/// <summary>Where the blocks of a file lie, merged into splits, and how many records they hold.</summary>
public sealed class AvroFileIndex
{
    /// <summary>Blocks are merged into splits of at least this many bytes, where the file has them.</summary>
    public const long DefaultSplitBytes = 32 << 20;

    /// <summary>By default a block of more bytes, as it stands or decompressed, is refused: 512 MiB.</summary>
    public const long DefaultMaxBlockBytes = 512 << 20;

    /// <summary>The greatest limit that can be asked for.</summary>
    public const long LargestMaxBlockBytes = 1_000_000_000;

    private AvroFileIndex(List<AvroSplit> splits, List<DamagedStretch> damage, long blocks, long records)
    {
        Splits = splits;
        Damage = damage;
        Blocks = blocks;
        Records = records;
    }

    /// <summary>All whole blocks of the file, in order; neighbours unless damage lies between.</summary>
    public IReadOnlyList<AvroSplit> Splits { get; }

    /// <summary>What was left out.</summary>
    public IReadOnlyList<DamagedStretch> Damage { get; }

    public long Blocks { get; }

    /// <summary>Records in all splits.</summary>
    public long Records { get; }

    /// <summary>Goes over a file.</summary>
    /// <param name="verify">
    /// Also decompress every block and step over its records; without it only block headers and sync markers are read.
    /// </param>
    /// <param name="skipDamage">
    /// Leave damaged stretches out instead of stopping (E6): from the first byte of the damaged block to the next sync
    /// marker behind which a whole block, or the file's end, follows. Implies <paramref name="verify"/>.
    /// </param>
    /// <param name="splitBytes">Blocks are merged until a split has so many bytes; 1 or more.</param>
    /// <param name="maxBlockBytes">A block of more bytes, as it stands or decompressed, counts as damaged.</param>
    /// <param name="visit">Is told of every whole block.</param>
    /// <exception cref="AvroFormatException">The file is damaged and damage is not skipped.</exception>
    public static AvroFileIndex Build(
        AvroSource source,
        AvroFileHeader header,
        bool verify = false,
        bool skipDamage = false,
        long splitBytes = DefaultSplitBytes,
        long maxBlockBytes = DefaultMaxBlockBytes,
        Action<AvroBlock>? visit = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentOutOfRangeException.ThrowIfLessThan(splitBytes, 1);
        var walk = new BlockWalk(source, header, verify, skipDamage, maxBlockBytes);
        using (walk)
        {
            var splits = new List<AvroSplit>();
            long blocks = 0;
            while (walk.Next(out var block))
            {
                cancellation.ThrowIfCancellationRequested();
                blocks++;
                visit?.Invoke(block);
                if (splits.Count > 0 && splits[^1] is var last && last.End == block.Start && last.End - last.Start < splitBytes)
                {
                    splits[^1] = last with { End = block.End, Records = last.Records + block.Records };
                }
                else
                {
                    splits.Add(new AvroSplit(block.Start, block.End, block.FirstRecord, block.Records));
                }
            }

            return new AvroFileIndex(splits, walk.Damage, blocks, walk.Records);
        }
    }

    internal static long Checked(long maxBlockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBlockBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBlockBytes, LargestMaxBlockBytes);
        return maxBlockBytes;
    }
}
