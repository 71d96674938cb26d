namespace BatchEtl.Avro.Columnar;

/// <summary>What the columnar reader does with the bytes at its position.</summary>
internal enum PlanCode : byte
{
    /// <summary>Ends a part that is run for one element or entry.</summary>
    End,

    /// <summary>Ends a record: goes on with the next row.</summary>
    EndRecord,
    Jump,

    /// <summary>A union of two branches, one of them null: A the null's byte, B where to go on behind it.</summary>
    Optional,

    /// <summary>A union: A branches, B its place in the table of targets.</summary>
    Union,
    KeyedArray,
    Map,
    SkipInt,
    SkipLong,
    SkipBoolean,
    SkipFixed,
    SkipPrefixed,
    SkipEnum,

    /// <summary>A value for the skipper: A its routine, B the nesting so far.</summary>
    SkipValue,
    Boolean,
    Int,
    Long,
    Float,
    Double,

    /// <summary>B the column that tells invalid text, or -1.</summary>
    Text,
    TextInvalid,

    /// <summary>B the place of the first symbol's view, C the number of symbols.</summary>
    Enum,
    UuidText,
    UuidFixed,
    DecimalPrefixed,

    /// <summary>C the size.</summary>
    DecimalFixed,

    /// <summary>B the scale.</summary>
    DecimalTextPrefixed,

    /// <summary>B the scale, C the size.</summary>
    DecimalTextFixed,

    /// <summary>Puts the view at B into the column.</summary>
    PutSymbol,
    PutPresent,
}

/// <summary>One operation; A is the column unless its code says otherwise.</summary>
internal struct PlanOperation
{
    public PlanCode Code;

    /// <summary>1 when the row's validity bit is to be set; columns that are never null are filled at once.</summary>
    public byte SetsValidity;

    /// <summary>1 when the position stays, because another operation reads the same value.</summary>
    public byte Stays;
    public int A;
    public int B;
    public int C;
}

/// <summary>An array of which elements are sought by key.</summary>
internal sealed class KeyedArray
{
    public required int LeastBytes { get; init; }

    /// <summary>The skipper's routine for an item.</summary>
    public required int ItemEntry { get; init; }

    public required int Nesting { get; init; }

    public required bool ItemsAreUnion { get; init; }

    public required KeyGroup[] Groups { get; init; }
}

/// <summary>The keys sought in one key field.</summary>
internal sealed class KeyGroup
{
    /// <summary>The place of the first key among the reader's marks.</summary>
    public required int FirstMark { get; init; }

    public required byte[][] Keys { get; init; }

    /// <summary>For each key where the item's operations begin.</summary>
    public required int[] Starts { get; init; }

    /// <summary>For each branch of the items' union (or the one type) how to find the key; null where it has none.</summary>
    public required KeyProbe?[] Probes { get; init; }
}

/// <summary>How to find the key in an item.</summary>
internal sealed class KeyProbe
{
    /// <summary>Skips the fields before the key, and those behind it.</summary>
    public required int BeforeEntry { get; init; }

    public required int BehindEntry { get; init; }

    public required int Nesting { get; init; }

    public required bool KeyIsUnion { get; init; }

    public required KeyForm[] Forms { get; init; }
}

/// <summary>One form of a key: a string, an enum (for each symbol the key's number, or -1), or a value that is none.</summary>
internal sealed class KeyForm
{
    public bool IsString { get; init; }

    public int[]? KeyOfSymbol { get; init; }

    public int SkipEntry { get; init; }
}

/// <summary>A map of which entries are sought.</summary>
internal sealed class MapEntries
{
    public required int LeastBytes { get; init; }

    public required int ValueEntry { get; init; }

    public required int Nesting { get; init; }

    public required int FirstMark { get; init; }

    public required byte[][] Keys { get; init; }

    public required int[] Starts { get; init; }

    /// <summary>For each key the columns to forget when it comes again.</summary>
    public required int[][] Columns { get; init; }
}
