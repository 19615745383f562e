-- One row an engagement and month with a reported remainder of fee: forecast at completion as it was seen then.
SELECT engagement_id, month_start, month_end, spent + forecast_remaining AS forecast
FROM (
    SELECT
        engagement_id, month_start, month_end, forecast_remaining,
        sum(ac) OVER so_far AS spent, bool_and(ac IS NOT NULL OR planned = 0) OVER so_far AS complete
    FROM fact_budget
    WHERE cost_type = 'fee' AND ended
    WINDOW so_far AS (PARTITION BY engagement_id ORDER BY month_start)
)
WHERE complete AND forecast_remaining IS NOT NULL
