namespace BatchEtl.Avro.Columnar;

/// <summary>What a column holds, and the form of its data in memory.</summary>
public enum LeafKind
{
    /// <summary>1 byte, 0 or 1, from boolean.</summary>
    Boolean,

    /// <summary>8 bytes, from int or long; of dates, times and timestamps the raw value.</summary>
    Int64,

    /// <summary>8 bytes, from double, or float widened.</summary>
    Double,

    /// <summary>A <see cref="Utf8View"/>, from string or an enum's symbol. What is not UTF-8 in a string shows as U+FFFD.</summary>
    Text,

    /// <summary>1 byte, 1 where the string here is not valid UTF-8; 0, and never null, everywhere else.</summary>
    TextInvalid,

    /// <summary>
    /// 16 bytes: the UUID's 128 bits, big-endian, with the top bit flipped, as a little-endian signed Int128. From
    /// fixed(16), or from string in the form 8-4-4-4-12 of any case; null where the string has another form.
    /// </summary>
    Uuid,

    /// <summary>16 bytes, a little-endian Int128: the unscaled value of a decimal; null where it has more than 38 digits.</summary>
    Decimal,

    /// <summary>A <see cref="Utf8View"/>: a decimal of any width with exactly as many decimals as its scale.</summary>
    DecimalText,

    /// <summary>A <see cref="Utf8View"/>: the short name of the named type that the union here holds; null for any other branch.</summary>
    Branch,

    /// <summary>1 byte, 1 where a value other than null stands; 0, and never null, everywhere else.</summary>
    Present,
}

/// <summary>A step on the way from the top-level record down to a leaf.</summary>
public abstract record LeafStep;

/// <summary>Into a field of a record, by the writer's name.</summary>
public sealed record FieldStep(string Name) : LeafStep;

/// <summary>Into the value of a map's entry; of equal keys the last.</summary>
public sealed record MapEntryStep(string Key) : LeafStep;

/// <summary>
/// Into the first element of an array of records whose field <paramref name="KeyField"/> (a string or enum, or a union
/// with such branches) equals a key. Where the items are a union of records, a <see cref="BranchStep"/> follows.
/// </summary>
public sealed record KeyedElementStep(string KeyField, string Key) : LeafStep;

/// <summary>Into a branch of a union, by its place from 0.</summary>
public sealed record BranchStep(int Index) : LeafStep;

/// <summary>The steps to one leaf; none at all is the top-level record itself.</summary>
public sealed record LeafPath(IReadOnlyList<LeafStep> Steps);

/// <summary>A column and where it comes from: of several sources (such as branches of a union) whichever is there.</summary>
public sealed record LeafColumn(LeafKind Kind, IReadOnlyList<LeafPath> Sources);
