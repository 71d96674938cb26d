-- event_catalog(D): every event name ever seen, as of the end of D (A8).
-- One row per name. activity's bit 0 is D; yesterday's bits move up by one and the 63rd falls off.
-- Parameters: hours (the step that hours.sql made), actors (how many by name: actors.sql, or by distinct pairs), before (event_catalog(D−1), or a relation of no rows), day (date literal),
-- week_before (mask of the 7 days before D), four_weeks_before (mask of the 28 days before D), unknown ('new', or null at history_start).
WITH
actors AS (
  {{actors}}
),
today AS (
  SELECT h.event_name, h.events, a.actors, h.hours
  FROM (SELECT event_name, sum(events) AS events, count(*) AS hours FROM {{hours}} GROUP BY event_name) AS h
  JOIN actors AS a ON a.event_name = h.event_name
),
before AS (
  SELECT event_name, first_seen, last_seen, @shift_activity(activity) AS activity FROM {{before}} AS published
)
SELECT
  coalesce(t.event_name, b.event_name) AS event_name,
  coalesce(b.first_seen, {{day}}) AS first_seen,
  CASE WHEN t.event_name IS NOT NULL THEN {{day}} ELSE b.last_seen END AS last_seen,
  coalesce(t.events, 0) AS events,
  coalesce(t.actors, 0) AS actors,
  coalesce(t.hours, 0) AS hours,
  CASE WHEN t.event_name IS NOT NULL THEN 1 ELSE 0 END + coalesce(b.activity, 0) AS activity,
  CASE
    WHEN b.event_name IS NULL THEN {{unknown}}
    WHEN t.event_name IS NULL AND (b.activity & {{week_before}}) = {{week_before}} THEN 'missing'
    WHEN t.event_name IS NOT NULL AND (b.activity & {{four_weeks_before}}) = 0 THEN 'returned'
  END AS state
FROM before AS b
FULL OUTER JOIN today AS t ON t.event_name = b.event_name
ORDER BY event_name
