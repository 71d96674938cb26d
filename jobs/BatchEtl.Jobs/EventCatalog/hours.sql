-- Events of D by name and hour of the day (A8).
-- One row per name and hour that holds one.
-- Parameters: events (of D), start (microseconds), hour (microseconds).
SELECT event_name, @floor_div((@micros(occurred_at) - {{start}}), {{hour}}) AS hour, count(*) AS events
FROM {{events}} AS e
GROUP BY 1, 2
