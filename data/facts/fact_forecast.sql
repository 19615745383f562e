-- One row an engagement whose fee forecast is reported: AC to the newest month with forecast_remaining, plus that; NULL
-- where that is older than two quarters. months_silent: months ended since then; worst_growth: the fastest monthly rise
-- of the forecast in the year before, so that a forecast which is kept back can be read at its worst.
SELECT
    newest.engagement_id, contract.cro_id, contract.service_type, contract.currency, contract.rate, newest.month_end,
    CASE WHEN silent.months <= 6 THEN newest.forecast END AS forecast,
    contract.contract_value + coalesce(contract.executed, 0) AS contract_now,
    contract.contract_value, coalesce(contract.executed, 0) AS executed, contract.unsigned,
    silent.months AS months_silent, silent.months * coalesce(pace.worst_growth, 0) AS owed
FROM (
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY engagement_id ORDER BY month_end DESC) AS place FROM fact_forecast_month
    ) WHERE place = 1
) AS newest
JOIN fact_contract AS contract ON contract.engagement_id = newest.engagement_id
JOIN fact_engagement AS engagement ON engagement.engagement_id = newest.engagement_id
CROSS JOIN LATERAL (
    SELECT greatest(0, date_diff(
        'month', newest.month_start,
        date_trunc('month', least(coalesce(engagement.ended_on, $as_of), $as_of) + 1) - INTERVAL 1 MONTH
    )) AS months
) AS silent
LEFT JOIN (
    SELECT engagement_id, max(greatest(growth, 0)) AS worst_growth
    FROM (
        SELECT
            engagement_id, month_end,
            forecast - lag(forecast) OVER (PARTITION BY engagement_id ORDER BY month_end) AS growth,
            max(month_end) OVER (PARTITION BY engagement_id) AS newest_end
        FROM fact_forecast_month
    )
    WHERE month_end > newest_end - INTERVAL 12 MONTH
    GROUP BY engagement_id
) AS pace ON pace.engagement_id = newest.engagement_id
