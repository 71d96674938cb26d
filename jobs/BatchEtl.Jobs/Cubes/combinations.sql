-- distinct counts of a cube's measure, for engines without sets of numbers: the same rows as distinct.sql (C2, C3).
-- Each value gathers the groups (a rollup and its combination of values, as a number) that it occurs in, each once; nothing
-- but numbers is multiplied by the rollups. A group's number has 31 bits of grouping_id (C3) and 32 bits of its place there.
-- Parameters: fine (the cube's finest grain: raw dimensions with _id), raw_dimensions (columns), source (relation with those
-- and counted), same (whether a row of source is of a row of fine), dimensions (text expressions with names),
-- dimension_names, grouping_id, sets (with _id).
WITH
texts AS (
  SELECT _id, {{dimensions}} FROM {{fine}}
),
rolled AS (
  SELECT _id, {{dimension_names}}, {{grouping_id}} AS grouping_id
  FROM texts
  GROUP BY GROUPING SETS ({{sets}})
),
numbered AS (
  SELECT *, CAST(grouping_id AS BIGINT) * 4294967296 + dense_rank() OVER (PARTITION BY grouping_id ORDER BY {{dimension_names}}) AS _group
  FROM rolled
),
member AS (
  SELECT {{raw_dimensions}}, g._groups
  FROM {{fine}} AS f
  JOIN (SELECT _id, @collect(_group) AS _groups FROM numbered GROUP BY _id) AS g ON g._id = f._id
),
found AS (
  SELECT @flatten(@united(_groups)) AS _group
  FROM (SELECT source.counted, member._groups FROM {{source}} JOIN member ON {{same}} WHERE source.counted IS NOT NULL) AS occurring
  GROUP BY counted
)
SELECT {{dimension_names}}, grouping_id, t.counted
FROM (SELECT _group, count(*) AS counted FROM found GROUP BY _group) AS t
JOIN (SELECT DISTINCT _group, {{dimension_names}}, grouping_id FROM numbered) AS n ON n._group = t._group
