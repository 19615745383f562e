-- One row a site that was initiated: business days until it was activated, or until it or its contract was dropped, or
-- until the as-of date.
SELECT
    visit.engagement_id, visit.cro_id, visit.service_type, visit.site_id, visit.actual AS event_date,
    upto.business_before - since.business_before AS days,
    activated.actual IS NOT NULL AS finished
FROM fact_milestone AS visit
JOIN fact_engagement AS engagement ON engagement.engagement_id = visit.engagement_id
LEFT JOIN known_milestones AS activated
    ON activated.engagement_id = visit.engagement_id AND activated.site_id = visit.site_id
    AND activated.milestone = 'site_activated'
JOIN calendar AS since ON since.day = visit.actual
JOIN calendar AS upto
    ON upto.day = coalesce(activated.actual, least(activated.cancelled_on, engagement.cancelled_on, $as_of))
WHERE visit.milestone = 'siv' AND NOT visit.whole_study AND visit.actual IS NOT NULL
    AND (activated.actual IS NULL OR activated.actual >= visit.actual)
