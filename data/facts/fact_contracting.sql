-- One row an engagement whose draft contract was sent: days until it was executed, or until the as-of date.
SELECT
    draft.engagement_id, draft.cro_id, draft.service_type, draft.actual AS event_date,
    date_diff('day', draft.actual, coalesce(executed.actual, $as_of)) AS days,
    executed.actual IS NOT NULL AS finished
FROM fact_milestone AS draft
LEFT JOIN fact_milestone AS executed
    ON executed.engagement_id = draft.engagement_id AND executed.milestone = 'contract_executed' AND executed.whole_study
WHERE draft.milestone = 'draft_sent' AND draft.whole_study AND draft.actual IS NOT NULL
    AND (executed.actual IS NULL OR executed.actual >= draft.actual)
