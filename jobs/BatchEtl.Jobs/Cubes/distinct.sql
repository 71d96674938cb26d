-- distinct counts of a cube's measure: how many values the source has in each rollup and combination of dimensions (C2, C3).
-- Sets of numbers, one number for each value, are gathered at the finest grain and united for the rollups.
-- Parameters: raw_dimensions (columns), source (relation with those and counted), numbers (value → number), wanted (a
-- condition on number: passes over disjoint values add up), dimensions (text expressions with names), dimension_names,
-- grouping_id, sets.
WITH
fine AS (
  SELECT {{raw_dimensions}}, @number_bucket(number) AS bucket, @number_set(@number_position(number)) AS numbers
  FROM (SELECT source.*, n.number FROM {{source}} JOIN {{numbers}} AS n ON n.value = source.counted) AS numbered
  WHERE {{wanted}}
  GROUP BY {{raw_dimensions}}, bucket
),
texts AS (
  SELECT {{dimensions}}, bucket, numbers FROM fine
),
rolled AS (
  SELECT {{dimension_names}}, {{grouping_id}} AS grouping_id, bucket, @number_union(numbers) AS numbers
  FROM texts
  GROUP BY GROUPING SETS ({{sets}})
)
SELECT {{dimension_names}}, grouping_id, CAST(sum(@number_count(numbers)) AS BIGINT) AS counted
FROM rolled
GROUP BY {{dimension_names}}, grouping_id
