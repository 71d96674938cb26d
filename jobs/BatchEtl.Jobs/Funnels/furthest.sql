-- For each actor who gets to a second step and entry day the attempt that gets furthest, among equals the earliest: how many
-- steps it reaches, and after how many microseconds (A5).
-- Parameters: second (actor_id and happened_at of events of the second step), chains (events with actor_id, happened_at, fits_1, the times of later steps, and before: the time of the event before
-- it), entry_day and entry_start (by happened_at), reached (steps within the window), steps (how many there are), time_range
-- (more than any time within a day), took (of later steps), first_took (of the least place).
WITH
seconds AS (
  SELECT actor_id, min(happened_at) AS first_at, max(happened_at) AS last_at FROM ({{second}}) AS s GROUP BY actor_id
),
chained AS (
  {{chains}}
),
attempts AS (
  SELECT actor_id, {{entry_day}} AS entry_day, {{reached}} AS reached, happened_at - {{entry_start}} AS entered{{took}}
  FROM chained
  WHERE fits_1 AND (before IS NULL OR before <> happened_at)
),
placed AS (
  SELECT *, ({{steps}} - reached) * {{time_range}} + entered AS place FROM attempts
)
SELECT actor_id, entry_day, max(reached) AS reached{{first_took}}
FROM placed
GROUP BY actor_id, entry_day
