-- actors(D): every actor ever seen, as of the end of D (A1).
-- One row per actor. activity's bit 0 is D; yesterday's bits move up by one and the 63rd falls off.
-- Parameters: events (of D), before (actors(D−1), or a relation of no rows), day (date literal), last values.
WITH
today AS (
  SELECT actor_id, {{last_aggregates}}
  FROM (SELECT *, @micros(occurred_at) AS t FROM {{events}} AS landed) AS event
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
FROM today AS t
FULL OUTER JOIN before AS b ON b.actor_id = t.actor_id
ORDER BY actor_id
