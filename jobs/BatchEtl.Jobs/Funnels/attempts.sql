-- How many actors reach each step of a funnel on each entry day, and after how many milliseconds, by an aggregate of the engine (A5).
-- One row per entry day, step and time.
-- Parameters: fitting (events that fit a step: actor_id, id, happened_at, steps as the aggregate wants them), count (how many steps
-- there are), window (microseconds), took_range (more than any milliseconds), entry_day (by place).
WITH
followed AS (
  SELECT actor_id, @furthest_attempts(CAST(steps AS BIGINT), happened_at, id, {{count}}, {{window}}) AS attempts
  FROM ({{fitting}}) AS fitting
  GROUP BY actor_id
),
reached AS (
  SELECT reached, count(*) AS actors FROM (SELECT @flatten(attempts) AS reached FROM followed) AS f GROUP BY reached
),
placed AS (
  SELECT @floor_div(reached, {{took_range}}) AS place, reached % {{took_range}} AS took_ms, actors FROM reached
)
SELECT {{entry_day}} AS entry_day, CAST(place % {{count}} + 1 AS INTEGER) AS step, took_ms, actors FROM placed
