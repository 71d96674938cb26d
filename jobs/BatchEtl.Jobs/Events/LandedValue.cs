using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs.Events;

/// <summary>A leaf in its forms, as SQL.</summary>
internal sealed class LandedValue(LandedLeaf leaf, Dialect dialect, bool emptyIsNull)
{
    private string? _literal;

    public LandedLeaf? Leaf => _literal is null ? leaf : null;

    public LandedKind Kind => leaf.Kind;

    /// <summary>Whether the text is handed over as a uuid too.</summary>
    public bool HasUuidForm => _literal is null && !leaf.IsName;

    public string Text => _literal ?? (emptyIsNull ? $"nullif({Column(LandedForm.Text)}, '')" : Column(LandedForm.Text));

    public string? TextInvalid => _literal is null && !leaf.IsName ? Column(LandedForm.TextInvalid) : null;

    public string Boolean => Column(LandedForm.Boolean);

    public string Int64 => Column(LandedForm.Int64);

    public string Double => Column(LandedForm.Double);

    public string Uuid => Column(LandedForm.Uuid);

    public string DecimalNumber => Column(LandedForm.Decimal);

    public string DecimalText => Column(LandedForm.DecimalText);

    /// <summary>Whether the decimal form holds every value that the landed schema allows.</summary>
    public bool DecimalFitsAlways => leaf.Precision <= 38 && leaf.Scale <= 38;

    /// <summary>The landed value before the cast, as rejects show it (E3).</summary>
    public string Raw => leaf.Kind switch
    {
        LandedKind.Text => _literal ?? Column(LandedForm.Text),
        LandedKind.Boolean => $"CASE WHEN {Boolean} THEN 'true' WHEN NOT {Boolean} THEN 'false' END",
        LandedKind.Integer or LandedKind.Timestamp or LandedKind.LocalTimestamp => dialect.Call("text", Int64),
        LandedKind.Date => $"CASE WHEN {Int64} BETWEEN -719162 AND 2932896 THEN {dialect.Call("date_text", dialect.Call("date_of_days", $"CASE WHEN {Int64} BETWEEN -719162 AND 2932896 THEN {Int64} END"))} ELSE {dialect.Call("text", Int64)} END",
        LandedKind.Decimal => DecimalText,
        LandedKind.Floating => dialect.Call("raw_double", Double),
        LandedKind.Uuid => dialect.Call("uuid_text", Uuid),
        _ => dialect.Call("text", "NULL"),
    };

    public string Present => leaf.Kind switch
    {
        _ when _literal is not null => "true",
        LandedKind.Text => $"{Text} IS NOT NULL",
        LandedKind.Boolean => $"{Boolean} IS NOT NULL",
        LandedKind.Floating => $"{Double} IS NOT NULL",
        LandedKind.Uuid or LandedKind.Fixed16 => $"{Uuid} IS NOT NULL",
        LandedKind.Decimal or LandedKind.Unfit => $"coalesce({Column(LandedForm.Present)}, false)",
        _ => $"{Int64} IS NOT NULL",
    };

    /// <summary>A text literal that behaves like a landed text.</summary>
    public static LandedValue Constant(string literal) =>
        new(new LandedLeaf(LandedKind.Text, null, 0, 0, -1), null!, false) { _literal = literal };

    public Reading Read(string value, string? bad) => new(
        Present,
        value,
        Kind == LandedKind.Text && TextInvalid is { } invalid && bad != invalid ? (bad is null ? invalid : $"({invalid} OR {bad})") : bad,
        Raw);

    private string Column(LandedForm form) => leaf.Column(form);
}
