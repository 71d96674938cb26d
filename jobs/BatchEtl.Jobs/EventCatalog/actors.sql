-- How many actors have an event of each name on D, for names that are few enough to be bits of a number (A8).
-- One row per name. An actor's names are gathered first, so that there are no more groups than actors.
-- Parameters: events (of D), names (relation of event_name and bit).
SELECT n.event_name, sum(m.actors) AS actors
FROM (
  SELECT bits, count(*) AS actors
  FROM (SELECT e.actor_id, bit_or(n.bit) AS bits FROM {{events}} AS e JOIN {{names}} AS n ON n.event_name = e.event_name GROUP BY e.actor_id) AS by_actor
  GROUP BY bits) AS m
JOIN {{names}} AS n ON (m.bits & n.bit) <> 0
GROUP BY n.event_name
