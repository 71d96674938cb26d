-- metrics(D): the rows of A6, from numbers (metric, period_days, dimension, dimension_value, numerator, denominator, days_read).
-- One row per metric, period, dimension and value; for the whole product the last two are null.
-- Parameters: numbers; previous_1/7/28 (metrics as published so many days before, or relations of no rows);
-- completeness and history_complete (CASE over days_read).
WITH
valued AS (
  SELECT *,
    CASE
      WHEN denominator IS NULL THEN CAST(numerator AS DOUBLE)
      WHEN denominator <> 0 THEN CAST(numerator AS DOUBLE) / CAST(denominator AS DOUBLE)
    END AS value,
    coalesce(dimension, '') AS dimension_key,
    coalesce(dimension_value, '') AS value_key
  FROM {{numbers}}
)
SELECT n.metric, n.period_days, n.dimension, n.dimension_value, n.value, n.numerator, n.denominator,
  p1.value AS value_1d_before, p7.value AS value_7d_before, p28.value AS value_28d_before,
  {{completeness}} AS completeness,
  {{history_complete}} AS history_complete
FROM valued AS n
LEFT JOIN {{previous_1}} AS p1
  ON p1.metric = n.metric AND p1.period_days = n.period_days AND coalesce(p1.dimension, '') = n.dimension_key AND coalesce(p1.dimension_value, '') = n.value_key
LEFT JOIN {{previous_7}} AS p7
  ON p7.metric = n.metric AND p7.period_days = n.period_days AND coalesce(p7.dimension, '') = n.dimension_key AND coalesce(p7.dimension_value, '') = n.value_key
LEFT JOIN {{previous_28}} AS p28
  ON p28.metric = n.metric AND p28.period_days = n.period_days AND coalesce(p28.dimension, '') = n.dimension_key AND coalesce(p28.dimension_value, '') = n.value_key
ORDER BY n.metric, n.period_days, n.dimension NULLS LAST, n.dimension_value NULLS LAST
