-- One row a meeting or status report. due_on: the last day on which it counts as in time, of a meeting two days after
-- the one scheduled; minutes_after: business days after a meeting that were over when its minutes came, or are over at
-- the end of the as-of date; fewer than five are in time. state: met, missed, pending (those days are not over), planned
-- (scheduled after the as-of date), cancelled (by us).
SELECT
    *,
    CASE WHEN scheduled > $as_of AND done IS NOT NULL THEN done ELSE scheduled END AS event_date,
    CASE
        WHEN cancelled_by = 'sponsor' THEN 'cancelled'
        WHEN cancelled_by = 'cro' THEN 'missed'
        WHEN done > due_on THEN 'missed'
        WHEN done IS NOT NULL AND type = 'status_report' THEN 'met'
        WHEN minutes_issued IS NOT NULL THEN CASE WHEN minutes_after < 5 THEN 'met' ELSE 'missed' END
        WHEN done IS NOT NULL THEN CASE WHEN minutes_after < 5 THEN 'pending' ELSE 'missed' END
        WHEN scheduled > $as_of THEN 'planned'
        WHEN due_on > $as_of AND type = 'meeting' THEN 'pending'
        ELSE 'missed'
    END AS state
FROM (
    SELECT
        touchpoint.touchpoint_id, touchpoint.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
        engagement.service_type, coalesce(touchpoint.type, 'meeting') AS type, touchpoint.scheduled, touchpoint.done,
        touchpoint.minutes_issued, touchpoint.cancelled_by,
        touchpoint.scheduled + CASE WHEN coalesce(touchpoint.type, 'meeting') = 'meeting' THEN 2 ELSE 0 END AS due_on,
        noted.business_before - held.business_before - held.business AS minutes_after, touchpoint.upload
    FROM known_touchpoints AS touchpoint
    JOIN fact_engagement AS engagement ON engagement.engagement_id = touchpoint.engagement_id
    LEFT JOIN calendar AS held ON held.day = touchpoint.done
    LEFT JOIN calendar AS noted ON noted.day = coalesce(touchpoint.minutes_issued, $as_of + 1)
)
