-- One row a deliverable that is not cancelled, and was due before its contract was; the columns mean what they mean for a
-- milestone.
SELECT
    *,
    delivered IS NOT NULL OR due <= $as_of AS counted,
    coalesce(delivered <= due, FALSE) AS met,
    CASE WHEN due > $as_of AND delivered IS NOT NULL THEN delivered ELSE due END AS event_date,
    delivered IS NULL AND stopped_on IS NULL AS unfinished,
    date_diff('day', due, coalesce(delivered, stopped_on, CASE WHEN due <= $as_of THEN $as_of END)) AS slip_days,
    CASE
        WHEN delivered IS NOT NULL THEN CASE WHEN delivered <= due THEN 'met' ELSE 'late' END
        WHEN stopped_on IS NOT NULL THEN 'missed'
        WHEN due <= $as_of THEN 'overdue'
        ELSE 'open'
    END AS state,
    days_cro + days_sponsor + days_external > 0 AS allocated,
    coalesce((slip_days > 0 OR state IN ('overdue', 'missed')) AND allocated AND days_cro = 0
        AND coalesce(attribution_status, '') <> 'disputed' AND days_sponsor + days_external >= slip_days, FALSE)
        AS excused,
    NOT excused AS cro_counts
FROM (
    SELECT
        deliverable.deliverable_id, deliverable.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
        engagement.service_type, deliverable.name, deliverable.responsible,
        CASE WHEN $baseline = 'current' THEN coalesce(deliverable.due_current, deliverable.due_original)
            ELSE deliverable.due_original END AS due,
        deliverable.delivered, deliverable.first_reviewed_on, deliverable.first_review, deliverable.accepted,
        coalesce(deliverable.days_cro, 0) AS days_cro, coalesce(deliverable.days_sponsor, 0) AS days_sponsor,
        coalesce(deliverable.days_external, 0) AS days_external, deliverable.attribution_status,
        CASE WHEN deliverable.delivered IS NULL THEN engagement.cancelled_on END AS stopped_on, deliverable.upload
    FROM known_deliverables AS deliverable
    JOIN fact_engagement AS engagement ON engagement.engagement_id = deliverable.engagement_id
    WHERE deliverable.cancelled_on IS NULL AND (stopped_on IS NULL OR due <= stopped_on)
)
