-- distinct counts of a cube's measure, for engines without sets of numbers: the same rows as distinct.sql (C2, C3).
-- Each value is taken once for the dimensions that it occurs with, then once for each rollup of them.
-- Parameters: raw_dimensions (columns), source (relation with those and counted), dimensions (text expressions with names),
-- dimension_names, grouping_id, sets (with counted).
WITH
fine AS (
  SELECT DISTINCT {{raw_dimensions}}, counted FROM {{source}} WHERE counted IS NOT NULL
),
texts AS (
  SELECT {{dimensions}}, counted FROM fine
),
once AS (
  SELECT {{dimension_names}}, {{grouping_id}} AS grouping_id, counted
  FROM texts
  GROUP BY GROUPING SETS ({{sets}})
)
SELECT {{dimension_names}}, grouping_id, count(*) AS counted
FROM once
GROUP BY {{dimension_names}}, grouping_id
