-- One row an answer of a form, in the scale in which it was given.
SELECT
    survey.response_id, survey.engagement_id, engagement.cro_id, survey.quarter, survey.dimension,
    coalesce(survey.direction, 'sponsor_on_cro') AS direction,
    last_day(make_date(survey.quarter[:4]::INTEGER, survey.quarter[7:]::INTEGER * 3, 1)) AS event_date,
    survey.score::DOUBLE AS score, survey.upload
FROM known_surveys AS survey
JOIN fact_engagement AS engagement ON engagement.engagement_id = survey.engagement_id
WHERE survey.score IS NOT NULL
