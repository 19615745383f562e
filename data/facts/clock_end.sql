-- One row a time zone of the SLAs, and UTC: business seconds up to the end (24:00 UTC) of the as-of date, and business days
-- before that date.
SELECT
    zone, now.business_before AS day,
    local.business_before * 28800
        + local.business * least(greatest(epoch(end_local) % 86400 - 32400, 0), 28800) AS second
FROM (
    SELECT zone, timezone(zone, timezone('UTC', $as_of + INTERVAL 1 DAY)) AS end_local
    FROM (SELECT 'UTC' AS zone UNION SELECT time_zone FROM known_slas WHERE time_zone IS NOT NULL)
)
JOIN calendar AS local ON local.day = end_local::DATE
JOIN calendar AS now ON now.day = $as_of
