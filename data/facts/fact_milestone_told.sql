-- One row a study milestone and day as of which its engagement was reported (milestones or budget): the date that was
-- told by then. reached: it had happened; otherwise the date is the forecast. A day tells what the newest upload in effect
-- with a status date up to it says, and nothing once the milestone is reached.
SELECT engagement_id, study_id, milestone, told, date, reached
FROM (
    SELECT
        *, lag(date) OVER earlier AS date_before, lag(reached) OVER earlier AS reached_before
    FROM (
        SELECT
            milestone.engagement_id, milestone.study_id, milestone.milestone, report.told,
            coalesce(version.actual <= report.told, FALSE) AS reached,
            CASE WHEN reached THEN version.actual ELSE version.forecast END AS date
        FROM fact_milestone AS milestone
        JOIN (
            SELECT DISTINCT engagement_id, status_date AS told FROM fact_told WHERE kind IN ('milestones', 'budget')
        ) AS report ON report.engagement_id = milestone.engagement_id
        ASOF JOIN (
            SELECT version.*, told_by.status_date
            FROM milestones AS version
            JOIN uploads AS told_by ON told_by.number = version.valid_from
            WHERE version.site_id = '' AND version.valid_from <= $known_at AND told_by.status_date IS NOT NULL
                AND told_by.number NOT IN (FROM undone_upload)
            QUALIFY valid_from = max(valid_from) OVER (
                PARTITION BY engagement_id, milestone ORDER BY told_by.status_date
            )
        ) AS version
            ON version.engagement_id = milestone.engagement_id AND version.milestone = milestone.milestone
            AND version.status_date <= report.told
        WHERE milestone.whole_study
    )
    WINDOW earlier AS (PARTITION BY engagement_id, milestone ORDER BY told)
)
WHERE date IS NOT NULL
    AND NOT coalesce(reached AND reached_before AND date = date_before, FALSE)
