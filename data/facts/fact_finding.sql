-- One row an audit finding raised by the as-of date, and one an audit held by it: where there is neither, that nothing
-- is overdue is not a fact. overdue: graded critical or major, past due and open.
SELECT
    engagement_id, cro_id, service_type, event_id AS item, raised AS event_date, serious AND overdue AS overdue, upload
FROM fact_quality_event
WHERE type = 'audit_finding'
UNION ALL
SELECT engagement_id, cro_id, service_type, audit_id, held, FALSE, upload FROM fact_audit
