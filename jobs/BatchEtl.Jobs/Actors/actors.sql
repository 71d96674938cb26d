-- actors(D): every actor ever seen, as of the end of D (A1).
-- One row per actor. activity's bit 0 is D; yesterday's bits move up by one and the 63rd falls off.
-- A session that lies wholly inside D stands for its events; only of sessions over midnight are the events read, so that
-- a tenth of the rows decide the same.
-- Parameters: events (of D), sessions (of D), sessions_before (of D−1), start, end (microseconds), before (actors(D−1), or a relation of no rows),
-- day (date literal), piece (the relation "piece" as ends wants it), ends (of the columns' values in order), last values and the columns they are taken from.
WITH
whole AS (
  SELECT session_id, actor_id, @micros(started_at) AS started_at, {{session_columns}}
  FROM {{sessions}} AS published
  WHERE @micros(ended_at) < {{end}}
),
piece AS (
  SELECT actor_id, started_at AS happened_at, '' AS id, {{names}} FROM whole
  UNION ALL
  SELECT actor_id, @micros(occurred_at) AS happened_at, event_id AS id, {{event_columns}}
  FROM {{events}} AS landed
  WHERE session_id IN (
    SELECT session_id FROM {{sessions_before}} AS published WHERE @micros(ended_at) >= {{start}}
    UNION ALL
    SELECT session_id FROM {{sessions}} AS published WHERE @micros(ended_at) >= {{end}})
),
today AS (
  SELECT actor_id{{ends}}
  FROM {{piece}} AS in_order
  GROUP BY actor_id
),
before AS (
  SELECT actor_id, first_seen, last_seen, @shift_activity(activity) AS activity, {{last_names}} FROM {{before}} AS published
)
SELECT
  coalesce(t.actor_id, b.actor_id) AS actor_id,
  coalesce(b.first_seen, {{day}}) AS first_seen,
  CASE WHEN t.actor_id IS NOT NULL THEN {{day}} ELSE b.last_seen END AS last_seen,
  CASE WHEN t.actor_id IS NOT NULL THEN 1 ELSE 0 END + coalesce(b.activity, 0) AS activity,
  {{last_values}}
FROM before AS b
FULL OUTER JOIN today AS t ON t.actor_id = b.actor_id
ORDER BY actor_id
