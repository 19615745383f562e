-- One row a deviation, audit finding or CAPA raised by the as-of date. What has a due date reads like a deliverable:
-- counted: due by the as-of date, or closed by it; met: closed by the due date. overdue: due by the as-of date, and open.
SELECT
    event.event_id, event.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
    engagement.service_type, event.audit_id, coalesce(event.type, 'audit_finding') AS type, event.grade, event.raised,
    event.due, event.closed,
    coalesce(event.grade IN ('critical', 'major'), FALSE) AS serious,
    event.due IS NOT NULL AND (event.closed IS NOT NULL OR event.due <= $as_of) AS counted,
    coalesce(event.closed <= event.due, FALSE) AS met,
    CASE WHEN event.due > $as_of AND event.closed IS NOT NULL THEN event.closed ELSE event.due END AS event_date,
    event.closed IS NULL AS unfinished,
    coalesce(event.due <= $as_of AND event.closed IS NULL, FALSE) AS overdue,
    event.upload
FROM known_quality_events AS event
JOIN fact_engagement AS engagement ON engagement.engagement_id = event.engagement_id
WHERE event.raised IS NOT NULL
