-- One row an audit held by the as-of date, with its findings raised by then. An audit of a whole CRO belongs to no
-- engagement: it is seen where the CRO is in scope and nothing narrows the scope to some of its engagements.
SELECT
    audit.audit_id, audit.engagement_id, audit.cro_id, audit.service_type, audit.type, audit.held,
    audit.held AS event_date, audit.next_due, coalesce(found.findings, 0) AS findings,
    coalesce(found.serious, 0) AS serious, coalesce(found.critical, 0) AS critical, audit.upload
FROM (
    SELECT
        audit.audit_id, engagement.engagement_id, engagement.cro_id, engagement.service_type, audit.type, audit.held,
        audit.next_due, audit.upload
    FROM known_audits AS audit
    JOIN fact_engagement AS engagement ON engagement.engagement_id = audit.engagement_id
    UNION ALL
    SELECT audit_id, NULL, cro_id, '', type, held, next_due, upload
    FROM known_audits
    WHERE coalesce(engagement_id, '') = '' AND cro_id IN (SELECT cro_id FROM fact_engagement)
        AND $visible_engagements IS NULL
        AND len($studies) + len($engagements) + len($areas) + len($phases) + len($pms) = 0
) AS audit
LEFT JOIN (
    SELECT
        audit_id, count(*) AS findings, count(*) FILTER (grade IN ('critical', 'major')) AS serious,
        count(*) FILTER (grade = 'critical') AS critical
    FROM known_quality_events
    WHERE raised IS NOT NULL AND coalesce(type, 'audit_finding') = 'audit_finding'
    GROUP BY audit_id
) AS found ON found.audit_id = audit.audit_id
WHERE audit.held IS NOT NULL
