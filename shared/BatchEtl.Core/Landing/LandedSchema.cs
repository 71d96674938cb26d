using BatchEtl.Core.Configuration;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Landing;

/// <summary>The kinds of landed values that E1 tells apart.</summary>
public enum LandedKind
{
    /// <summary>Avro string or enum.</summary>
    Text,
    Boolean,

    /// <summary>int, long, and their time-of-day types.</summary>
    Integer,
    Floating,
    Date,
    Decimal,

    /// <summary>uuid on fixed(16).</summary>
    Uuid,

    /// <summary>fixed(16) of no logical type: a uuid for a column declared so, unfit for others.</summary>
    Fixed16,

    /// <summary>timestamp-*: a UTC instant in a unit.</summary>
    Timestamp,

    /// <summary>local-timestamp-*: a local time in a unit.</summary>
    LocalTimestamp,

    /// <summary>A value that no column can be read from: bytes, fixed, duration, array, map, record.</summary>
    Unfit,
}

/// <summary>How a leaf's value is handed over; one leaf may be handed over in several forms.</summary>
public enum LandedForm
{
    Boolean,
    Int64,
    Double,
    Text,

    /// <summary>True where the text is not valid UTF-8.</summary>
    TextInvalid,

    /// <summary>128 bits; null where the text is no uuid.</summary>
    Uuid,

    /// <summary>Unscaled integer of at most 38 digits in a decimal(38, scale); null where there are more.</summary>
    Decimal,

    /// <summary>A decimal as plain text with exactly its scale.</summary>
    DecimalText,

    /// <summary>True where a value stands.</summary>
    Present,
}

/// <summary>One kind of value that a path leads to in a schema; a path through unions has several.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Unit">For timestamps.</param>
/// <param name="Precision">For decimals; the schema's own, may exceed 38.</param>
/// <param name="Scale">For decimals.</param>
/// <param name="Id">Number of the leaf in its schema: column names derive from it.</param>
/// <param name="IsName">A name that the schema or the folder gives: always valid text, in the text form only.</param>
/// <param name="IsTopic">The topic, which is a column of its own.</param>
public sealed record LandedLeaf(LandedKind Kind, TimeUnit? Unit, int Precision, int Scale, int Id, bool IsName = false, bool IsTopic = false)
{
    /// <summary>The column that holds the leaf in a form.</summary>
    public string Column(LandedForm form) => IsTopic ? LandedColumns.Topic : $"_l{Id}_{form.ToString().ToLowerInvariant()}";
}

/// <summary>A column of a landed relation.</summary>
public sealed record LandedColumn(string Name, LandedForm Form, int Scale);

/// <summary>Columns that each landed relation has beside its leaves.</summary>
public static class LandedColumns
{
    /// <summary>int: index of the file in the run's list.</summary>
    public const string FileIndex = "_file_index";

    /// <summary>bigint: number of the record in its file, from 0.</summary>
    public const string RecordNumber = "_record_number";

    /// <summary>bigint: start of the landing folder, UTC microseconds.</summary>
    public const string FolderStart = "_folder_start";

    /// <summary>bigint: end of the landing folder, UTC microseconds.</summary>
    public const string FolderEnd = "_folder_end";

    /// <summary>text: the topic, null where the layout has none.</summary>
    public const string Topic = "_topic";
}

/// <summary>A distinct landed schema and where the mapping's paths lead in it.</summary>
/// <param name="Id">From 0 within the run.</param>
/// <param name="Leaves">For each path of the mapping its leaves; none = null.</param>
/// <param name="Columns">All leaves in all forms.</param>
public sealed record LandedSchema(
    int Id,
    IReadOnlyDictionary<FieldPath, IReadOnlyList<LandedLeaf>> Leaves,
    IReadOnlyList<LandedColumn> Columns);

/// <summary>A landed file of a run.</summary>
/// <param name="Index">Position in the run's list.</param>
/// <param name="RelativePath">Path under the landing root, with forward slashes.</param>
/// <param name="Path">Path that the store opens.</param>
/// <param name="Records">Records in whole blocks; null where header and end alone were looked at.</param>
/// <param name="SchemaId">Its <see cref="LandedSchema.Id"/>, -1 for an empty file.</param>
public sealed record LandedFile(
    int Index, string RelativePath, string Path, long Bytes, DateTimeOffset Modified, LandedFolder Folder, long? Records, int SchemaId)
{
    /// <summary>Whether there is something behind its header.</summary>
    public bool HasRecords => Records is null or > 0;
}

/// <summary>Some of a schema's files, to be read together.</summary>
public sealed record LandedScan(LandedSchema Schema, IReadOnlyList<LandedFile> Files);
