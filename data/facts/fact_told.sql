-- One row an engagement, kind that tells of the work (as its contract says) and status date up to the as-of date at which
-- something new was told of it. A file that repeats what is known tells nothing. What was undone was not told. A month
-- confirmed as without change (kind returns) was told as of its last day. With the registers alone that others keep a
-- study stays silent.
SELECT DISTINCT
    told.engagement_id, engagement.cro_id, told.kind, upload.status_date,
    date_trunc('month', upload.status_date)::DATE AS month_start
FROM rollup_upload AS told
JOIN uploads AS upload ON upload.number = told.upload
JOIN fact_engagement AS engagement ON engagement.engagement_id = told.engagement_id
WHERE told.opened > 0 AND told.upload <= $known_at AND upload.status_date <= $as_of
    AND told.tells_of_work
    AND NOT EXISTS (SELECT 1 FROM uploads AS undo WHERE undo.undoes = upload.number AND undo.number <= $known_at)
UNION ALL
SELECT confirmed.engagement_id, engagement.cro_id, 'returns', last_day(confirmed.month_start), confirmed.month_start
FROM (
    SELECT engagement_id, strptime(month, '%Y-%m')::DATE AS month_start FROM known_returns WHERE no_change
) AS confirmed
JOIN fact_engagement AS engagement ON engagement.engagement_id = confirmed.engagement_id
WHERE last_day(confirmed.month_start) <= $as_of
