-- One row an approved version of an engagement's plan. later: it replaced an earlier one; explained: it has a reason,
-- and a change order that was approved or executed by the as-of date.
SELECT
    version.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id, engagement.service_type,
    version.version, version.approved_on, version.change_order_id, version.reason,
    row_number() OVER (PARTITION BY version.engagement_id ORDER BY version.approved_on, version.version) > 1 AS later,
    coalesce(version.reason, '') <> ''
        AND (coalesce(change_order.executed IS NOT NULL, FALSE) OR coalesce(change_order.decision = 'approved', FALSE))
        AS explained,
    version.upload
FROM known_baselines AS version
JOIN fact_engagement AS engagement ON engagement.engagement_id = version.engagement_id
LEFT JOIN known_change_orders AS change_order ON change_order.change_order_id = version.change_order_id
WHERE version.approved_on IS NOT NULL
