-- One row an assignment of the CRO's people and calendar month, cut before the first day of the period, so that any
-- period adds up to the day: days worked, first and last one included, and whether the person left the company then.
SELECT
    assignment_id, engagement_id, cro_id, service_type, last_on AS event_date,
    date_diff('day', first_on, last_on) + 1 AS days, coalesce(left_on = last_on, FALSE) AS has_left, upload
FROM (
    SELECT
        *, greatest(start_date, month_start, CASE WHEN part = 2 THEN $since + 1 ELSE start_date END) AS first_on,
        least(coalesce(end_date, told_to), last_day(month_start), CASE WHEN part = 1 THEN $since ELSE $as_of END)
            AS last_on
    FROM (
        SELECT
            *, unnest(generate_series(
                date_trunc('month', start_date), date_trunc('month', coalesce(end_date, told_to)), INTERVAL 1 MONTH
            ))::DATE AS month_start
        FROM fact_assignment
        WHERE organisation = 'cro'
    )
    CROSS JOIN (SELECT unnest([1, 2]) AS part)
)
WHERE first_on <= last_on
