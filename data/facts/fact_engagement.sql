-- One row an engagement in scope, with its CRO and the budget rate of the as-of date's year.
SELECT
    engagement.engagement_id, engagement.cro_id, cro.name AS cro, cro.tier, engagement.study_id, engagement.title,
    coalesce(engagement.service_type, '') AS service_type, engagement.therapeutic_area, engagement.phase,
    engagement.sponsor_pm, engagement.cro_lead, engagement.start_date, engagement.planned_end,
    engagement.contract_value::DOUBLE AS contract_value, engagement.currency, engagement.pricing,
    engagement.closed_on, engagement.cancelled_on, least(engagement.closed_on, engagement.cancelled_on) AS ended_on,
    engagement.start_date <= $as_of AND ended_on IS NULL AS active,
    fx.rate::DOUBLE AS rate, engagement.upload
FROM known_engagements AS engagement
JOIN known_cros AS cro ON cro.cro_id = engagement.cro_id
LEFT JOIN known_fx_rates AS fx ON fx.currency = engagement.currency AND fx.year = year($as_of)
WHERE ($visible_cros IS NULL OR list_contains($visible_cros, engagement.cro_id))
    AND ($visible_engagements IS NULL OR list_contains($visible_engagements, engagement.engagement_id))
    AND (len($cros) = 0 OR list_contains($cros, engagement.cro_id))
    AND (len($engagements) = 0 OR list_contains($engagements, engagement.engagement_id))
    AND (len($studies) = 0 OR list_contains($studies, engagement.study_id))
    AND (len($areas) = 0 OR list_contains($areas, engagement.therapeutic_area))
    AND (len($phases) = 0 OR list_contains($phases, engagement.phase))
    AND (len($tiers) = 0 OR list_contains($tiers, cro.tier))
    AND (len($pms) = 0 OR list_contains($pms, engagement.sponsor_pm))
