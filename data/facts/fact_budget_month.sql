-- One row an engagement and calendar month of its budget, all cost types together and cumulated: position (1, 2, ...),
-- pv, ev, ac, bac, and reported: whether every month so far ended by the as-of date with EV and AC in every cost type.
-- A month without plan and without amounts counts as nothing done; a month without rows is a gap, and ends the series.
-- Amounts are added as decimals and turned into floats last, so that the same amount is the same number: whether PV or EV
-- has reached BAC must not hang on what floats lose on the way.
SELECT
    engagement_id, cro_id, cro, study_id, service_type, currency, rate, month_start, last_day(month_start) AS month_end,
    position, planned::DOUBLE AS planned, (sum(planned) OVER so_far)::DOUBLE AS pv,
    (sum(planned_original) OVER so_far)::DOUBLE AS pv_original,
    (sum(planned_current) OVER so_far)::DOUBLE AS pv_current, (sum(planned) OVER whole)::DOUBLE AS bac,
    bool_and(complete) OVER so_far AS reported,
    CASE WHEN bool_and(complete) OVER so_far THEN sum(ev) OVER so_far END::DOUBLE AS ev,
    CASE WHEN bool_and(complete) OVER so_far THEN sum(ac) OVER so_far END::DOUBLE AS ac
FROM (
    SELECT
        span.engagement_id, span.cro_id, span.cro, span.study_id, span.service_type, span.currency, span.rate,
        span.month_start, span.position, coalesce(months.planned, 0) AS planned,
        coalesce(months.planned_original, 0) AS planned_original,
        coalesce(months.planned_current, 0) AS planned_current, coalesce(months.ev, 0) AS ev,
        coalesce(months.ac, 0) AS ac, coalesce(months.complete, FALSE) AS complete
    FROM (
        SELECT
            engagement_id, cro_id, cro, study_id, service_type, currency, rate,
            unnest(generate_series(min(month_start), max(month_start), INTERVAL 1 MONTH))::DATE AS month_start,
            unnest(generate_series(1, date_diff('month', min(month_start), max(month_start)) + 1)) AS position
        FROM fact_budget
        GROUP BY ALL
    ) AS span
    LEFT JOIN (
        SELECT
            engagement_id, month_start, sum(planned) AS planned, sum(planned_original) AS planned_original,
            sum(planned_current) AS planned_current, sum(ev) AS ev, sum(ac) AS ac,
            bool_and(
                (ev IS NOT NULL AND ac IS NOT NULL) OR (ev IS NULL AND ac IS NULL AND planned = 0)
            ) AND bool_and(ended) AS complete
        FROM fact_budget
        GROUP BY engagement_id, month_start
    ) AS months ON months.engagement_id = span.engagement_id AND months.month_start = span.month_start
)
WINDOW
    so_far AS (PARTITION BY engagement_id ORDER BY position),
    whole AS (PARTITION BY engagement_id)
