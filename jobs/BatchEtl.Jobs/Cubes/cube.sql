-- cube_<name>(D): measures over the declared rollups of the dimensions (C1–C4).
-- One row per rollup and combination of values; a rolled-up dimension is null, a missing value '(none)'.
-- Everything but distinct counts is rolled up from the finest grain; distinct counts from the distinct pairs.
-- Parameters: source, dimensions (text expressions with names), measures at the finest grain and rolled up, sets, bits.
-- The source stands inline where it is read: engines keep a step that is used twice, and this one is as long as the table.
WITH
fine AS (
  SELECT {{dimensions}}, count(*) AS _rows{{fine_measures}}
  FROM {{source}}
  GROUP BY {{dimensions}}
),
rolled AS (
  SELECT {{dimensions}}, {{grouping_id}} AS grouping_id, CAST(sum(_rows) AS BIGINT) AS _rows{{rolled_measures}}
  FROM fine
  GROUP BY GROUPING SETS ({{sets}})
  HAVING sum(_rows) > 0
){{distinct_steps}}
SELECT {{result}}
FROM rolled AS r{{distinct_joins}}
ORDER BY {{order}}
