-- One row an engagement that is not cancelled, with its change orders in sums; NULL where its CRO has no change order
-- at all, so that a register which nobody keeps is not read as a contract that never changed.
SELECT
    engagement.engagement_id, engagement.cro_id, engagement.service_type, engagement.currency, engagement.rate,
    engagement.contract_value, CASE WHEN engagement.cro_id IN (SELECT cro_id FROM fact_change_order)
        THEN coalesce(orders.executed, 0) END AS executed,
    CASE WHEN engagement.cro_id IN (SELECT cro_id FROM fact_change_order)
        THEN coalesce(orders.executed_by_cro, 0) END AS executed_by_cro,
    coalesce(orders.unsigned, 0) AS unsigned
FROM fact_engagement AS engagement
LEFT JOIN (
    SELECT
        engagement_id, sum(value ORDER BY value) FILTER (state = 'executed') AS executed,
        sum(value ORDER BY value) FILTER (state = 'executed' AND by_cro) AS executed_by_cro,
        sum(value ORDER BY value) FILTER (state = 'unsigned') AS unsigned
    FROM fact_change_order
    GROUP BY engagement_id
) AS orders ON orders.engagement_id = engagement.engagement_id
WHERE engagement.cancelled_on IS NULL
