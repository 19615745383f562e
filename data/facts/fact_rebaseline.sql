-- One row an engagement with an approved plan that has begun: how often it was approved anew, how many of these times
-- with an approved change order and a reason, and the years it ran to the as-of date, first and last day included.
SELECT
    engagement.engagement_id, engagement.cro_id, engagement.service_type,
    count(*) FILTER (version.later) AS later, count(*) FILTER (version.later AND version.explained) AS explained,
    (date_diff('day', engagement.start_date, least(coalesce(engagement.ended_on, $as_of), $as_of)) + 1) / 365.25
        AS years
FROM fact_baseline AS version
JOIN fact_engagement AS engagement ON engagement.engagement_id = version.engagement_id
WHERE engagement.start_date <= least(coalesce(engagement.ended_on, $as_of), $as_of)
GROUP BY ALL
