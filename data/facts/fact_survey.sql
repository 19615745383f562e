-- One row an answered form: who judges whom, and health, the mean of its answers from 1 to 5, on a scale from 0 to 100.
-- recommend: the answer from 0 to 10. It is dated by the end of its quarter.
SELECT
    survey.response_id, survey.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
    engagement.service_type, survey.quarter, coalesce(survey.direction, 'sponsor_on_cro') AS direction,
    max(survey.role) AS role,
    last_day(make_date(survey.quarter[:4]::INTEGER, survey.quarter[7:]::INTEGER * 3, 1)) AS event_date,
    -- Added as decimals and divided once: the same answers in another order give the same digits.
    ((sum(survey.score) FILTER (survey.dimension <> 'recommend'))::DOUBLE
        / count(*) FILTER (survey.dimension <> 'recommend') - 1) * 25 AS health,
    (max(survey.score) FILTER (survey.dimension = 'recommend'))::DOUBLE AS recommend,
    max(survey.upload) AS upload
FROM known_surveys AS survey
JOIN fact_engagement AS engagement ON engagement.engagement_id = survey.engagement_id
WHERE survey.score IS NOT NULL
GROUP BY ALL
