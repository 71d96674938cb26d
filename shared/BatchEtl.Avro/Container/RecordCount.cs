using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Container;

/// <summary>A block's count of records against its bytes.</summary>
internal static unsafe class RecordCount
{
    /// <summary>A block of more records that take no bytes is refused: no byte vouches for them.</summary>
    public const long MaxWithoutBytes = int.MaxValue;

    /// <summary>Refuses a count for which the block's bytes cannot suffice.</summary>
    public static void Check(BlockStream block, int leastBytes)
    {
        var most = leastBytes == 0 ? MaxWithoutBytes : (block.DataEnd - block.Data) / leastBytes;
        if (block.Records > most)
        {
            throw new MalformedDataException(
                0, $"a block of at most {most} records, as its {block.DataEnd - block.Data} bytes can hold", $"{block.Records}");
        }
    }

    /// <summary>Refuses bytes that belong to no record.</summary>
    public static void CheckEnd(BlockStream block, byte* behindLastRecord)
    {
        if (behindLastRecord != block.DataEnd)
        {
            throw new MalformedDataException(
                (nint)behindLastRecord, $"the block's end behind its {block.Records} records", $"{block.DataEnd - behindLastRecord} more bytes");
        }
    }
}
