using System.Globalization;

namespace BatchEtl.Core.Configuration;

/// <summary>The kinds of types a mapped column or a published column can have (semantics.md E1, published-types.md).</summary>
public enum TypeKind
{
    Text,

    /// <summary>Text in the form 8-4-4-4-12, lower case; published as text.</summary>
    Uuid,
    Int,
    BigInt,
    Double,
    Boolean,
    Date,
    Decimal,

    /// <summary>UTC microseconds since 1970 without an offset.</summary>
    Timestamp,
}

/// <summary>A column's type. Precision (1–38) and scale (0–precision) count for decimals only, and are 0 elsewhere.</summary>
public readonly record struct ColumnType(TypeKind Kind, int Precision = 0, int Scale = 0)
{
    public static readonly ColumnType Text = new(TypeKind.Text);
    public static readonly ColumnType Uuid = new(TypeKind.Uuid);
    public static readonly ColumnType Int = new(TypeKind.Int);
    public static readonly ColumnType BigInt = new(TypeKind.BigInt);
    public static readonly ColumnType Double = new(TypeKind.Double);
    public static readonly ColumnType Boolean = new(TypeKind.Boolean);
    public static readonly ColumnType Date = new(TypeKind.Date);
    public static readonly ColumnType Timestamp = new(TypeKind.Timestamp);

    public static ColumnType Decimal(int precision, int scale) => new(TypeKind.Decimal, precision, scale);

    /// <summary>The name as written in a pipeline file: text, uuid, bigint, …, decimal(p,s).</summary>
    public override string ToString() => Kind == TypeKind.Decimal
        ? string.Create(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})")
        : Kind.ToString().ToLowerInvariant();

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text names no type.</exception>
    public static ColumnType Parse(string text)
    {
        if (text.StartsWith("decimal(", StringComparison.Ordinal) && text.EndsWith(')') && text[8..^1].Split(',') is [var p, var s])
        {
            return Decimal(int.Parse(p, NumberStyles.None, CultureInfo.InvariantCulture), int.Parse(s, NumberStyles.None, CultureInfo.InvariantCulture));
        }

        return Enum.TryParse<TypeKind>(text, ignoreCase: true, out var kind) ? new ColumnType(kind) : throw new FormatException($"'{text}' is no column type");
    }
}
