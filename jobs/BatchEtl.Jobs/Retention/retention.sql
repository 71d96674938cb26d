-- retention(D): the cells whose period contains D, from the snapshot actors(D) alone (A4).
-- One row per period, cohort and n. Actors are counted by their first day; so few rows are then spread over the cells.
-- Parameters: actors (of D), days_of_day, days_of_week, days_of_month (masks of the days of D's own period up to D),
-- cells (relation of period, cohort, n, first_day and last_day of the cohort, provisional).
WITH
seen AS (
  SELECT first_seen, count(*) AS size,
    count(*) FILTER (WHERE (activity & {{days_of_day}}) <> 0) AS active_day,
    count(*) FILTER (WHERE (activity & {{days_of_week}}) <> 0) AS active_week,
    count(*) FILTER (WHERE (activity & {{days_of_month}}) <> 0) AS active_month
  FROM {{actors}} AS snapshot
  GROUP BY first_seen
),
counted AS (
  SELECT s.period, s.cohort, s.n, s.provisional, sum(s.size) AS cohort_size, sum(s.active) AS active
  FROM (
    SELECT cells.period, cells.cohort, cells.n, cells.provisional, seen.size,
      CASE cells.period WHEN 'day' THEN seen.active_day WHEN 'week' THEN seen.active_week ELSE seen.active_month END AS active
    FROM seen JOIN {{cells}} AS cells ON seen.first_seen BETWEEN cells.first_day AND cells.last_day) AS s
  GROUP BY s.period, s.cohort, s.n, s.provisional
)
SELECT period, cohort, n, cohort_size, active, CAST(active AS DOUBLE) / CAST(cohort_size AS DOUBLE) AS rate, provisional
FROM counted
ORDER BY period, cohort, n
