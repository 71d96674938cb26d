-- sessioned: events of D, and those behind D that belong to sessions(D), each with its session (S1, S2, S4, S5); for engines
-- that shuffle rows once and keep them in order. The same sessions as session_map.sql decides from buckets.
-- One row per event, in the order of (actor_id, _chain_at, _is_continuation, occurred_at, event_id), which sessions.sql groups
-- by: _chain_at is where the actor's chain began, _is_continuation what S2's cut made of it, _place counts a session's events
-- from 1. session_id of a session that began before D is yesterday's published one; null where yesterday's published
-- sessions do not cover it (a check stops the run then).
-- Parameters: events (kept events of [start − gap, end + carry_over)), yesterday (sessions(D−1) that run over midnight),
-- gap, start, cut (start + carry_over), end (microseconds), columns, text (type), actor_text and first_event_text, parts
-- (how many the rows are spread over).
WITH
known AS (
  SELECT e.*, y.session_id AS _yesterdays_id
  FROM @together({{events}}, actor_id, {{parts}}) AS e
  LEFT JOIN {{yesterday}} AS y
    ON y.actor_id = e.actor_id AND e.occurred_at > y.started_at AND e.occurred_at <= y.ended_at
      AND e.occurred_at >= {{start}} AND e.occurred_at < {{cut}}
),
linked AS (
  SELECT *, occurred_at - lag(occurred_at) OVER (PARTITION BY actor_id ORDER BY occurred_at, event_id) AS _since
  FROM known
),
chain AS (
  SELECT *,
    max(CASE WHEN _since IS NULL OR _since > {{gap}} THEN occurred_at END)
      OVER (PARTITION BY actor_id ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS _chain_at
  FROM linked
),
piece AS (
  SELECT *, _chain_at < {{start}} AND occurred_at >= {{cut}} AS _is_continuation
  FROM chain
),
begun AS (
  SELECT *,
    row_number() OVER (PARTITION BY actor_id, _chain_at, _is_continuation ORDER BY occurred_at, event_id) AS _place,
    first_value(occurred_at) OVER (
      PARTITION BY actor_id, _chain_at, _is_continuation ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS _started_at,
    first_value(event_id) OVER (
      PARTITION BY actor_id, _chain_at, _is_continuation ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS _first_event_id
  FROM piece
)
SELECT {{columns}}, _chain_at, _is_continuation, _place,
  CASE
    WHEN _chain_at < {{start}} AND NOT _is_continuation THEN _yesterdays_id
    ELSE @session_id(@md5_head({{actor_text}} || @unit_separator() || CAST(_started_at AS {{text}}) || @unit_separator() || {{first_event_text}}))
  END AS session_id
FROM begun
WHERE occurred_at >= {{start}} AND _chain_at < {{end}}
