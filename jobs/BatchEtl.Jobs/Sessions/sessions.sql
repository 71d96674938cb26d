-- sessions(D): one row per session that began on D (S1–S6).
-- Parameters: events (of D and of its carry-over with session_id), wanted (a condition on them), micros (occurred_at as
-- microseconds), id (event_id in the engine's own type), key (columns that a session's events share), session_id (of a
-- group), is_continuation (of its summary), codes (CASE over event_name, one character's code point each), limit of the
-- sequence, event (the relation "event" as the aggregates want it), ends (first and last values), aggregates and attributes
-- (further columns).
WITH
event AS (
  SELECT *, {{micros}} AS t, {{id}} AS id
  FROM {{events}} AS landed
  WHERE {{wanted}}
),
summary AS (
  SELECT {{session_id}} AS session_id,
    any_value(actor_id) AS actor_id,
    min(t) AS first_t,
    max(t) AS last_t,
    count(*) AS events,
    @text_in_order({{codes}}, t, id, {{sequence_limit}}) AS sequence{{ends}}{{aggregates}}
  FROM {{event}} AS in_order
  GROUP BY {{key}}
)
SELECT
  s.session_id,
  s.actor_id,
  @timestamp(s.first_t) AS started_at,
  @timestamp(s.last_t) AS ended_at,
  @floor_div((s.last_t - s.first_t), 1000) AS duration_ms,
  s.events,
  s.events = 1 AS is_bounce,
  {{engaged}} AS is_engaged,
  {{is_continuation}} AS is_continuation,
  s.sequence,
  s.events > {{sequence_limit}} AS sequence_cut,
  {{attributes}}
FROM summary AS s
