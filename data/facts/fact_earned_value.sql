-- One row an engagement with reported earned value, at its last reported month (Lipke 2003 for the schedule in time).
-- pd: months until PV first reaches BAC; es: C + (EV - PV_C) / (PV_C+1 - PV_C), C the last month with PV_C <= EV, with
-- PV cut at pd so that a flat tail does not count; elapsed (AT): months reported, stopped when EV reaches BAC. remaining:
-- BAC - EV, and not under 0: work beyond this budget never makes a forecast less than what is spent, so BAC / CPI is
-- written AC + remaining / CPI.
SELECT
    *, ev - ac AS cv, ev - pv AS sv,
    ev / nullif(ac, 0) AS cpi, ev / nullif(pv, 0) AS spi, es / nullif(elapsed, 0) AS spi_t,
    greatest(bac - ev, 0) AS remaining,
    ac + remaining / nullif(cpi, 0) AS eac_bac_over_cpi,
    ac + remaining AS eac_ac_plus_remaining,
    ac + remaining / nullif(cpi * spi, 0) AS eac_cpi_spi,
    ac + remaining / nullif(0.8 * cpi + 0.2 * spi, 0) AS eac_80_20,
    pd / nullif(spi_t, 0) AS forecast_months
FROM (
    SELECT
        last.engagement_id, last.cro_id, last.cro, last.study_id, last.service_type, last.currency, last.rate,
        last.month_end, last.pv, last.ev, last.ac, last.bac, plan.first_month, plan.pd,
        CASE
            WHEN last.ev >= last.bac THEN plan.pd
            ELSE coalesce(below.position, 0)
                + (last.ev - coalesce(below.pv, 0)) / nullif(above.pv - coalesce(below.pv, 0), 0)
        END AS es,
        least(last.position, done.position) AS elapsed
    FROM fact_budget_month AS last
    JOIN (
        SELECT engagement_id, max(position) AS position
        FROM fact_budget_month WHERE reported GROUP BY engagement_id
    ) AS newest ON newest.engagement_id = last.engagement_id AND newest.position = last.position
    JOIN (
        SELECT engagement_id, min(month_start) AS first_month, min(position) FILTER (pv >= bac) AS pd
        FROM fact_budget_month GROUP BY engagement_id
    ) AS plan ON plan.engagement_id = last.engagement_id
    LEFT JOIN (
        SELECT engagement_id, min(position) AS position
        FROM fact_budget_month WHERE reported AND ev >= bac GROUP BY engagement_id
    ) AS done ON done.engagement_id = last.engagement_id
    LEFT JOIN LATERAL (
        SELECT max(position) AS position, max(pv) AS pv
        FROM fact_budget_month AS month
        WHERE month.engagement_id = last.engagement_id AND month.pv <= last.ev
    ) AS below ON TRUE
    LEFT JOIN fact_budget_month AS above
        ON above.engagement_id = last.engagement_id AND above.position = coalesce(below.position, 0) + 1
    WHERE last.bac > 0
)
