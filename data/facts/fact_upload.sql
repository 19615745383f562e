-- One row an engagement, kind and upload in which it has rows: how many versions the upload opened, and how many it
-- closed. What it closed and opened it changed, what it only opened is new, what it only closed is gone.
SELECT
    version.engagement_id, version.kind, upload.number AS upload, upload.status_date, upload.uploaded_at, upload.who,
    upload.what, upload.reason,
    upload.number IN (SELECT undoes FROM uploads WHERE undoes IS NOT NULL AND number <= $known_at) AS undone,
    sum(version.opened) AS opened, sum(version.closed) AS closed
FROM (
    SELECT
        engagement_id, kind, unnest([valid_from, valid_to]) AS number,
        unnest([1, 0]) AS opened, unnest([0, 1]) AS closed
    FROM (
        SELECT engagement_id, 'engagements' AS kind, valid_from, valid_to FROM engagements
        UNION ALL
        SELECT engagement_id, 'milestones', valid_from, valid_to FROM milestones
        UNION ALL
        SELECT engagement_id, 'deliverables', valid_from, valid_to FROM deliverables
        UNION ALL
        SELECT engagement_id, 'budget', valid_from, valid_to FROM budget
        UNION ALL
        SELECT engagement_id, 'change_orders', valid_from, valid_to FROM change_orders
        UNION ALL
        SELECT engagement_id, 'slas', valid_from, valid_to FROM slas
        UNION ALL
        SELECT engagement_id, 'requests', valid_from, valid_to FROM requests
        UNION ALL
        SELECT engagement_id, 'kpi_data', valid_from, valid_to FROM kpi_data
        UNION ALL
        SELECT engagement_id, 'baselines', valid_from, valid_to FROM baselines
        UNION ALL
        SELECT engagement_id, 'invoices', valid_from, valid_to FROM invoices
        UNION ALL
        SELECT engagement_id, 'units', valid_from, valid_to FROM units
        UNION ALL
        SELECT engagement_id, 'touchpoints', valid_from, valid_to FROM touchpoints
        UNION ALL
        SELECT engagement_id, 'audits', valid_from, valid_to FROM audits
        UNION ALL
        SELECT engagement_id, 'quality_events', valid_from, valid_to FROM quality_events
        UNION ALL
        SELECT engagement_id, 'team', valid_from, valid_to FROM team
        UNION ALL
        SELECT engagement_id, 'surveys', valid_from, valid_to FROM surveys
        UNION ALL
        SELECT engagement_id, 'actions', valid_from, valid_to FROM actions
        UNION ALL
        SELECT engagement_id, 'returns', valid_from, valid_to FROM returns
    )
) AS version
JOIN uploads AS upload ON upload.number = version.number AND upload.number <= $known_at
JOIN fact_engagement AS engagement ON engagement.engagement_id = version.engagement_id
GROUP BY ALL
