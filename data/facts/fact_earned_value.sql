-- One row an engagement with reported earned value, at its last reported month (Lipke 2003 for the schedule in time; es
-- and elapsed are those of fact_earned_month). remaining: BAC - EV, and not under 0: work beyond this budget never makes a
-- forecast less than what is spent, so BAC / CPI is written AC + remaining / CPI.
-- An index that says nothing yet (nothing is earned, spent or planned) assumes nothing of the rest: then it costs what is
-- budgeted, and takes as long as is planned, so that no engagement with a budget is left out of a sum of forecasts.
SELECT
    *, ev - ac AS cv, ev - pv AS sv,
    ev / nullif(ac, 0) AS cpi, ev / nullif(pv, 0) AS spi, es / nullif(elapsed, 0) AS spi_t,
    greatest(bac - ev, 0) AS remaining,
    ac + remaining / coalesce(nullif(cpi, 0), 1) AS eac_bac_over_cpi,
    ac + remaining AS eac_ac_plus_remaining,
    ac + remaining / coalesce(nullif(cpi, 0), 1) / coalesce(nullif(spi, 0), 1) AS eac_cpi_spi,
    ac + remaining / (0.8 * coalesce(nullif(cpi, 0), 1) + 0.2 * coalesce(nullif(spi, 0), 1)) AS eac_80_20,
    coalesce(pd / nullif(spi_t, 0), elapsed + pd) AS forecast_months
FROM (
    SELECT
        last.engagement_id, last.cro_id, last.cro, last.study_id, last.service_type, last.currency, last.rate,
        last.month_end, last.pv, last.ev, last.ac, last.bac, plan.first_month, month.pd, month.es, month.elapsed
    FROM fact_budget_month AS last
    JOIN (
        SELECT engagement_id, max(position) FILTER (reported) AS newest, min(month_start) AS first_month
        FROM fact_budget_month GROUP BY engagement_id
    ) AS plan ON plan.engagement_id = last.engagement_id AND plan.newest = last.position
    JOIN fact_earned_month AS month
        ON month.engagement_id = last.engagement_id AND month.position = last.position
)
