using BatchEtl.Core.Sql;

namespace BatchEtl.Spark;

/// <summary>Spark's spelling of what engines spell differently; in texts a backslash is written twice, and counts of patterns as ranges, since one digit in braces is an argument.</summary>
public static class SparkDialect
{
    private const string Number = @"'\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?\\z'";

    /// <summary>All digits, and how many of them stand before the point once the exponent is applied.</summary>
    private const string Digits = "regexp_replace(regexp_replace({0}, '[eE].*$', ''), '[^0-9]', '')";

    private const string Point =
        "(length(regexp_extract({0}, '^[+-]?([0-9]*)', 1)) + coalesce(try_cast(regexp_extract({0}, '[eE]([+-]?[0-9]+)$', 1) AS INT), 0))";

    /// <summary>A number's text without exponent.</summary>
    private const string Plain =
        "(CASE WHEN {0} LIKE '-%' THEN '-' ELSE '' END || CASE WHEN " + Point + " <= 0 THEN '0.' || repeat('0', -" + Point + ") || " + Digits
        + " WHEN " + Point + " >= length(" + Digits + ") THEN " + Digits + " || repeat('0', " + Point + " - length(" + Digits + "))"
        + " ELSE substr(" + Digits + ", 1, " + Point + ") || '.' || substr(" + Digits + ", " + Point + " + 1) END)";

    private const string Iso =
        @"'\\A[0-9]{4,4}-[0-9]{2,2}-[0-9]{2,2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?\\z'";

    /// <summary>The dialect of a version.</summary>
    /// <param name="version">Spark's own, e.g. <c>3.5.7</c>.</param>
    public static Dialect Of(string version)
    {
        var functions = Functions();
        if (!version.StartsWith("3.", StringComparison.Ordinal))
        {
            // From 4.0 on encode() raises on text that is not UTF-8; there is a function that says so.
            functions["is_utf8"] = "is_valid_utf8({0})";
        }

        return new Dialect("spark", functions, new Dictionary<char, string> { ['\''] = "\\'", ['\\'] = "\\\\" });
    }

    private static Dictionary<string, string> Functions() => new()
    {
        ["identifier"] = "`{0}`",

        // Time: instants are BIGINT microseconds inside jobs, timestamps only in published tables.
        ["timestamp"] = "CAST(timestamp_micros({0}) AS TIMESTAMP_NTZ)",
        ["micros"] = "unix_micros(CAST({0} AS TIMESTAMP))",
        ["floor_div"] = "(({0} div {1}) - CASE WHEN {0} % {1} < 0 THEN 1 ELSE 0 END)",
        ["date_of_days"] = "date_add(DATE '1970-01-01', CAST({0} AS INT))",
        ["date_text"] = "CAST({0} AS STRING)",
        ["date_literal"] = "DATE {0}",
        ["is_iso"] = "({0} RLIKE " + Iso + " AND {0} >= '0001')",
        ["iso_local"] =
            "(CAST(unix_date(try_cast(substr({0}, 1, 10) AS DATE)) AS BIGINT) * 86400000000 + CASE WHEN substr({0}, 11, 1) IN ('T', ' ') THEN "
            + "try_cast(substr({0}, 12, 2) AS BIGINT) * 3600000000 + try_cast(substr({0}, 15, 2) AS BIGINT) * 60000000"
            + " + CASE WHEN substr({0}, 17, 1) = ':' THEN try_cast(substr({0}, 18, 2) AS BIGINT) * 1000000"
            + " + CASE WHEN substr({0}, 20, 1) IN ('.', ',') THEN try_cast(rpad(substr(regexp_extract({0}, '[.,]([0-9]+)', 1), 1, 6), 6, '0') AS BIGINT) ELSE 0 END"
            + " ELSE 0 END ELSE 0 END)",
        ["iso_offset"] =
            "(CASE WHEN {0} LIKE '%Z' THEN 0 WHEN substr({0}, 11) RLIKE '[+-]' THEN "
            + "(CASE WHEN substr({0}, 11) LIKE '%-%' THEN -1 ELSE 1 END)"
            + " * (try_cast(substr(regexp_extract({0}, '[+-]([0-9:]+)$', 1), 1, 2) AS BIGINT) * 3600000000"
            + " + coalesce(try_cast(right(regexp_extract({0}, '[+-][0-9]{2,2}(:?[0-9]{2,2})$', 1), 2) AS BIGINT), 0) * 60000000) END)",

        // Values (E1).
        ["is_number"] = "({0} RLIKE " + Number + ")",
        ["number_plain"] = Plain,
        ["is_short_integer"] = @"({0} RLIKE '\\A[+-]?[0-9]{1,18}\\z')",
        ["is_short_decimal"] = @"({0} RLIKE '\\A[+-]?[0-9]{1,15}([.][0-9]{0,{1}})?\\z')",
        ["whole_part"] = @"CASE WHEN {0} RLIKE '\\A[+-]?[0-9]*([.]0*)?\\z' THEN regexp_extract({0}, '^([+-]?)0*([0-9]*)', 1) || coalesce(nullif(regexp_extract({0}, '^[+-]?0*([0-9]*)', 1), ''), '0') END",
        ["text"] = "CAST({0} AS STRING)",
        ["try_cast"] = "try_cast({0} AS {1})",
        ["is_finite"] = "(abs({0}) < CAST('Infinity' AS DOUBLE))",
        ["raw_double"] = "CASE WHEN isnan({0}) THEN 'NaN' WHEN {0} = CAST('Infinity' AS DOUBLE) THEN 'Infinity' WHEN {0} = CAST('-Infinity' AS DOUBLE) THEN '-Infinity' ELSE CAST({0} AS STRING) END",

        // floor and ceil are integers here, without an error where they do not fit.
        ["round_away"] = "CASE WHEN isnan({0}) OR abs({0}) > 9e18 THEN {0} WHEN {0} < 0 THEN CAST(ceil({0} - CAST(0.5 AS DOUBLE)) AS DOUBLE) ELSE CAST(floor({0} + CAST(0.5 AS DOUBLE)) AS DOUBLE) END",

        // Spark itself goes through the shortest text.
        ["double_decimal"] = "try_cast({0} AS {1})",
        ["uuid_text"] = "{0}",
        ["uuid_of_text"] = "lower({0})",
        // Hyphens where they belong, and but for them 32 hexadecimal digits (the zero tells 32 from 31): no pattern is as cheap.
        ["is_uuid"] = "(octet_length({0}) = 36 AND substr({0}, 9, 1) || substr({0}, 14, 1) || substr({0}, 19, 1) || substr({0}, 24, 1) = '----'"
            + " AND coalesce(octet_length(unhex('0' || replace({0}, '-', ''))) = 17, false))",
        ["is_date_text"] = @"({0} RLIKE '\\A[0-9]{4,4}-[0-9]{2,2}-[0-9]{2,2}\\z' AND {0} >= '0001')",
        ["is_utf8"] = "(CAST({0} AS BINARY) = encode({0}, 'UTF-8'))",

        // Aggregates.
        // In the order of (time, id), without aggregates of our own: by a row's place, found once. Aggregates by a struct sort
        // all rows again, and each compares it.
        ["in_order"] = "(SELECT *, row_number() OVER (PARTITION BY {1} ORDER BY {2}, {3}) AS _place FROM {0})",

        // Rows of one key in one partition, in so many: one shuffle for all windows and aggregates that follow.
        ["together"] = "(SELECT /*+ REPARTITION({2}, {1}) */ * FROM {0} AS spread)",
        ["ends_value"] = "struct(min_by({0}, _place) FILTER (WHERE {0} IS NOT NULL) AS f, max_by({0}, _place) FILTER (WHERE {0} IS NOT NULL) AS l)",
        ["ends"] = "array({0})",
        ["first_of"] = "{0}[{1}].f",
        ["last_of"] = "{0}[{1}].l",
        ["text_in_order"] = "array_join(transform(sort_array(collect_list(_place * 128L + {0}) FILTER (WHERE _place <= {3})), x -> chr(x % 128)), '')",
        ["sum_integers"] = "CAST(CAST(sum(shiftright(CAST({0} AS BIGINT), 32)) AS DECIMAL(38,0)) * 4294967296 + sum(CAST({0} AS BIGINT) & 4294967295L) AS DECIMAL(38,0))",
        ["sum_doubles"] = "sum({0})",
        ["collapse_replacement"] = "regexp_replace(decode(CAST({0} AS BINARY), 'UTF-8'), '\uFFFD+', '\uFFFD')",

        ["field"] = "{0} AS {1}",
        ["struct"] = "struct({0})",
        ["list"] = "array({0})",
        // Of the row with the least second argument; where the first is null there, the result is not to be used.
        ["first_by"] = "min_by({0}, {1})",
        ["collect"] = "collect_list({0})",
        ["flatten"] = "explode({0})",
        ["united"] = "array_distinct(flatten(collect_set({0})))",

        // Of a step's rows; they do not change once it is made.
        ["any_number"] = "monotonically_increasing_id()",

        // Ids that may repeat (E4) are found by a narrow key.
        ["repeat_key"] = "xxhash64({0})",

        // NOT IN minds nulls, and so sends the whole list to every executor, however long it is.
        ["none_of"] = "NOT EXISTS (SELECT 1 FROM {2} AS listed WHERE listed.{1} = {0})",

        // Session ids (S4): the first 8 bytes of the MD5 as a signed big-endian integer.
        ["sha256"] = "sha2({0}, 256)",
        ["md5_head"] = "conv(substr(md5({0}), 1, 16), 16, -10)",
        ["session_id"] = "CAST({0} AS BIGINT)",
        ["unit_separator"] = "chr(31)",

        // Texts of cubes (C3, C4).
        ["level"] = @"get(split({0}, '\\Q' || {1} || '\\E'), {2} - 1)",
        ["level_rest"] = @"CASE WHEN size(split({0}, '\\Q' || {1} || '\\E')) >= {2} THEN array_join(slice(split({0}, '\\Q' || {1} || '\\E'), {2}, size(split({0}, '\\Q' || {1} || '\\E'))), {1}) END",
        ["shift_activity"] = "shiftleft({0} & 4611686018427387903, 1)",
    };
}
