-- One row an assignment that has begun by the as-of date. left_on: its end, where the person left the company. told_to: as
-- in fact_team_told; without an end it lasts until then.
SELECT
    team.assignment_id, team.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
    engagement.service_type, team.role, team.person, coalesce(team.organisation, 'cro') AS organisation,
    coalesce(team.key_role, FALSE) AS key_role, team.contracted, team.start_date, team.end_date, team.end_reason,
    CASE WHEN team.end_reason = 'left' THEN team.end_date END AS left_on, heard.told_to, team.upload
FROM known_team AS team
JOIN fact_engagement AS engagement ON engagement.engagement_id = team.engagement_id
JOIN fact_team_told AS heard ON heard.engagement_id = team.engagement_id
WHERE team.start_date IS NOT NULL
