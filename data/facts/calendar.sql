-- One row a day. business_before: business days before it (Monday to Friday, less holidays), so that the difference of
-- two days counts the business days between them.
SELECT
    day, business,
    (sum(business) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - business)::INTEGER
        AS business_before
FROM (
    SELECT series.day::DATE AS day, (isodow(series.day) < 6 AND holiday.day IS NULL)::INTEGER AS business
    FROM generate_series(TIMESTAMP '1990-01-01', $as_of::TIMESTAMP + INTERVAL 2 DAY, INTERVAL 1 DAY) AS series(day)
    LEFT JOIN known_holidays AS holiday ON holiday.day = series.day::DATE
)
