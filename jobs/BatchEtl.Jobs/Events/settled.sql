-- settled: which copies of a repeated event_id are duplicates (E4).
-- One row per valid record whose event_id may occur more than once; the rule looks at records, not at survivors.
-- Parameters: candidates (relation of mapped columns), content (columns that order equal instants), horizon (microseconds).
SELECT {{columns}},
  coalesce(occurred_at - lag(occurred_at) OVER (PARTITION BY event_id ORDER BY occurred_at, {{content}}) <= {{horizon}}, false) AS is_duplicate
FROM {{candidates}}
