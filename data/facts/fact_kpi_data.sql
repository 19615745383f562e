-- One row an engagement, KPI and month ended by the as-of date. newest: its last one, and only there: months_silent, the
-- months that ended since then while it was expected (while the engagement ran, and until the milestone that its KPI
-- declares, as enrolment until the last patient is in), and owed_*, what those months add where each is as
-- large as the largest of the year before, the first one no better than the worst, and in the others nothing was
-- reached. So a count that is kept back does not look better than the CRO has been. Flow: months are summed; stock: the
-- newest month counts.
SELECT
    * EXCLUDE (silent),
    CASE WHEN newest THEN silent ELSE 0 END AS months_silent,
    CASE WHEN newest THEN silent * coalesce(fastest_flow, 0) ELSE 0 END AS owed_flow,
    CASE WHEN newest THEN least(silent, 1) * coalesce(fastest_flow * worst_flow, 0) ELSE 0 END AS owed_flow_reached,
    CASE WHEN newest THEN silent * coalesce(fastest_stock, 0) ELSE 0 END AS owed_stock,
    CASE WHEN newest THEN least(silent, 1) * coalesce(fastest_stock * worst_stock, 0) ELSE 0 END AS owed_stock_reached
FROM (
    SELECT
        *,
        row_number() OVER (PARTITION BY engagement_id, kpi_id ORDER BY event_date DESC) = 1 AS newest,
        greatest(0, date_diff('month', month_start, last_month)) AS silent,
        max(denominator) OVER year_before AS fastest_flow,
        min(numerator / nullif(denominator, 0)) OVER year_before AS worst_flow,
        greatest(max(gain) OVER year_before, 0) AS fastest_stock,
        min(CASE WHEN gain > 0 THEN least(greatest(gain_reached / gain, 0), 1) END) OVER year_before AS worst_stock
    FROM (
        SELECT
            counts.engagement_id, engagement.cro_id, engagement.service_type, counts.kpi_id, counts.month,
            strptime(counts.month, '%Y-%m')::DATE AS month_start, last_day(month_start) AS event_date,
            counts.numerator::DOUBLE AS numerator, counts.denominator::DOUBLE AS denominator,
            counts.denominator - lag(counts.denominator) OVER by_month AS gain,
            counts.numerator - lag(counts.numerator) OVER by_month AS gain_reached,
            (date_trunc('month', least(engagement.ended_on, reached.actual, $as_of) + 1) - INTERVAL 1 MONTH)::DATE
                AS last_month
        FROM known_kpi_data AS counts
        JOIN fact_engagement AS engagement ON engagement.engagement_id = counts.engagement_id
        LEFT JOIN known_milestones AS reached
            ON reached.engagement_id = counts.engagement_id AND reached.site_id = ''
            AND reached.milestone = ($expected_until::MAP(VARCHAR, VARCHAR))[counts.kpi_id]
        WINDOW by_month AS (PARTITION BY counts.engagement_id, counts.kpi_id ORDER BY counts.month)
    )
    WHERE event_date <= $as_of
    WINDOW year_before AS (
        PARTITION BY engagement_id, kpi_id ORDER BY month_start
        RANGE BETWEEN INTERVAL 11 MONTH PRECEDING AND CURRENT ROW
    )
)
