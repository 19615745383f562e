-- One row an engagement of which the team is known: told_to, the day up to which anything was told of it or of its team, or
-- the as-of date where only the team is known. A staff list that is kept back must not look like one in which nobody
-- leaves: an assignment without an end is known to last until then, and not longer.
SELECT
    team.engagement_id,
    least(greatest(coalesce(heard.last_on, $as_of), max(brought.status_date)), $as_of)::DATE AS told_to
FROM known_team AS team
JOIN fact_engagement AS engagement ON engagement.engagement_id = team.engagement_id
LEFT JOIN uploads AS brought ON brought.number = team.upload
LEFT JOIN (
    SELECT engagement_id, max(status_date) AS last_on FROM fact_told GROUP BY engagement_id
) AS heard ON heard.engagement_id = team.engagement_id
GROUP BY team.engagement_id, heard.last_on
