-- One row an engagement and unit type, over the months that ended by the as-of date: share_delivered and
-- share_invoiced, of the units that the contract holds as of its newest month; NULL where it holds none. A month in
-- which only one of delivered and invoiced is reported counts in neither. ahead: invoiced less delivered, as shares;
-- plus is billing ahead.
SELECT
    *, delivered / nullif(contracted, 0) AS share_delivered, invoiced / nullif(contracted, 0) AS share_invoiced,
    (invoiced - delivered) / nullif(contracted, 0) AS ahead, abs(ahead) AS apart
FROM (
    SELECT
        units.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id, engagement.service_type,
        units.unit_type, max(units.month) AS month,
        arg_max(units.contracted, units.month)::DOUBLE AS contracted,
        (sum(units.delivered) FILTER (units.invoiced IS NOT NULL))::DOUBLE AS delivered,
        (sum(units.invoiced) FILTER (units.delivered IS NOT NULL))::DOUBLE AS invoiced,
        max(units.upload) AS upload
    FROM known_units AS units
    JOIN fact_engagement AS engagement ON engagement.engagement_id = units.engagement_id
    WHERE last_day(strptime(units.month, '%Y-%m')::DATE) <= $as_of
    GROUP BY ALL
)
