-- One row a change order that was requested by the as-of date. days: from the request to the CRO's priced proposal, or
-- to the refusal or the as-of date where there is none yet.
SELECT
    change_order.change_order_id, change_order.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
    engagement.service_type, engagement.currency, engagement.rate, change_order.requested, change_order.submitted,
    change_order.decided, change_order.executed, change_order.decision, change_order.value::DOUBLE AS value,
    change_order.days_impact, coalesce(change_order.initiator, 'not recorded') AS initiator, change_order.reason,
    change_order.needed_by, change_order.requested AS event_date,
    coalesce(change_order.initiator IN ('cro', 'shared'), FALSE) AS by_cro,
    coalesce(change_order.decision IN ('rejected', 'withdrawn'), FALSE) AS refused,
    CASE
        WHEN change_order.executed IS NOT NULL THEN 'executed'
        WHEN refused THEN 'refused'
        WHEN change_order.submitted IS NOT NULL THEN 'unsigned'
        ELSE 'requested'
    END AS state,
    change_order.submitted IS NOT NULL AS finished,
    date_diff('day', change_order.requested, coalesce(
        change_order.submitted, CASE WHEN refused THEN change_order.decided END, $as_of
    )) AS days,
    coalesce(
        change_order.needed_by < coalesce(change_order.executed, $as_of + 1) AND change_order.needed_by <= $as_of
        AND NOT refused, FALSE
    ) AS before_signature,
    change_order.upload
FROM known_change_orders AS change_order
JOIN fact_engagement AS engagement ON engagement.engagement_id = change_order.engagement_id
WHERE change_order.requested IS NOT NULL
