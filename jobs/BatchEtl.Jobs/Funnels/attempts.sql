-- How many actors reach each step of funnels on each entry day, and after how many milliseconds, by an aggregate of the engine (A5).
-- One row per funnel, entry day, step and time.
-- Parameters: fitting (events that fit a step: actor, id, happened_at, steps as the aggregate wants them), shapes (what the funnels are,
-- for the aggregate), took_range (more than any milliseconds), places (rows of place, funnel, entry_day, step).
WITH
followed AS (
  SELECT actor, @furthest_attempts(CAST(steps AS BIGINT), happened_at, id, {{shapes}}) AS attempts
  FROM ({{fitting}}) AS fitting
  GROUP BY actor
),
reached AS (
  SELECT reached, count(*) AS actors FROM (SELECT @flatten(attempts) AS reached FROM followed) AS f GROUP BY reached
),
placed AS (
  SELECT @floor_div(reached, {{took_range}}) AS place, reached % {{took_range}} AS took_ms, actors FROM reached
)
SELECT p.funnel, p.entry_day, CAST(p.step AS INTEGER) AS step, took_ms, actors
FROM placed
JOIN (VALUES {{places}}) AS p(place, funnel, entry_day, step) ON p.place = placed.place
