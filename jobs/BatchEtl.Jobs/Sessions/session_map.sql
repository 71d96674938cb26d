-- session_map: the session of each bucket (S1, S2, S4, S5).
-- One row per actor and place (bucket * 2, + 1 behind yesterday's cut) with events of D or of sessions(D). session_id of a
-- session that began before D is yesterday's published one; null where yesterday's published sessions do not cover it (a
-- check stops the run then). is_open: the session's events lie in more than one slice.
-- Parameters: buckets (of several slices: they may overlap), yesterday (sessions(D−1) that run over midnight: actor_id,
-- started_at, ended_at as microseconds, session_id), gap, start (microseconds).
WITH
edge AS (
  SELECT *,
    max(last_at) OVER (PARTITION BY actor_id ORDER BY first_at, last_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_at
  FROM {{buckets}}
),
chain AS (
  SELECT *,
    max(CASE WHEN previous_at IS NULL OR first_at - previous_at > {{gap}} THEN first_at END)
      OVER (PARTITION BY actor_id ORDER BY first_at, last_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS chain_at
  FROM edge
),
piece AS (
  SELECT slice, actor_id, bucket * 2 + CASE WHEN segment = 2 THEN 1 ELSE 0 END AS place, segment, first_at, first_event_id, chain_at,
    chain_at < {{start}} AND segment = 2 AS is_continuation,
    chain_at < {{start}} AND segment < 2 AS is_yesterdays
  FROM chain
),
begun AS (
  SELECT actor_id, chain_at, is_continuation,
    min(first_at) AS started_at,
    @first_event(first_at, first_event_id) AS first_event_id,
    min(slice) < max(slice) AS is_open
  FROM piece
  WHERE NOT is_yesterdays
  GROUP BY 1, 2, 3
),
named AS (
  SELECT actor_id, chain_at, is_continuation, started_at, is_open,
    @md5_head({{actor_text}} || @unit_separator() || CAST(started_at AS {{text}}) || @unit_separator() || {{first_event_text}}) AS head
  FROM begun
)
SELECT DISTINCT p.actor_id, p.place, p.is_continuation, n.started_at, n.is_open,
  @session_id(n.head) AS session_id
FROM piece AS p
JOIN named AS n ON n.actor_id = p.actor_id AND n.chain_at = p.chain_at AND n.is_continuation = p.is_continuation
WHERE NOT p.is_yesterdays
UNION ALL
SELECT DISTINCT p.actor_id, p.place, false, y.started_at, false, y.session_id
FROM piece AS p
LEFT JOIN {{yesterday}} AS y ON y.actor_id = p.actor_id AND p.first_at > y.started_at AND p.first_at <= y.ended_at
WHERE p.is_yesterdays AND p.segment = 1
