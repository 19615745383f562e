-- One row an action in scope and version of it that is in effect, told by the as-of date: by which upload, as of which day
-- (told), and what it said of due date, closing and escalation. What an undone upload said was never said. An action
-- without an engagement is its CRO's.
SELECT
    version.action_id, action.cro_id, version.valid_from AS upload, told_by.status_date AS told, version.due,
    CASE WHEN version.closed <= $as_of THEN version.closed END AS closed, version.escalation_level
FROM actions AS version
JOIN uploads AS told_by ON told_by.number = version.valid_from
JOIN known_actions AS action ON action.action_id = version.action_id
WHERE version.valid_from <= $known_at AND told_by.status_date <= $as_of
    AND told_by.number NOT IN (FROM undone_upload)
    AND CASE
        WHEN coalesce(action.engagement_id, '') = '' THEN action.cro_id IN (SELECT cro_id FROM fact_engagement)
        ELSE action.engagement_id IN (SELECT engagement_id FROM fact_engagement)
    END
