-- event_columns(D): for each event name and mapped column the events, and those where it is not null (A8).
-- One row per name and column.
-- Parameters: events (of D), counts (of each column, with names), columns (a list of structs of name and count).
SELECT event_name, c.column_name AS column_name, events, c.filled AS filled
FROM (
  SELECT event_name, events, @flatten({{columns}}) AS c
  FROM (SELECT event_name, count(*) AS events, {{counts}} FROM {{events}} AS e GROUP BY event_name) AS counted) AS listed
ORDER BY event_name, column_name
