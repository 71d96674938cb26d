-- The tables of the demo marketplace for the first day of history, as one writes them at first: each table one statement
-- over views, window functions over whole rows, count(DISTINCT), ordered aggregates. What ours are measured against.
-- landed_1, landed_2, landed_3: the landed files of each schema, with their path as file. Statements end with ";".

CREATE TEMPORARY VIEW landed AS
SELECT event_id, event_name, CASE WHEN abs(occurred_at) < 300000000000000 THEN occurred_at * 1000 END AS occurred_at, occurred_at AS landed_time,
  device_id, user_id, country, platform, source, category, page, CAST(NULL AS STRING) AS app_version,
  CAST(price AS DECIMAL(19,2)) AS price, CAST(price AS STRING) AS landed_price, quantity, file FROM landed_1
UNION ALL
SELECT event_id, event_name, occurred_at, occurred_at, device_id, user_id, country, platform, source, category, page, app_version,
  CAST(price AS DECIMAL(19,2)), CAST(price AS STRING), quantity, file FROM landed_2
UNION ALL
SELECT event_id, event_name, occurred_at, occurred_at, device_id, user_id, country, platform, source, category, page, app_version,
  CAST(price AS DECIMAL(19,2)), CAST(price AS STRING), quantity, file FROM landed_3;

CREATE TEMPORARY VIEW judged AS
SELECT lower(event_id) AS event_id, event_name, occurred_at, lower(device_id) AS actor_id, user_id, country, platform, source,
  nullif(category, '') AS category, page, app_version, price, CAST(quantity AS BIGINT) AS quantity, file,
  CASE
    WHEN nullif(event_id, '') IS NULL THEN 'no_id'
    WHEN nullif(event_name, '') IS NULL THEN 'no_name'
    WHEN landed_time IS NULL THEN 'no_time'
    WHEN occurred_at IS NULL OR occurred_at < -62135596800000000 OR occurred_at >= 253402300800000000 THEN 'bad_time'
    WHEN nullif(device_id, '') IS NULL THEN 'no_actor'
    WHEN NOT event_id RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN 'bad_value'
    WHEN NOT device_id RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN 'bad_value'
    WHEN landed_price IN ('NaN', 'Infinity', '-Infinity') OR landed_price IS NOT NULL AND price IS NULL THEN 'bad_value'
    WHEN occurred_at < folder - 259200000000 THEN 'too_late'
    WHEN occurred_at >= folder + 3600000000 + 600000000 THEN 'future'
  END AS reason,
  CASE
    WHEN nullif(event_id, '') IS NULL OR NOT event_id RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN event_id
    WHEN landed_time IS NULL OR occurred_at IS NULL THEN CAST(landed_time AS STRING)
    WHEN nullif(device_id, '') IS NULL OR NOT device_id RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN device_id
    ELSE coalesce(landed_price, CAST(landed_time AS STRING))
  END AS raw
FROM (
  SELECT *, unix_micros(to_timestamp(concat(regexp_extract(file, '([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{2})/[^/]*$', 1), ' ', regexp_extract(file, '([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{2})/[^/]*$', 2), ':00:00'))) AS folder
  FROM landed) AS placed;

INSERT OVERWRITE DIRECTORY '{out}/rejects' USING parquet OPTIONS (compression 'zstd')
SELECT reason, raw AS raw_value, file FROM judged WHERE reason IS NOT NULL ORDER BY file;

CREATE TEMPORARY VIEW deduplicated AS
SELECT * FROM (
  SELECT *, coalesce(occurred_at - lag(occurred_at) OVER (
    PARTITION BY event_id ORDER BY occurred_at, event_name, actor_id, user_id, country, platform, source, category, page, app_version, price, quantity) <= 3600000000, false) AS is_duplicate
  FROM judged
  WHERE reason IS NULL AND NOT coalesce(platform = 'bot', false) AND occurred_at >= {start} AND occurred_at < {end} + 14400000000) AS marked
WHERE NOT is_duplicate;

CREATE TEMPORARY VIEW numbered AS
SELECT *, sum(begins) OVER (PARTITION BY actor_id ORDER BY occurred_at, event_id) AS number
FROM (
  SELECT *, CASE WHEN occurred_at - lag(occurred_at) OVER (PARTITION BY actor_id ORDER BY occurred_at, event_id) <= 1800000000 THEN 0 ELSE 1 END AS begins
  FROM deduplicated) AS marked;

INSERT OVERWRITE DIRECTORY '{out}/all_events' USING parquet OPTIONS (compression 'zstd')
SELECT event_id, event_name, CAST(timestamp_micros(occurred_at) AS TIMESTAMP_NTZ) AS occurred_at, actor_id, user_id,
  CAST(conv(substr(md5(concat(actor_id, chr(31), started_at, chr(31), first_event_id)), 1, 16), 16, -10) AS BIGINT) AS session_id,
  started_at, country, platform, source, category, page, app_version, price, quantity
FROM (
  SELECT *, first_value(occurred_at) OVER s AS started_at, first_value(event_id) OVER s AS first_event_id
  FROM numbered
  WINDOW s AS (PARTITION BY actor_id, number ORDER BY occurred_at, event_id)) AS begun;

CREATE TEMPORARY VIEW all_events USING parquet OPTIONS (path '{out}/all_events');

INSERT OVERWRITE DIRECTORY '{out}/events' USING parquet OPTIONS (compression 'zstd')
SELECT event_id, event_name, occurred_at, actor_id, user_id, session_id, country, platform, source, category, page, app_version, price, quantity
FROM all_events WHERE occurred_at < CAST(timestamp_micros({end}) AS TIMESTAMP_NTZ);

CREATE TEMPORARY VIEW events USING parquet OPTIONS (path '{out}/events');

INSERT OVERWRITE DIRECTORY '{out}/sessions' USING parquet OPTIONS (compression 'zstd')
SELECT session_id, any_value(actor_id) AS actor_id, min(occurred_at) AS started_at, max(occurred_at) AS ended_at,
  (max(unix_micros(CAST(occurred_at AS TIMESTAMP))) - min(unix_micros(CAST(occurred_at AS TIMESTAMP)))) div 1000 AS duration_ms,
  count(*) AS events, count(*) = 1 AS is_bounce,
  max(unix_micros(CAST(occurred_at AS TIMESTAMP))) - min(unix_micros(CAST(occurred_at AS TIMESTAMP))) >= 10000000
    OR count(*) FILTER (WHERE event_name IN ('page_view', 'item_view')) >= 2
    OR count(*) FILTER (WHERE event_name IN ('purchase', 'item_listed')) > 0 AS is_engaged,
  false AS is_continuation,
  array_join(transform(slice(array_sort(collect_list(struct(occurred_at, event_id,
    CASE event_name WHEN 'page_view' THEN 'v' WHEN 'search' THEN 's' WHEN 'item_view' THEN 'i' WHEN 'add_to_cart' THEN 'a'
      WHEN 'checkout' THEN 'c' WHEN 'purchase' THEN 'b' WHEN 'item_listed' THEN 'l' WHEN 'message_sent' THEN 'm' ELSE '.' END AS code))), 1, 4096), x -> x.code), '') AS sequence,
  count(*) > 4096 AS sequence_cut,
  min_by(user_id, struct(occurred_at, event_id)) FILTER (WHERE user_id IS NOT NULL) AS first_user_id,
  max_by(user_id, struct(occurred_at, event_id)) FILTER (WHERE user_id IS NOT NULL) AS last_user_id,
  count(*) FILTER (WHERE event_name IN ('page_view', 'item_view')) AS count_views,
  count(*) FILTER (WHERE event_name = 'search') AS count_searches,
  count(*) FILTER (WHERE event_name = 'add_to_cart') AS count_carts,
  count(*) FILTER (WHERE event_name = 'purchase') AS count_orders,
  min_by(country, struct(occurred_at, event_id)) FILTER (WHERE country IS NOT NULL) AS first_country,
  max_by(country, struct(occurred_at, event_id)) FILTER (WHERE country IS NOT NULL) AS last_country,
  min_by(platform, struct(occurred_at, event_id)) FILTER (WHERE platform IS NOT NULL) AS first_platform,
  max_by(platform, struct(occurred_at, event_id)) FILTER (WHERE platform IS NOT NULL) AS last_platform,
  min_by(source, struct(occurred_at, event_id)) FILTER (WHERE source IS NOT NULL) AS first_source,
  max_by(source, struct(occurred_at, event_id)) FILTER (WHERE source IS NOT NULL) AS last_source,
  min_by(category, struct(occurred_at, event_id)) FILTER (WHERE category IS NOT NULL) AS first_category,
  max_by(category, struct(occurred_at, event_id)) FILTER (WHERE category IS NOT NULL) AS last_category,
  min_by(page, struct(occurred_at, event_id)) FILTER (WHERE page IS NOT NULL) AS first_page,
  max_by(page, struct(occurred_at, event_id)) FILTER (WHERE page IS NOT NULL) AS last_page,
  min_by(app_version, struct(occurred_at, event_id)) FILTER (WHERE app_version IS NOT NULL) AS first_app_version,
  max_by(app_version, struct(occurred_at, event_id)) FILTER (WHERE app_version IS NOT NULL) AS last_app_version,
  sum(price) AS sum_price, CAST(sum(quantity) AS DECIMAL(38,0)) AS sum_quantity
FROM all_events
WHERE started_at < {end}
GROUP BY session_id;

CREATE TEMPORARY VIEW sessions USING parquet OPTIONS (path '{out}/sessions');

INSERT OVERWRITE DIRECTORY '{out}/cube_traffic' USING parquet OPTIONS (compression 'zstd')
SELECT country, platform, source, CAST(grouping_id() AS INT) AS grouping_id, count(*) AS events, count(DISTINCT actor_id) AS actors, count(DISTINCT user_id) AS users
FROM (SELECT coalesce(country, '(none)') AS country, coalesce(platform, '(none)') AS platform, coalesce(source, '(none)') AS source, actor_id, user_id FROM events) AS e
GROUP BY CUBE (country, platform, source);

INSERT OVERWRITE DIRECTORY '{out}/cube_catalog' USING parquet OPTIONS (compression 'zstd')
SELECT event_name, platform, department, shelf, CAST(grouping_id() AS INT) AS grouping_id, count(*) AS events, count(DISTINCT actor_id) AS actors,
  sum(price) AS value, CAST(sum(quantity) AS DECIMAL(38,0)) AS items, min(price) AS cheapest, max(price) AS dearest
FROM (
  SELECT event_name, coalesce(platform, '(none)') AS platform, coalesce(split_part(category, '/', 1), '(none)') AS department,
    coalesce(nullif(substring_index(category, '/', -1), category), '(none)') AS shelf, actor_id, price, quantity FROM events) AS e
GROUP BY GROUPING SETS ((event_name, platform, department, shelf), (event_name), (event_name, department), (event_name, department, shelf), (platform), ());

INSERT OVERWRITE DIRECTORY '{out}/cube_visits' USING parquet OPTIONS (compression 'zstd')
SELECT first_source, first_platform, is_engaged, CAST(grouping_id() AS INT) AS grouping_id, count(*) AS sessions, count(DISTINCT actor_id) AS actors,
  sum(events) AS events, sum(count_orders) AS orders, sum(CASE WHEN is_bounce THEN 1 ELSE 0 END) AS bounces, max(duration_ms) AS longest_ms
FROM (
  SELECT coalesce(first_source, '(none)') AS first_source, coalesce(first_platform, '(none)') AS first_platform, CAST(is_engaged AS STRING) AS is_engaged,
    actor_id, events, count_orders, is_bounce, duration_ms FROM sessions) AS s
GROUP BY GROUPING SETS ((first_source, first_platform, is_engaged), (first_source), (first_platform), ());

INSERT OVERWRITE DIRECTORY '{out}/actors' USING parquet OPTIONS (compression 'zstd')
SELECT actor_id, DATE '2026-03-27' AS first_seen, DATE '2026-03-27' AS last_seen,
  max_by(user_id, struct(occurred_at, event_id)) FILTER (WHERE user_id IS NOT NULL) AS user_id, 1L AS activity,
  max_by(platform, struct(occurred_at, event_id)) FILTER (WHERE platform IS NOT NULL) AS last_platform,
  max_by(country, struct(occurred_at, event_id)) FILTER (WHERE country IS NOT NULL) AS last_country
FROM events
GROUP BY actor_id
ORDER BY actor_id;

CREATE TEMPORARY VIEW actors USING parquet OPTIONS (path '{out}/actors');

CREATE TEMPORARY VIEW numbers AS
SELECT 'actors' AS family, CAST(NULL AS STRING) AS dimension, CAST(NULL AS STRING) AS dimension_value, count(*) AS a, CAST(NULL AS BIGINT) AS b, CAST(NULL AS BIGINT) AS c, CAST(NULL AS BIGINT) AS d, CAST(NULL AS BIGINT) AS e, CAST(NULL AS DECIMAL(38,2)) AS money FROM actors
UNION ALL SELECT 'actors', 'platform', coalesce(last_platform, '(none)'), count(*), NULL, NULL, NULL, NULL, NULL FROM actors GROUP BY 3
UNION ALL SELECT 'actors', 'country', coalesce(last_country, '(none)'), count(*), NULL, NULL, NULL, NULL, NULL FROM actors GROUP BY 3
UNION ALL SELECT 'events', NULL, NULL, count(*), count(DISTINCT actor_id), count(*) FILTER (WHERE event_name = 'purchase'), count(DISTINCT CASE WHEN event_name = 'purchase' THEN actor_id END), NULL, sum(CASE WHEN event_name = 'purchase' THEN price END) FROM events
UNION ALL SELECT 'events', 'platform', coalesce(platform, '(none)'), count(*), count(DISTINCT actor_id), count(*) FILTER (WHERE event_name = 'purchase'), count(DISTINCT CASE WHEN event_name = 'purchase' THEN actor_id END), NULL, sum(CASE WHEN event_name = 'purchase' THEN price END) FROM events GROUP BY 3
UNION ALL SELECT 'events', 'country', coalesce(country, '(none)'), count(*), count(DISTINCT actor_id), count(*) FILTER (WHERE event_name = 'purchase'), count(DISTINCT CASE WHEN event_name = 'purchase' THEN actor_id END), NULL, sum(CASE WHEN event_name = 'purchase' THEN price END) FROM events GROUP BY 3
UNION ALL SELECT 'sessions', NULL, NULL, count(*), count(DISTINCT actor_id), sum(events), sum(duration_ms), count(*) FILTER (WHERE is_bounce), count(*) FILTER (WHERE is_engaged) FROM sessions
UNION ALL SELECT 'sessions', 'platform', coalesce(first_platform, '(none)'), count(*), count(DISTINCT actor_id), sum(events), sum(duration_ms), count(*) FILTER (WHERE is_bounce), count(*) FILTER (WHERE is_engaged) FROM sessions GROUP BY 3
UNION ALL SELECT 'sessions', 'country', coalesce(first_country, '(none)'), count(*), count(DISTINCT actor_id), sum(events), sum(duration_ms), count(*) FILTER (WHERE is_bounce), count(*) FILTER (WHERE is_engaged) FROM sessions GROUP BY 3;

CREATE TEMPORARY VIEW typed AS
SELECT family, dimension, dimension_value, CAST(a AS DECIMAL(38,6)) AS a, CAST(b AS DECIMAL(38,6)) AS b, CAST(c AS DECIMAL(38,6)) AS c, CAST(d AS DECIMAL(38,6)) AS d,
  CAST(e AS DECIMAL(38,6)) AS e, CAST(coalesce(money, 0) AS DECIMAL(38,6)) AS f, CAST(0 AS DECIMAL(38,6)) AS z, CAST(NULL AS DECIMAL(38,6)) AS n
FROM numbers;

INSERT OVERWRITE DIRECTORY '{out}/metrics' USING parquet OPTIONS (compression 'zstd')
SELECT metric, dimension, dimension_value, numerator, denominator,
  CASE WHEN denominator IS NULL THEN CAST(numerator AS DOUBLE) WHEN denominator <> 0 THEN CAST(numerator AS DOUBLE) / CAST(denominator AS DOUBLE) END AS value
FROM (
  SELECT * FROM typed LATERAL VIEW stack(19, 'dau', a, n, 'wau', a, n, 'mau', a, n, 'stickiness', a, a, 'new_actors_1', a, n, 'new_actors_7', a, n, 'new_actors_28', a, n, 'retained_actors_1', z, n, 'retained_actors_7', z, n, 'retained_actors_28', z, n, 'resurrected_actors_1', z, n, 'resurrected_actors_7', z, n, 'resurrected_actors_28', z, n, 'churned_actors_1', z, n, 'churned_actors_7', z, n, 'churned_actors_28', z, n, 'quick_ratio_1', a, z, 'quick_ratio_7', a, z, 'quick_ratio_28', a, z) AS metric, numerator, denominator WHERE family = 'actors'
  UNION ALL
  SELECT * FROM typed LATERAL VIEW stack(7, 'events', a, n, 'events_per_actor', a, b, 'orders', c, n, 'buyers', d, n, 'gmv', f, n, 'aov', f, c, 'buyer_rate', d, b) AS metric, numerator, denominator WHERE family = 'events'
  UNION ALL
  SELECT * FROM typed LATERAL VIEW stack(6, 'sessions', a, n, 'sessions_per_actor', a, b, 'events_per_session', c, a, 'session_duration_ms', d, a, 'bounce_rate', e, a, 'engaged_rate', f, a) AS metric, numerator, denominator WHERE family = 'sessions') AS stacked
ORDER BY metric, dimension, dimension_value;
