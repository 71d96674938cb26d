-- events(D) and the part of sessions(D) that runs on behind D: kept events with their session_id (S5).
-- Parameters: events (kept events of a window), session_map, gap, cut (microseconds), columns, wanted (a further condition).
SELECT {{columns}}
FROM {{events}} AS e
LEFT JOIN {{session_map}} AS m
  ON m.actor_id = e.actor_id
  AND m.place = @floor_div(e.occurred_at, {{gap}}) * 2 + CASE WHEN e.occurred_at < {{cut}} THEN 0 ELSE 1 END
WHERE {{wanted}}
