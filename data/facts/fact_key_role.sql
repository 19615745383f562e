-- One row an engagement and key role of the CRO: days the engagement ran, as far as was told by the as-of date, and filled,
-- those on which the person whom the contract names was in the role, each day once; NULL where nobody said who that is.
SELECT
    ran.engagement_id, ran.cro_id, ran.service_type, ran.role, date_diff('day', ran.first_on, ran.last_on) + 1 AS days,
    CASE WHEN ran.stated THEN coalesce(filled.days, 0) END AS filled
FROM (
    SELECT
        team.engagement_id, engagement.cro_id, engagement.service_type, lower(trim(team.role)) AS role,
        bool_or(team.contracted IS NOT NULL) AS stated, engagement.start_date AS first_on,
        least(coalesce(engagement.ended_on, heard.told_to), heard.told_to) AS last_on
    FROM known_team AS team
    JOIN fact_engagement AS engagement ON engagement.engagement_id = team.engagement_id
    JOIN fact_team_told AS heard ON heard.engagement_id = team.engagement_id
    WHERE team.key_role AND coalesce(team.organisation, 'cro') = 'cro' AND team.start_date IS NOT NULL
    GROUP BY ALL
) AS ran
LEFT JOIN (
    -- Of each stay only the days after all earlier ones count.
    SELECT
        engagement_id, role,
        sum(greatest(0, date_diff('day', greatest(first_on, coalesce(taken_to + 1, first_on)), last_on) + 1)) AS days
    FROM (
        SELECT *, max(last_on) OVER earlier AS taken_to
        FROM (
            SELECT
                stay.engagement_id, lower(trim(stay.role)) AS role,
                greatest(stay.start_date, engagement.start_date) AS first_on,
                least(coalesce(stay.end_date, stay.told_to), coalesce(engagement.ended_on, stay.told_to), stay.told_to)
                    AS last_on
            FROM fact_assignment AS stay
            JOIN fact_engagement AS engagement ON engagement.engagement_id = stay.engagement_id
            WHERE stay.key_role AND stay.organisation = 'cro' AND stay.contracted
        )
        WHERE first_on <= last_on
        WINDOW earlier AS (
            PARTITION BY engagement_id, role ORDER BY first_on, last_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    )
    GROUP BY ALL
) AS filled ON filled.engagement_id = ran.engagement_id AND filled.role = ran.role
WHERE ran.first_on <= ran.last_on
