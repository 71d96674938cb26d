-- cube_<name>(D): measures over the declared rollups of the dimensions (C1–C4).
-- One row per rollup and combination of values; a rolled-up dimension is null, a missing value '(none)'.
-- Everything is rolled up from the finest grain of the raw columns, whose texts are made when there are few left.
-- Parameters: fine (relation of the finest grain: raw dimensions, _rows and measures), dimensions (text expressions with
-- names), dimension_names, measures of the finest grain and rolled up, grouping_id, sets; joins and result columns of the
-- distinct counts (distinct.sql, combinations.sql).
WITH
texts AS (
  SELECT {{dimensions}}, _rows{{measure_names}} FROM {{fine}} AS fine
),
rolled AS (
  SELECT {{dimension_names}}, {{grouping_id}} AS grouping_id, CAST(sum(_rows) AS BIGINT) AS _rows{{rolled_measures}}
  FROM texts
  GROUP BY GROUPING SETS ({{sets}})
  HAVING sum(_rows) > 0
)
SELECT {{result}}
FROM rolled AS r{{distinct_joins}}
ORDER BY {{order}}
