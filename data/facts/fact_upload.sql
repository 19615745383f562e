-- One row an engagement, kind and upload in which it has rows: how many versions the upload opened, and how many it
-- closed. What it closed and opened it changed, what it only opened is new, what it only closed is gone. Targets say how
-- an engagement is judged, and nothing of it.
SELECT
    version.engagement_id, version.kind, upload.number AS upload, upload.status_date, upload.uploaded_at, upload.who,
    upload.what, upload.reason,
    upload.number IN (SELECT undoes FROM uploads WHERE undoes IS NOT NULL AND number <= $known_at) AS undone,
    version.opened, version.closed
FROM rollup_upload AS version
JOIN uploads AS upload ON upload.number = version.upload AND upload.number <= $known_at
JOIN fact_engagement AS engagement ON engagement.engagement_id = version.engagement_id
WHERE version.kind <> 'targets'
