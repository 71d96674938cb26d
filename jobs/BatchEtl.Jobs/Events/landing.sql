-- landing: what the landed files hold, by file, judgement and time (E3, E7, P3), with the rejects and the ids that may repeat.
-- One row per file, reason, exclusion and stretch of time; the lists are small.
-- Parameters: judged (relation of LandedRecords.Judged), start of the day, unit of time, inside (may matter to D),
-- before_history, all in microseconds; lists (further aggregates).
SELECT _file_index, _reason, _excluded, _before, _inside, _stretch,
  count(*) AS records{{lists}}
FROM (
  SELECT *,
    CASE WHEN _reason IS NULL THEN @floor_div((occurred_at - {{start}}), {{unit}}) END AS _stretch,
    _reason IS NULL AND {{inside}} AS _inside,
    _reason IS NULL AND {{before_history}} AS _before
  FROM {{judged}}
) AS placed
GROUP BY 1, 2, 3, 4, 5, 6
