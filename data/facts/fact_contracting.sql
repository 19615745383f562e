-- One row an engagement whose draft contract was sent: days until it was executed, or until it or the engagement was
-- dropped, or until the as-of date.
SELECT
    draft.engagement_id, draft.cro_id, draft.service_type, draft.actual AS event_date,
    date_diff(
        'day', draft.actual, coalesce(executed.actual, least(executed.cancelled_on, engagement.cancelled_on, $as_of))
    ) AS days,
    executed.actual IS NOT NULL AS finished
FROM fact_milestone AS draft
JOIN fact_engagement AS engagement ON engagement.engagement_id = draft.engagement_id
LEFT JOIN known_milestones AS executed
    ON executed.engagement_id = draft.engagement_id AND executed.milestone = 'contract_executed' AND executed.site_id = ''
WHERE draft.milestone = 'draft_sent' AND draft.whole_study AND draft.actual IS NOT NULL
    AND (executed.actual IS NULL OR executed.actual >= draft.actual)
