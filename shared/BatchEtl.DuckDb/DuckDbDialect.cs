using BatchEtl.Core.Sql;

namespace BatchEtl.DuckDb;

/// <summary>DuckDB's spelling of what engines spell differently.</summary>
public static class DuckDbDialect
{
    private const string Number = "'[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?'";

    /// <summary>The sign, all digits, and how many of them stand before the point once the exponent is applied.</summary>
    private const string Digits = "regexp_replace(regexp_replace({0}, '[eE].*$', ''), '[^0-9]', '', 'g')";

    private const string Point =
        "(length(regexp_extract({0}, '^[+-]?([0-9]*)', 1)) + coalesce(try_cast(regexp_extract({0}, '[eE]([+-]?[0-9]+)$', 1) AS INTEGER), 0))";

    /// <summary>A number's text without exponent. DuckDB's own cast of texts with exponents to decimals is wrong.</summary>
    private const string Plain =
        "(CASE WHEN {0} LIKE '-%' THEN '-' ELSE '' END || CASE WHEN " + Point + " <= 0 THEN '0.' || repeat('0', -" + Point + ") || " + Digits
        + " WHEN " + Point + " >= length(" + Digits + ") THEN " + Digits + " || repeat('0', " + Point + " - length(" + Digits + "))"
        + " ELSE substr(" + Digits + ", 1, " + Point + ") || '.' || substr(" + Digits + ", " + Point + " + 1) END)";

    private const string Iso =
        "'[0-9]{4,4}-[0-9]{2,2}-[0-9]{2,2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?'";

    /// <summary>The dialect; one for the program's life.</summary>
    public static readonly Dialect Instance = new("duckdb", Functions(), new Dictionary<char, string> { ['\''] = "''" });

    private static Dictionary<string, string> Functions() => new()
    {
        ["identifier"] = "\"{0}\"",

        // Time: instants are BIGINT microseconds inside jobs, timestamps only in published tables.
        ["timestamp"] = "make_timestamp({0})",
        ["micros"] = "epoch_us({0})",
        ["floor_div"] = "(({0} // {1}) - CASE WHEN {0} % {1} < 0 THEN 1 ELSE 0 END)",
        ["date_of_days"] = "(DATE '1970-01-01' + CAST({0} AS INTEGER))",
        ["date_text"] = "strftime({0}, '%Y-%m-%d')",
        ["date_literal"] = "DATE {0}",
        ["is_iso"] = "(regexp_full_match({0}, " + Iso + ") AND {0} >= '0001')",
        ["iso_local"] =
            "(epoch_us(try_cast(substr({0}, 1, 10) AS DATE)::TIMESTAMP) + CASE WHEN substr({0}, 11, 1) IN ('T', ' ') THEN "
            + "CAST(substr({0}, 12, 2) AS BIGINT) * 3600000000 + CAST(substr({0}, 15, 2) AS BIGINT) * 60000000"
            + " + CASE WHEN substr({0}, 17, 1) = ':' THEN CAST(substr({0}, 18, 2) AS BIGINT) * 1000000"
            + " + CASE WHEN substr({0}, 20, 1) IN ('.', ',') THEN CAST(rpad(substr(regexp_extract({0}, '[.,]([0-9]+)', 1), 1, 6), 6, '0') AS BIGINT) ELSE 0 END"
            + " ELSE 0 END ELSE 0 END)",
        ["iso_offset"] =
            "(CASE WHEN {0} LIKE '%Z' THEN 0 WHEN regexp_matches(substr({0}, 11), '[+-]') THEN "
            + "(CASE WHEN substr({0}, 11) LIKE '%-%' THEN -1 ELSE 1 END)"
            + " * (CAST(substr(regexp_extract({0}, '[+-]([0-9:]+)$', 1), 1, 2) AS BIGINT) * 3600000000"
            + " + coalesce(try_cast(right(regexp_extract({0}, '[+-][0-9]{2,2}(:?[0-9]{2,2})$', 1), 2) AS BIGINT), 0) * 60000000) END)",

        // Values (E1).
        ["is_number"] = "regexp_full_match({0}, " + Number + ")",
        ["number_plain"] = Plain,
        ["is_short_integer"] = "regexp_full_match({0}, '[+-]?[0-9]{1,18}')",
        ["is_short_decimal"] = "regexp_full_match({0}, '[+-]?[0-9]{1,15}([.][0-9]{0,{1}})?')",
        ["whole_part"] = "CASE WHEN regexp_full_match({0}, '[+-]?[0-9]*([.]0*)?') THEN regexp_extract({0}, '^([+-]?)0*([0-9]*)', 1) || coalesce(nullif(regexp_extract({0}, '^[+-]?0*([0-9]*)', 1), ''), '0') END",
        ["text"] = "CAST({0} AS VARCHAR)",
        ["try_cast"] = "try_cast({0} AS {1})",
        ["is_finite"] = "isfinite({0})",
        ["raw_double"] = "CASE WHEN isnan({0}) THEN 'NaN' WHEN isinf({0}) THEN CASE WHEN {0} > 0 THEN 'Infinity' ELSE '-Infinity' END ELSE CAST({0} AS VARCHAR) END",
        ["round_away"] = "CASE WHEN {0} < 0 THEN ceil({0} - 0.5::DOUBLE) ELSE floor({0} + 0.5::DOUBLE) END",

        // Casting doubles to decimals is exact but where the scaled value lies next to a half.
        ["double_decimal"] =
            "CASE WHEN abs({0}) * 1e{2} < 1e11 AND abs(abs({0}) * 1e{2} - floor(abs({0}) * 1e{2}) - 0.5) > 1e-4 THEN CAST({0} AS {1})"
            + " ELSE try_cast(" + Plain.Replace("{0}", "CAST({0} AS VARCHAR)", StringComparison.Ordinal) + " AS {1}) END",
        ["uuid_text"] = "CAST({0} AS VARCHAR)",
        ["text_uuid"] = "text_uuid({0})",
        ["uuid_of_text"] = "try_cast({0} AS UUID)",
        ["is_uuid"] = "regexp_full_match({0}, '[0-9a-fA-F]{8,8}(-[0-9a-fA-F]{4,4}){3,3}-[0-9a-fA-F]{12,12}')",
        ["is_date_text"] = "(regexp_full_match({0}, '[0-9]{4,4}-[0-9]{2,2}-[0-9]{2,2}') AND {0} >= '0001')",

        // Aggregates.
        // In the order of (time, id), by aggregates of our own: arg_min by a struct is some ten times slower, and a window
        // that numbers the events first sorts rows of all columns.
        ["first_event"] = "first_event({0}, {1})",
        ["in_order"] = "{0}",
        ["together"] = "{0}",
        ["ends_value"] = "{0}",
        ["ends"] = "ends_by({1}, {2}, {0})",
        ["first_of"] = "{0}.f{1}",
        ["last_of"] = "{0}.l{1}",
        ["furthest_attempts"] = "furthest_attempts({0}, {1}, {2}, {3})",
        ["text_in_order"] = "text_in_order({0}, {1}, {2}, {3})",
        ["sum_integers"] = "CAST(sum({0}) AS DECIMAL(38,0))",
        ["sum_doubles"] = "exact_sum({0})",
        ["field"] = "{1} := {0}",
        ["list"] = "[{0}]",
        ["struct"] = "struct_pack({0})",
        // Of the row with the least second argument; where the first is null there, the result is not to be used.
        ["first_by"] = "arg_min({0}, {1})",
        ["collect"] = "list({0})",
        ["flatten"] = "unnest({0})",
        ["united"] = "list_distinct(flatten(list({0})))",
        ["reject"] = "struct_pack(reason := {0}, file := {1}, number := {2}, raw := {3})",
        ["collapse_replacement"] = "regexp_replace({0}, '\uFFFD+', '\uFFFD', 'g')",

        // Distinct counts that roll up: sets of numbers that stand for the values (C2).
        ["any_number"] = "row_number() OVER ()",
        ["number_bucket"] = "0",
        ["spread"] = "CAST(hash({0}) % {1} AS BIGINT)",
        ["number_position"] = "{0}",
        ["number_set"] = "number_set({0})",
        ["number_union"] = "number_union({0})",
        ["number_count"] = "number_count({0})",
        ["repeat_key"] = "{0}",

        // NOT EXISTS doubles the time of writing events.
        ["none_of"] = "{0} NOT IN (SELECT {1} FROM {2})",
        ["repeat_filter"] = "seen_before(hash({0}))",

        // Session ids (S4): the first 8 bytes of the MD5 as a signed big-endian integer.
        ["sha256"] = "sha256({0})",
        ["md5_head"] = "CAST('0x' || substr(md5({0}), 1, 16) AS UBIGINT)",
        ["session_id"] =
            "CAST(CASE WHEN {0} > 9223372036854775807 THEN CAST({0} AS HUGEINT) - 18446744073709551616 ELSE CAST({0} AS HUGEINT) END AS BIGINT)",
        ["unit_separator"] = "chr(31)",

        // Texts of cubes (C3, C4).
        ["level"] = "string_split({0}, {1})[{2}]",
        ["level_rest"] = "CASE WHEN len(string_split({0}, {1})) >= {2} THEN array_to_string(string_split({0}, {1})[{2}:], {1}) END",
        ["shift_activity"] = "(({0} & 4611686018427387903) << 1)",
    };
}
