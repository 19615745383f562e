-- One row an engagement, month and cost type. ac: invoiced + accrued; where a cost type has not used one of the two yet,
-- the other alone. ended: the month ended by the as-of date. Amounts stay decimal, so that their sums are exact.
SELECT
    budget.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id, engagement.service_type,
    engagement.currency, engagement.rate, budget.month, strptime(budget.month, '%Y-%m')::DATE AS month_start,
    last_day(month_start) AS month_end, budget.cost_type,
    budget.planned_original, coalesce(budget.planned_current, budget.planned_original) AS planned_current,
    CASE WHEN $baseline = 'current' THEN coalesce(budget.planned_current, budget.planned_original)
        ELSE budget.planned_original END AS planned,
    budget.earned_value AS ev,
    CASE WHEN uses.invoiced THEN budget.invoiced ELSE 0 END
        + CASE WHEN uses.accrued THEN budget.accrued ELSE 0 END AS ac,
    budget.forecast_remaining, month_end <= $as_of AS ended, budget.upload
FROM known_budget AS budget
JOIN fact_engagement AS engagement ON engagement.engagement_id = budget.engagement_id
JOIN (
    SELECT
        engagement_id, cost_type, bool_or(by_now AND accrued IS NOT NULL) AS accrued,
        bool_or(by_now AND invoiced IS NOT NULL) OR NOT bool_or(by_now AND accrued IS NOT NULL) AS invoiced
    FROM (SELECT *, last_day(strptime(month, '%Y-%m')::DATE) <= $as_of AS by_now FROM known_budget)
    GROUP BY engagement_id, cost_type
) AS uses ON uses.engagement_id = budget.engagement_id AND uses.cost_type = budget.cost_type
