-- A funnel's rows: for each entry day and step its actors, conversion, and how long they took (A5).
-- One row per entry day and step. The nearest rank of p among n is the first whose running count reaches p · n.
-- Parameters: reaching (entry_day, step, took_ms and how many actors took so long), steps (rows of entry_day, step, step_name, provisional),
-- funnel (its name).
WITH
reaching AS (
  SELECT entry_day, step, took_ms, sum(actors) AS actors FROM {{reaching}} GROUP BY entry_day, step, took_ms
),
running AS (
  SELECT entry_day, step, took_ms,
    sum(actors) OVER (PARTITION BY entry_day, step ORDER BY took_ms ROWS UNBOUNDED PRECEDING) AS so_far,
    sum(actors) OVER (PARTITION BY entry_day, step) AS actors
  FROM reaching
),
counted AS (
  SELECT entry_day, step, max(actors) AS actors,
    min(CASE WHEN so_far * 2 >= actors THEN took_ms END) AS median_ms,
    min(CASE WHEN so_far * 10 >= actors * 9 THEN took_ms END) AS p90_ms
  FROM running
  GROUP BY entry_day, step
),
filled AS (
  SELECT s.entry_day, s.step, s.step_name, s.provisional, coalesce(c.actors, 0) AS actors, c.median_ms, c.p90_ms
  FROM (SELECT * FROM (VALUES {{steps}}) AS listed(entry_day, step, step_name, provisional)) AS s
  LEFT JOIN counted AS c ON c.entry_day = s.entry_day AND c.step = s.step
),
beside AS (
  SELECT *,
    lag(actors) OVER (PARTITION BY entry_day ORDER BY step) AS previous,
    first_value(actors) OVER (PARTITION BY entry_day ORDER BY step) AS entered
  FROM filled
)
SELECT {{funnel}} AS funnel, entry_day, step, step_name, CAST(actors AS BIGINT) AS actors,
  CASE WHEN previous > 0 THEN CAST(actors AS DOUBLE) / CAST(previous AS DOUBLE) END AS conversion_from_previous,
  CASE WHEN entered > 0 THEN CAST(actors AS DOUBLE) / CAST(entered AS DOUBLE) END AS conversion_from_first,
  median_ms, p90_ms, provisional
FROM beside
