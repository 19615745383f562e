-- One row an engagement and month of reported earned value. pd: months until PV first reaches BAC; es: C + (EV - PV_C) /
-- (PV_C+1 - PV_C), C the last month with PV_C <= EV, with PV cut at pd so that a flat tail does not count; elapsed (AT):
-- months reported, stopped when EV reaches BAC; and what the month added to both. So a month of SPI(t) is the work earned
-- in it, and not all work so far again.
SELECT
    *, es - coalesce(lag(es) OVER by_month, 0) AS es_added,
    elapsed - coalesce(lag(elapsed) OVER by_month, 0) AS elapsed_added
FROM (
    SELECT
        month.engagement_id, month.cro_id, month.cro, month.study_id, month.service_type, month.month_end AS event_date,
        month.position, plan.pd,
        CASE
            WHEN month.ev >= month.bac THEN plan.pd
            ELSE coalesce(below.position, 0)
                + (month.ev - coalesce(below.pv, 0)) / nullif(above.pv - coalesce(below.pv, 0), 0)
        END AS es,
        least(month.position, plan.done) AS elapsed
    FROM fact_budget_month AS month
    JOIN (
        SELECT
            engagement_id, min(position) FILTER (pv >= bac) AS pd, min(position) FILTER (reported AND ev >= bac) AS done
        FROM fact_budget_month GROUP BY engagement_id
    ) AS plan ON plan.engagement_id = month.engagement_id
    ASOF LEFT JOIN (
        SELECT engagement_id, pv, max(position) AS position FROM fact_budget_month GROUP BY engagement_id, pv
    ) AS below ON below.engagement_id = month.engagement_id AND below.pv <= month.ev
    LEFT JOIN fact_budget_month AS above
        ON above.engagement_id = month.engagement_id AND above.position = coalesce(below.position, 0) + 1
    WHERE month.reported AND month.bac > 0
)
WINDOW by_month AS (PARTITION BY engagement_id ORDER BY position)
