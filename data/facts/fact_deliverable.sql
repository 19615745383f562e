-- One row a deliverable that is not cancelled; the columns mean what they mean for a milestone.
SELECT
    *,
    delivered IS NOT NULL OR due <= $as_of AS counted,
    coalesce(delivered <= due, FALSE) AS met,
    CASE WHEN due > $as_of AND delivered IS NOT NULL THEN delivered ELSE due END AS event_date,
    delivered IS NULL AS unfinished,
    date_diff('day', due, coalesce(delivered, CASE WHEN due <= $as_of THEN $as_of END)) AS slip_days,
    CASE
        WHEN delivered IS NOT NULL THEN CASE WHEN delivered <= due THEN 'met' ELSE 'late' END
        WHEN due <= $as_of THEN 'overdue'
        ELSE 'open'
    END AS state,
    days_cro + days_sponsor + days_external > 0 AS allocated,
    NOT ((slip_days > 0 OR state = 'overdue') AND allocated AND days_cro = 0) OR slip_days IS NULL AS cro_counts
FROM (
    SELECT
        deliverable.deliverable_id, deliverable.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
        engagement.service_type, deliverable.name, deliverable.responsible,
        CASE WHEN $baseline = 'current' THEN coalesce(deliverable.due_current, deliverable.due_original)
            ELSE deliverable.due_original END AS due,
        deliverable.delivered, deliverable.first_reviewed_on, deliverable.first_review, deliverable.accepted,
        coalesce(deliverable.days_cro, 0) AS days_cro, coalesce(deliverable.days_sponsor, 0) AS days_sponsor,
        coalesce(deliverable.days_external, 0) AS days_external, deliverable.attribution_status, deliverable.upload
    FROM known_deliverables AS deliverable
    JOIN fact_engagement AS engagement ON engagement.engagement_id = deliverable.engagement_id
    WHERE deliverable.cancelled_on IS NULL
        AND (engagement.cancelled_on IS NULL OR deliverable.delivered IS NOT NULL)
)
