-- One row a request opened by the as-of date, on the clock of its SLA; 8 hours are a day and paused hours do not count. The
-- clock stops at the answer, at the cancellation, or at the end (24:00 UTC) of the as-of date. timed: opened and answered
-- with a time of day; a date alone is judged in days, and its hours are not known. Where many of the answers are dates, no
-- hours of the engagement are told, of what is open neither (fact_undated). state: met, missed, pending (open within
-- the SLA), none (no SLA, or cancelled before it ran out). months_silent: months ended since its CRO last gave a first
-- answer to anything but a data query; where there is none, an open queue must not look younger for the new requests in it.
SELECT
    request_id, engagement_id, cro_id, cro, study_id, service_type, type, direction, channel, topic, priority,
    opened_on AS event_date, opened_on, opened_at, CASE WHEN answered THEN answered_at END AS answered_at,
    CASE WHEN resolved THEN resolved_at END AS resolved_at, CASE WHEN dropped THEN cancelled_on END AS cancelled_on,
    response_hours, resolution_days, clock, upload, escalation_level, answered, resolved,
    NOT answered AND NOT dropped AS unfinished, NOT resolved AND NOT dropped AS open,
    date_diff('day', opened_on, $as_of) AS age_days,
    date_diff('day', opened_on, CASE WHEN resolved THEN resolved_on WHEN dropped THEN cancelled_on ELSE $as_of END)
        AS resolution_elapsed_days,
    greatest(0, CASE
        WHEN opened_timed AND (NOT resolved OR resolved_timed) THEN (
            CASE WHEN resolved THEN resolved_second WHEN dropped THEN dropped_second ELSE now_second END
            - opened_second
        ) / 3600 - paused
        ELSE (
            CASE WHEN resolved THEN resolved_day WHEN dropped THEN dropped_day ELSE now_day END - opened_day
        ) * 8 - paused
    END) / 8 AS resolution_days_taken,
    CASE WHEN timed AND told THEN business_hours END AS response_business_hours,
    CASE
        WHEN response_hours IS NULL THEN 'none'
        WHEN within AND answered THEN 'met'
        WHEN NOT within THEN 'missed'
        WHEN NOT dropped THEN 'pending'
        ELSE 'none'
    END AS state,
    coalesce(greatest(0, date_diff('month', last_on, date_trunc('month', $as_of + 1) - INTERVAL 1 MONTH)), 0)
        AS months_silent
FROM (
    SELECT
        *, opened_timed AND (NOT answered OR answered_timed) AS timed,
        greatest(0, (
            CASE WHEN answered THEN answered_second WHEN dropped THEN dropped_second ELSE now_second END - opened_second
        ) / 3600 - paused) AS business_hours,
        CASE
            WHEN timed AND clock = 'business' THEN business_hours <= response_hours
            WHEN timed THEN epoch(
                CASE WHEN answered THEN answered_moment WHEN dropped THEN dropped_moment
                    ELSE $as_of + INTERVAL 1 DAY END - opened_moment
            ) / 3600 - paused <= response_hours
            WHEN clock = 'business' THEN (
                CASE WHEN answered THEN answered_day WHEN dropped THEN dropped_day ELSE now_day END - opened_day
            ) * 8 - paused <= ceil(response_hours / 8) * 8
            ELSE date_diff(
                'day', opened_on, CASE WHEN answered THEN answered_on WHEN dropped THEN cancelled_on ELSE $as_of END
            ) * 24 - paused <= ceil(response_hours / 24) * 24
        END AS within
    FROM (
        SELECT
            clocked.*, engagement.cro_id, engagement.cro, engagement.study_id, engagement.service_type,
            coalesce(clocked.answered_on <= $as_of, FALSE) AS answered,
            coalesce(clocked.resolved_on <= $as_of, FALSE) AS resolved,
            coalesce(clocked.cancelled_on <= $as_of, FALSE) AS dropped,
            stop.second AS now_second, stop.day AS now_day, heard.last_on, undated.engagement_id IS NULL AS told
        FROM request_clock AS clocked
        JOIN fact_engagement AS engagement ON engagement.engagement_id = clocked.engagement_id
        JOIN clock_end AS stop ON stop.zone = clocked.zone
        LEFT JOIN fact_heard AS heard ON heard.cro_id = engagement.cro_id
        LEFT JOIN fact_undated AS undated
            ON undated.engagement_id = clocked.engagement_id AND undated.direction = clocked.direction
            AND undated.query = (clocked.type = 'data_query') AND undated.inside = (clocked.opened_on > $since)
        WHERE clocked.opened_on <= $as_of
    )
)
