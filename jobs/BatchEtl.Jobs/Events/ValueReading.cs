using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Time;

namespace BatchEtl.Jobs.Events;

/// <summary>How a landed value becomes a column's value, as SQL expressions.</summary>
/// <param name="Present">True where a value landed.</param>
/// <param name="Value">The value in the column's type; anything where <paramref name="Bad"/>.</param>
/// <param name="Bad">True where the value can't be held (E3 bad_value, bad_time); null = never.</param>
/// <param name="Raw">The landed value's text as rejects show it.</param>
/// <param name="IsBadOnlyWherePresent">Whether Bad is false, not null or anything, where no value landed.</param>
internal sealed record Reading(string Present, string Value, string? Bad, string Raw, bool IsBadOnlyWherePresent = false);

/// <summary>E1's table "what a column may be read from", as SQL over the forms of a leaf.</summary>
internal sealed class ValueReading(Dialect dialect, Func<ColumnType, string> typeName, ZoneChanges? localZone)
{
    private const long FirstMicros = -62_135_596_800_000_000;
    private const long BehindMicros = 253_402_300_800_000_000;

    /// <summary>The reading of a leaf for a column, or null when the kinds do not fit (a configuration error where nothing else fits).</summary>
    public Reading? Of(LandedLeaf leaf, ColumnType target, bool emptyIsNull, TimeReading? time)
    {
        var landed = new LandedValue(leaf, dialect, emptyIsNull);
        return target.Kind switch
        {
            TypeKind.Text => Text(landed, isPart: false),
            TypeKind.Uuid => Uuid(landed),
            TypeKind.BigInt => BigInt(landed),
            TypeKind.Double => Double(landed),
            TypeKind.Decimal => Decimal(landed, target),
            TypeKind.Boolean => Boolean(landed),
            TypeKind.Date => Date(landed),
            TypeKind.Timestamp => Time(landed, time!),
            _ => throw new ArgumentOutOfRangeException(nameof(target)),
        };
    }

    /// <summary>The reading of a leaf as a part of an <c>all</c>, or null when it can't be one.</summary>
    public Reading? PartOf(LandedLeaf leaf) => Text(new LandedValue(leaf, dialect, emptyIsNull: true), isPart: true);

    /// <summary>A constant, read like a landed text.</summary>
    public Reading OfConstant(string text, ColumnType target) => OfText(dialect.Text(text), target);

    /// <summary>Any text expression, read like a landed text that is valid UTF-8.</summary>
    public Reading OfText(string text, ColumnType target)
    {
        var value = LandedValue.Constant(text);
        return target.Kind switch
        {
            TypeKind.Text => new Reading("true", text, null, text),
            TypeKind.Uuid => UuidOfText(value),
            TypeKind.BigInt => BigInt(value)!,
            TypeKind.Double => Double(value)!,
            TypeKind.Decimal => Decimal(value, target)!,
            TypeKind.Boolean => Boolean(value)!,
            TypeKind.Date => Date(value)!,
            TypeKind.Timestamp => Time(value, new TimeReading(null, true, null))!,
            _ => throw new ArgumentOutOfRangeException(nameof(target)),
        };
    }

    /// <param name="isPart">Whether it is a part of an <c>all</c>, where timestamps are their landed integer.</param>
    private Reading? Text(LandedValue v, bool isPart) => v.Kind switch
    {
        LandedKind.Text => v.Read(v.Text, v.TextInvalid) with { IsBadOnlyWherePresent = true },
        LandedKind.Uuid => v.Read(dialect.Call("uuid_text", v.Uuid), null),
        LandedKind.Boolean => v.Read(v.Raw, null),
        LandedKind.Integer => v.Read(v.Raw, null),
        LandedKind.Timestamp or LandedKind.LocalTimestamp when isPart => v.Read(v.Raw, null),
        LandedKind.Date => v.Read(v.Raw, $"NOT {InDateRange(v.Int64)}"),
        LandedKind.Decimal => v.Read(v.DecimalText, null),
        _ => null,
    };

    private Reading? Uuid(LandedValue v) => v.Kind switch
    {
        LandedKind.Text when !v.HasUuidForm => UuidOfText(v),
        LandedKind.Text => v.Read(v.Uuid, $"{v.Uuid} IS NULL"),
        LandedKind.Uuid or LandedKind.Fixed16 => v.Read(v.Uuid, null),
        _ => null,
    };

    private Reading UuidOfText(LandedValue v)
    {
        var uuid = $"CASE WHEN {dialect.Call("is_uuid", v.Text)} THEN {dialect.Call("uuid_of_text", v.Text)} END";
        return v.Read(uuid, $"({uuid}) IS NULL");
    }

    private Reading? BigInt(LandedValue v)
    {
        switch (v.Kind)
        {
            case LandedKind.Integer:
                return v.Read(v.Int64, null);
            case LandedKind.Text:
                var whole = $"CASE WHEN {dialect.Call("is_short_integer", v.Text)} THEN CAST({v.Text} AS BIGINT) "
                    + $"WHEN {dialect.Call("is_number", v.Text)} THEN {TryCast(dialect.Call("whole_part", dialect.Call("number_plain", v.Text)), "BIGINT")} END";
                return v.Read(whole, $"({whole}) IS NULL");
            case LandedKind.Decimal:
                var integer = TryCast(dialect.Call("whole_part", v.DecimalText), "BIGINT");
                return v.Read(integer, $"({integer}) IS NULL");
            case LandedKind.Floating:
                var fits = $"({dialect.Call("is_finite", v.Double)} AND {v.Double} = floor({v.Double}) AND {v.Double} >= CAST(-9223372036854775808 AS DOUBLE) AND {v.Double} < CAST(9223372036854775808 AS DOUBLE))";
                return v.Read($"CASE WHEN {fits} THEN CAST({v.Double} AS BIGINT) END", $"NOT {fits}");
            default:
                return null;
        }
    }

    private Reading? Double(LandedValue v)
    {
        switch (v.Kind)
        {
            case LandedKind.Integer:
                return v.Read($"CAST({v.Int64} AS DOUBLE)", null);
            case LandedKind.Text:
                var parsed = $"CASE WHEN {dialect.Call("is_number", v.Text)} THEN {TryCast(v.Text, "DOUBLE")} END";
                return v.Read(WithoutNegativeZero(parsed), $"coalesce(NOT {dialect.Call("is_finite", $"({parsed})")}, true)");
            case LandedKind.Decimal:
                return v.Read(WithoutNegativeZero($"CAST({v.DecimalText} AS DOUBLE)"), null);
            case LandedKind.Floating:
                return v.Read(WithoutNegativeZero(v.Double), $"NOT {dialect.Call("is_finite", v.Double)}");
            default:
                return null;
        }
    }

    private Reading? Decimal(LandedValue v, ColumnType target)
    {
        // The published type is never narrower than 19 digits; the declared one bounds the values.
        var wide = typeName(ColumnType.Decimal(38, target.Scale));
        var published = typeName(ColumnType.Decimal(Math.Max(target.Precision, 19), target.Scale));
        switch (v.Kind)
        {
            case LandedKind.Integer:
                return Bounded(TryCast(v.Int64, wide));
            case LandedKind.Text:
                var scale = target.Scale.ToString(CultureInfo.InvariantCulture);
                return Bounded(
                    $"CASE WHEN {dialect.Call("is_short_decimal", v.Text, scale)} THEN {TryCast(v.Text, wide)} "
                    + $"WHEN {dialect.Call("is_number", v.Text)} THEN {TryCast(dialect.Call("number_plain", v.Text), wide)} END");
            case LandedKind.Decimal:
                return Bounded(v.DecimalFitsAlways ? TryCast(v.DecimalNumber, wide) : TryCast(v.DecimalText, wide));
            case LandedKind.Floating:
                var finite = $"({dialect.Call("is_finite", v.Double)} AND abs({v.Double}) < 1e15)";
                if (target.Precision - target.Scale > 15)
                {
                    // Every such number fits, rounded up too.
                    return v.Read($"CASE WHEN {finite} THEN {dialect.Call("double_decimal", v.Double, published, target.Scale.ToString(CultureInfo.InvariantCulture))} END", $"NOT {finite}");
                }

                return Bounded($"CASE WHEN {finite} THEN {dialect.Call("double_decimal", v.Double, wide, target.Scale.ToString(CultureInfo.InvariantCulture))} END");
            default:
                return null;
        }

        Reading Bounded(string value)
        {
            if (target.Precision == 38)
            {
                return v.Read(value, $"({value}) IS NULL");
            }

            var bound = $"CAST('1{new string('0', target.Precision - target.Scale)}' AS {wide})";
            return v.Read(TryCast($"({value})", published), $"coalesce(abs({value}) >= {bound}, true)");
        }
    }

    private static Reading? Boolean(LandedValue v) => v.Kind switch
    {
        LandedKind.Boolean => v.Read(v.Boolean, null),
        LandedKind.Text => v.Read($"({v.Text} = 'true')", $"{v.Text} NOT IN ('true', 'false')"),
        _ => null,
    };

    private Reading? Date(LandedValue v)
    {
        switch (v.Kind)
        {
            case LandedKind.Date:
                return v.Read($"CASE WHEN {InDateRange(v.Int64)} THEN {dialect.Call("date_of_days", v.Int64)} END", $"NOT {InDateRange(v.Int64)}");
            case LandedKind.Text:
                var date = $"CASE WHEN {dialect.Call("is_date_text", v.Text)} THEN {TryCast(v.Text, "DATE")} END";
                return v.Read(date, $"({date}) IS NULL");
            default:
                return null;
        }
    }

    private Reading? Time(LandedValue v, TimeReading time)
    {
        var unit = time.Unit ?? v.Leaf?.Unit;
        switch (v.Kind)
        {
            case LandedKind.Text:
                var local = dialect.Call("iso_local", v.Text);
                var instant = $"CASE WHEN {dialect.Call("is_iso", v.Text)} THEN CASE WHEN {dialect.Call("iso_offset", v.Text)} IS NULL THEN {ToUtc(local)} ELSE {local} - {dialect.Call("iso_offset", v.Text)} END END";
                return v.Read(instant, OutsideYears(instant));
            case LandedKind.Integer or LandedKind.Timestamp or LandedKind.LocalTimestamp when unit is not null:
                var isLocal = v.Kind == LandedKind.LocalTimestamp;
                var micros = Scaled(v.Int64, unit.Value, isLocal ? 86_400 : 0);
                var utc = isLocal ? ToUtc($"({micros})") : micros;

                // Scaled up, a time outside the years is null already.
                var isScaled = !isLocal && (unit is TimeUnit.Seconds or TimeUnit.Milliseconds);
                return v.Read(utc, isScaled ? $"({utc}) IS NULL" : OutsideYears(utc));
            case LandedKind.Floating when unit is not null:
                var product = unit switch
                {
                    TimeUnit.Seconds => $"({v.Double} * CAST(1000000.0 AS DOUBLE))",
                    TimeUnit.Milliseconds => $"({v.Double} * CAST(1000.0 AS DOUBLE))",
                    TimeUnit.Microseconds => v.Double,
                    _ => $"({v.Double} * CAST(0.001 AS DOUBLE))",
                };
                var inside = $"({dialect.Call("is_finite", v.Double)} AND abs({product}) < 1e18)";
                var rounded = $"CASE WHEN {inside} THEN CAST({dialect.Call("round_away", product)} AS BIGINT) END";
                return v.Read(rounded, OutsideYears(rounded));
            default:
                return null;
        }
    }

    /// <summary>An integer in a unit as microseconds, null where that lies outside the years 1–9999.</summary>
    /// <param name="margin">So many seconds outside do no harm yet: a local time is looked at again once it is UTC.</param>
    private string Scaled(string value, TimeUnit unit, long margin) => unit switch
    {
        TimeUnit.Seconds => $"CASE WHEN {value} BETWEEN {(FirstMicros / 1_000_000) - margin} AND {(BehindMicros / 1_000_000) + margin - 1} THEN {value} * 1000000 END",
        TimeUnit.Milliseconds => $"CASE WHEN {value} BETWEEN {(FirstMicros / 1_000) - (1_000 * margin)} AND {(BehindMicros / 1_000) + (1_000 * margin) - 1} THEN {value} * 1000 END",
        TimeUnit.Microseconds => value,
        _ => dialect.Call("floor_div", value, "1000"),
    };

    /// <summary>E1: a local time that a clock change skips or repeats takes the offset before the change.</summary>
    private string ToUtc(string local)
    {
        if (localZone is null)
        {
            return local;
        }

        var offset = Dialect.Long(localZone.OffsetAtStart);
        if (localZone.Changes.Count == 0)
        {
            return $"({local} - {offset})";
        }

        var cases = localZone.Changes.Reverse().Select(change =>
            $"WHEN {local} >= {Dialect.Long(change.LocalThreshold)} THEN {local} - {Dialect.Long(change.OffsetAfter)}");
        return $"(CASE {string.Join(' ', cases)} ELSE {local} - {offset} END)";
    }

    private static string OutsideYears(string micros) =>
        $"coalesce(({micros}) < {Dialect.Long(FirstMicros)} OR ({micros}) >= {Dialect.Long(BehindMicros)}, true)";

    private static string InDateRange(string days) => $"({days} BETWEEN -719162 AND 2932896)";

    private static string WithoutNegativeZero(string value) => $"CASE WHEN {value} = 0 THEN CAST(0 AS DOUBLE) ELSE {value} END";

    private string TryCast(string value, string type) => dialect.Call("try_cast", value, type);
}
