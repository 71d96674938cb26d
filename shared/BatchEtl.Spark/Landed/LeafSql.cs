using System.Globalization;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Schemas;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;

namespace BatchEtl.Spark.Landed;

/// <summary>The SQL of a landed column over a frame that was read by <see cref="NeededSchema"/> (E1).</summary>
internal sealed class LeafSql(RecordSchema writer, Dialect dialect)
{
    /// <summary>A column's expression, of the type that its form has in every landed relation.</summary>
    public string Of(LandedColumn column, LeafColumn leaf)
    {
        var values = leaf.Sources.Select(At).ToList();
        return column.Form switch
        {
            LandedForm.Boolean => Coalesce(values.Select(v => v.Sql)),
            LandedForm.Int64 => Coalesce(values.Select(v => $"CAST({v.Sql} AS BIGINT)")),
            LandedForm.Double => Coalesce(values.Select(v => $"CAST({v.Sql} AS DOUBLE)")),
            LandedForm.Text when leaf.Kind == LeafKind.Branch => Coalesce(values.Select(BranchName)),
            LandedForm.Text => Coalesce(values.Select(v => v.Sql)),
            LandedForm.TextInvalid => Any(values.Where(v => v.Schema.Type == AvroType.String).Select(v => $"NOT {dialect.Call("is_utf8", v.Sql)}")),
            LandedForm.Uuid => Coalesce(values.Select(Uuid)),
            LandedForm.DecimalText => Coalesce(values.Select(v => DecimalText(v.Sql, column.Scale))),
            LandedForm.Decimal => string.Create(CultureInfo.InvariantCulture, $"try_cast({Coalesce(values.Select(v => DecimalText(v.Sql, column.Scale)))} AS DECIMAL(38,{column.Scale}))"),
            LandedForm.Present => Any(values.Select(v => $"{v.Sql} IS NOT NULL")),
            _ => throw new ArgumentOutOfRangeException(nameof(column)),
        };
    }

    private readonly record struct Value(string Sql, AvroSchema Schema);

    private Value At(LeafPath path)
    {
        var value = new Value(string.Empty, writer);
        foreach (var step in path.Steps)
        {
            value = (step, value.Schema) switch
            {
                (FieldStep field, RecordSchema record) => new Value(Field(value.Sql, field.Name), record.Field(field.Name)!.Schema),
                (BranchStep branch, UnionSchema union) => new Value(UnionShape.Member(union, branch.Index, value.Sql), union.Branches[branch.Index]),
                (MapEntryStep entry, MapSchema map) => new Value($"try_element_at({value.Sql}, {dialect.Text(entry.Key)})", map.Values),
                (KeyedElementStep keyed, ArraySchema array) => new Value(
                    $"get(filter({value.Sql}, x -> {Coalesce(Keys("x", array.Items, keyed.KeyField))} = {dialect.Text(keyed.Key)}), 0)", array.Items),
                _ => throw new InvalidOperationException($"{step} does not lead into a {value.Schema}"),
            };
        }

        return value;
    }

    private string Field(string record, string name) => record.Length == 0 ? dialect.Identifier(name) : $"{record}.{dialect.Identifier(name)}";

    /// <summary>Where an element's key stands, in whatever branch.</summary>
    private IEnumerable<string> Keys(string element, AvroSchema schema, string keyField) => schema switch
    {
        UnionSchema union => union.Branches.SelectMany((b, i) => Keys(UnionShape.Member(union, i, element), b, keyField)),
        RecordSchema record when record.Field(keyField) is { } field => Texts(Field(element, keyField), field.Schema),
        _ => [],
    };

    private static IEnumerable<string> Texts(string value, AvroSchema schema) => schema switch
    {
        UnionSchema union => union.Branches.SelectMany((b, i) => Texts(UnionShape.Member(union, i, value), b)),
        _ when schema.Type is AvroType.String or AvroType.Enum => [value],
        _ => [],
    };

    private string BranchName(Value value)
    {
        var union = (UnionSchema)value.Schema;
        var cases = union.Branches
            .Select((b, i) => (Name: (b as NamedSchema)?.Name, Sql: UnionShape.Member(union, i, value.Sql)))
            .Where(b => b.Name is not null)
            .Select(b => $"WHEN {b.Sql} IS NOT NULL THEN {dialect.Text(b.Name!)}")
            .ToList();
        return cases.Count == 0 ? "CAST(NULL AS STRING)" : $"CASE {string.Join(' ', cases)} END";
    }

    private string Uuid(Value value)
    {
        if (value.Schema.Type != AvroType.Fixed)
        {
            return $"CASE WHEN {dialect.Call("is_uuid", value.Sql)} THEN lower({value.Sql}) END";
        }

        var hex = $"lower(hex({value.Sql}))";
        return $"(substr({hex}, 1, 8) || '-' || substr({hex}, 9, 4) || '-' || substr({hex}, 13, 4) || '-' || substr({hex}, 17, 4) || '-' || substr({hex}, 21, 12))";
    }

    /// <summary>A decimal's text with exactly its scale, of a big-endian two's complement number of any width.</summary>
    private static string DecimalText(string bytes, int scale)
    {
        var hex = $"hex({bytes})";
        var narrow = $"conv(lpad({hex}, 16, CASE WHEN {hex} >= '8' THEN 'F' ELSE '0' END), 16, -10)";
        var digits = $"(CASE WHEN length({bytes}) <= 8 THEN {narrow} ELSE {Wide(hex)} END)";
        var unsigned = string.Create(CultureInfo.InvariantCulture, $"lpad(replace({digits}, '-', ''), greatest(length(replace({digits}, '-', '')), {scale + 1}), '0')");
        var sign = $"CASE WHEN {digits} LIKE '-%' THEN '-' ELSE '' END";
        return scale == 0
            ? $"CASE WHEN {bytes} IS NOT NULL THEN {sign} || {unsigned} END"
            : string.Create(CultureInfo.InvariantCulture, $"CASE WHEN {bytes} IS NOT NULL THEN {sign} || left({unsigned}, length({unsigned}) - {scale}) || '.' || right({unsigned}, {scale}) END");
    }

    /// <summary>More than 64 bits: limbs of 9 decimal digits, the lowest first, times 16 plus the next hexadecimal digit.</summary>
    private static string Wide(string hex)
    {
        var magnitude = $"(CASE WHEN {hex} >= '8' THEN translate({hex}, '0123456789ABCDEF', 'FEDCBA9876543210') ELSE {hex} END)";
        var ones = $"aggregate(sequence(1, length({hex})), array(0L), (n, i) -> {TimesPlus("n", 16, $"CAST(conv(substr({magnitude}, i, 1), 16, 10) AS BIGINT)")})";
        var limbs = TimesPlus(ones, 1, $"CASE WHEN {hex} >= '8' THEN 1L ELSE 0L END");
        var text = $"array_join(transform(reverse({limbs}), (l, i) -> CASE WHEN i = 0 THEN CAST(l AS STRING) ELSE lpad(CAST(l AS STRING), 9, '0') END), '')";
        return $"CASE WHEN {hex} >= '8' THEN '-' ELSE '' END || {text}";
    }

    private static string TimesPlus(string limbs, int factor, string digit)
    {
        var sum = string.Create(CultureInfo.InvariantCulture, $"(l * {factor} + s.c)");
        return $"aggregate({limbs}, named_struct('c', {digit}, 'r', CAST(array() AS ARRAY<BIGINT>)), "
            + $"(s, l) -> named_struct('c', {sum} div 1000000000, 'r', concat(s.r, array({sum} % 1000000000))), "
            + "s -> CASE WHEN s.c > 0 THEN concat(s.r, array(s.c)) ELSE s.r END)";
    }

    private static string Coalesce(IEnumerable<string> values) => values.ToList() switch
    {
        [var only] => only,
        var several => $"coalesce({string.Join(", ", several)})",
    };

    /// <summary>Whether one of the conditions is true; false where they are null.</summary>
    private static string Any(IEnumerable<string> conditions) => conditions.ToList() switch
    {
        [] => "false",
        var all => $"({string.Join(" OR ", all.Select(c => $"coalesce({c}, false)"))})",
    };
}
