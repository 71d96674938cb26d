-- anomalies(D): values of metrics(D) that are far from those of the same weekday in the eight weeks before (A7).
-- One row per metric, period, dimension and value. A median is the mean of the middle two of an even number.
-- Parameters: today (metrics(D)); past (rows of metrics of D−7 … D−56: metric, period_days, dimension_key, value_key, value,
-- volume, is_ratio); sensitivity, min_change (doubles), min_volume.
WITH
ranked AS (
  SELECT *,
    count(*) OVER (PARTITION BY metric, period_days, dimension_key, value_key) AS days,
    row_number() OVER (PARTITION BY metric, period_days, dimension_key, value_key ORDER BY value) AS value_rank,
    row_number() OVER (PARTITION BY metric, period_days, dimension_key, value_key ORDER BY volume) AS volume_rank
  FROM {{past}}
  WHERE value IS NOT NULL
),
usual AS (
  SELECT metric, period_days, dimension_key, value_key, days, is_ratio,
    avg(CASE WHEN 2 * value_rank - days BETWEEN 0 AND 2 THEN value END) AS expected,
    avg(CASE WHEN 2 * volume_rank - days BETWEEN 0 AND 2 THEN volume END) AS usual_volume
  FROM ranked
  WHERE days >= 4
  GROUP BY metric, period_days, dimension_key, value_key, days, is_ratio
),
deviating AS (
  SELECT r.metric, r.period_days, r.dimension_key, r.value_key, r.days, u.is_ratio, u.expected, u.usual_volume, abs(r.value - u.expected) AS deviation,
    row_number() OVER (PARTITION BY r.metric, r.period_days, r.dimension_key, r.value_key ORDER BY abs(r.value - u.expected)) AS place
  FROM ranked AS r
  JOIN usual AS u ON u.metric = r.metric AND u.period_days = r.period_days AND u.dimension_key = r.dimension_key AND u.value_key = r.value_key
),
spread AS (
  SELECT metric, period_days, dimension_key, value_key, days, is_ratio, expected, usual_volume,
    greatest(
      {{sensitivity}} * greatest(CAST('1.4826' AS DOUBLE) * avg(CASE WHEN 2 * place - days BETWEEN 0 AND 2 THEN deviation END), CAST('0.01' AS DOUBLE) * abs(expected)),
      {{min_change}} * abs(expected)) AS most
  FROM deviating
  GROUP BY metric, period_days, dimension_key, value_key, days, is_ratio, expected, usual_volume
),
now AS (
  SELECT metric, period_days, coalesce(dimension, '') AS dimension_key, coalesce(dimension_value, '') AS value_key, value,
    CAST(coalesce(denominator, numerator) AS DOUBLE) AS volume
  FROM {{today}} AS published
),
measured AS (
  SELECT metric, period_days, completeness FROM {{today}} AS published WHERE dimension IS NULL
),
compared AS (
  SELECT s.*, CASE WHEN n.metric IS NULL AND NOT s.is_ratio THEN CAST(0 AS DOUBLE) ELSE n.value END AS value,
    greatest(coalesce(n.volume, CAST(0 AS DOUBLE)), s.usual_volume) AS volume
  FROM spread AS s
  LEFT JOIN now AS n ON n.metric = s.metric AND n.period_days = s.period_days AND n.dimension_key = s.dimension_key AND n.value_key = s.value_key
)
SELECT c.metric, c.period_days,
  CASE WHEN c.dimension_key <> '' THEN c.dimension_key END AS dimension,
  CASE WHEN c.dimension_key <> '' THEN c.value_key END AS dimension_value,
  c.value, c.expected, c.expected - c.most AS low, c.expected + c.most AS high, c.days, m.completeness
FROM compared AS c
JOIN measured AS m ON m.metric = c.metric AND m.period_days = c.period_days
WHERE abs(c.value - c.expected) > c.most AND c.volume >= {{min_volume}}
ORDER BY c.metric, c.period_days, dimension NULLS LAST, dimension_value NULLS LAST
