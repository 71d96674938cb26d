-- rejects(D): rejected records of the landing folders that start in D (E3), one row each.
-- Parameters: rejected (reason code, file, number, raw), files (index, path), reason and column (CASE over the code),
-- kept (no erased id, P7).
SELECT {{reason}} AS reason, {{column}} AS column_name, @collapse_replacement(r.raw) AS raw_value, f.path AS file, r.number AS record_number
FROM {{rejected}} AS r
JOIN {{files}} AS f ON f.file_index = r.file
WHERE {{kept}}
ORDER BY file, record_number
