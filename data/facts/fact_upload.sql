-- One row an engagement, kind and upload in which it has rows: how many versions the upload opened, and how many it
-- closed. What it closed and opened it changed, what it only opened is new, what it only closed is gone. Every kind that
-- names the engagement counts, its own targets too: they change its colours, so who asks why finds them here. What holds
-- for all, or for a whole CRO, is no row of it.
SELECT
    version.engagement_id, version.kind, upload.number AS upload, upload.status_date, upload.uploaded_at, upload.who,
    upload.what, upload.reason,
    upload.number IN (FROM undone_upload) AS undone,
    version.opened, version.closed
FROM rollup_upload AS version
JOIN uploads AS upload ON upload.number = version.upload AND upload.number <= $known_at
JOIN fact_engagement AS engagement ON engagement.engagement_id = version.engagement_id
