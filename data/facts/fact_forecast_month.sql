-- One row an engagement and month with a reported remainder of fee: forecast at completion as it was seen then. A budget
-- that begins after the contract and does not plan all of it (99 %, for what rounding leaves) says nothing of what was
-- spent before, so that there is no forecast.
SELECT engagement_id, month_start, month_end, (spent + forecast_remaining)::DOUBLE AS forecast
FROM (
    SELECT
        budget.engagement_id, budget.month_start, budget.month_end, budget.ended, budget.forecast_remaining,
        sum(budget.ac) OVER so_far AS spent,
        bool_and(budget.ac IS NOT NULL OR budget.planned = 0) OVER so_far AS complete,
        min(budget.month_start) OVER whole <= engagement.start_date
            OR sum(budget.planned_original) OVER whole >= 0.99 * engagement.contract_value AS from_the_start
    FROM fact_budget AS budget
    JOIN fact_engagement AS engagement ON engagement.engagement_id = budget.engagement_id
    WHERE budget.cost_type = 'fee'
    WINDOW
        so_far AS (PARTITION BY budget.engagement_id ORDER BY budget.month_start),
        whole AS (PARTITION BY budget.engagement_id)
)
WHERE ended AND complete AND from_the_start AND forecast_remaining IS NOT NULL
