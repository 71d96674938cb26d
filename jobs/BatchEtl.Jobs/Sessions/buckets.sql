-- buckets: events of one actor that lie less than one gap apart are one session, so a coarser grain decides sessions (S1).
-- One row per slice of the landed files, actor, stretch of one gap's length, and segment: 0 before the day, 1 up to the cut
-- of yesterday's sessions (start(D) + carry_over, S2), 2 behind it. Records of repeated ids come along as they are: they
-- are settled (E4) before they count here.
-- Parameters: events (relation of mapped columns with kept_at, the time of events that count), slice, gap, start, cut
-- (microseconds), repeated (a list of the records of repeated ids, where they are still to be settled).
SELECT
  CAST({{slice}} AS INTEGER) AS slice,
  actor_id,
  @floor_div(occurred_at, {{gap}}) AS bucket,
  CASE WHEN occurred_at < {{start}} THEN 0 WHEN occurred_at < {{cut}} THEN 1 ELSE 2 END AS segment,
  min(kept_at) AS first_at,
  max(kept_at) AS last_at,
  @first_event(kept_at, event_id) AS first_event_id{{repeated}}
FROM {{events}}
GROUP BY 2, 3, 4
