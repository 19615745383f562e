-- One row a request opened by the as-of date, on the clock of its SLA. Business time is 09 to 17, Monday to Friday less
-- holidays, in the SLA's time zone; 8 hours are a day; paused hours do not count. The clock stops at the answer, at the
-- cancellation, or at the end (24:00 UTC) of the as-of date. timed: opened and answered with a time of day; a date alone
-- is judged in days, and its hours are not known. state: met, missed, pending (open within the SLA), none (no SLA, or
-- cancelled before it ran out). months_silent: months ended since its CRO last gave a first answer to anything but a data
-- query; where there is none, an open queue must not look younger for the new requests in it.
SELECT
    request_id, engagement_id, cro_id, cro, study_id, service_type, type, direction, channel, topic, priority,
    opened_on AS event_date, opened_on, opened_at, answered_at, resolved_at, cancelled_on, response_hours,
    resolution_days, clock, upload, escalation_level,
    answered_at IS NOT NULL AS answered, resolved_at IS NOT NULL AS resolved,
    answered_at IS NULL AND cancelled_on IS NULL AS unfinished,
    resolved_at IS NULL AND cancelled_on IS NULL AS open,
    date_diff('day', opened_on, $as_of) AS age_days,
    date_diff('day', opened_on, resolution_stop_on) AS resolution_elapsed_days,
    resolution_business_days AS resolution_days_taken,
    CASE WHEN timed THEN response_business_hours END AS response_business_hours,
    CASE
        WHEN response_hours IS NULL THEN 'none'
        WHEN within AND answered THEN 'met'
        WHEN NOT within THEN 'missed'
        WHEN cancelled_on IS NULL THEN 'pending'
        ELSE 'none'
    END AS state,
    coalesce(greatest(0, date_diff('month', last_on, date_trunc('month', $as_of + 1) - INTERVAL 1 MONTH)), 0)
        AS months_silent
FROM (
    SELECT
        *,
        greatest(0, CASE WHEN resolution_timed
            THEN (resolution_stop_seconds - begun_seconds) / 3600 - paused
            ELSE (resolution_stop_day - begun_day) * 8 - paused END) / 8 AS resolution_business_days,
        greatest(0, (response_stop_seconds - opened_seconds) / 3600 - paused) AS response_business_hours,
        CASE
            WHEN timed AND clock = 'business' THEN response_business_hours <= response_hours
            WHEN timed THEN epoch(response_stop - opened) / 3600 - paused <= response_hours
            WHEN clock = 'business' THEN (response_stop_day - opened_day) * 8 - paused <= ceil(response_hours / 8) * 8
            ELSE date_diff('day', opened_on, response_stop_on) * 24 - paused <= ceil(response_hours / 24) * 24
        END AS within
    FROM (
        SELECT
            clocked.*, opening.business_before AS opened_day, beginning.business_before AS begun_day,
            answer.business_before AS response_stop_day, settled.business_before AS resolution_stop_day,
            opening.business_before * 28800
                + opening.business * least(greatest(epoch(opened_local) % 86400 - 32400, 0), 28800) AS opened_seconds,
            answer.business_before * 28800
                + answer.business * least(greatest(epoch(response_local) % 86400 - 32400, 0), 28800)
                AS response_stop_seconds,
            beginning.business_before * 28800
                + beginning.business * least(greatest(epoch(opened_local) % 86400 - 32400, 0), 28800) AS begun_seconds,
            settled.business_before * 28800
                + settled.business * least(greatest(epoch(resolution_local) % 86400 - 32400, 0), 28800)
                AS resolution_stop_seconds
        FROM (
            SELECT
                *,
                CASE WHEN (timed OR resolution_timed) AND zone <> 'UTC' THEN timezone(zone, timezone('UTC', opened))
                    ELSE opened END AS opened_local,
                CASE WHEN timed AND zone <> 'UTC' THEN timezone(zone, timezone('UTC', response_stop))
                    ELSE response_stop END AS response_local,
                CASE WHEN resolution_timed AND zone <> 'UTC' THEN timezone(zone, timezone('UTC', resolution_stop))
                    ELSE resolution_stop END AS resolution_local,
                CASE WHEN timed THEN response_local::DATE ELSE response_stop_on END AS response_day,
                CASE WHEN resolution_timed THEN resolution_local::DATE ELSE resolution_stop_on END AS resolution_day,
                CASE WHEN timed THEN opened_local::DATE ELSE opened_on END AS opening_day,
                CASE WHEN resolution_timed THEN opened_local::DATE ELSE opened_on END AS beginning_day
            FROM (
                SELECT
                    *, opened_at[:10]::DATE AS opened_on, rtrim(opened_at, 'Z')::TIMESTAMP AS opened,
                    len(opened_at) > 10 AND coalesce(len(answered_at), 11) > 10 AS timed,
                    len(opened_at) > 10 AND coalesce(len(resolved_at), 11) > 10 AS resolution_timed,
                    coalesce(answered_at[:10]::DATE, cancelled_on, $as_of) AS response_stop_on,
                    coalesce(resolved_at[:10]::DATE, cancelled_on, $as_of) AS resolution_stop_on,
                    coalesce(
                        rtrim(answered_at, 'Z')::TIMESTAMP, coalesce(cancelled_on, $as_of) + INTERVAL 1 DAY
                    ) AS response_stop,
                    coalesce(
                        rtrim(resolved_at, 'Z')::TIMESTAMP, coalesce(cancelled_on, $as_of) + INTERVAL 1 DAY
                    ) AS resolution_stop
                FROM (
                    SELECT
                        request.request_id, request.engagement_id, engagement.cro_id, engagement.cro,
                        engagement.study_id, engagement.service_type, coalesce(request.type, 'question') AS type,
                        coalesce(request.direction, 'to_cro') AS direction, request.channel,
                        request.topic, coalesce(request.priority, '') AS priority, request.opened_at,
                        request.resolved_at, request.cancelled_on, request.escalation_level, request.upload,
                        coalesce(request.paused_hours::DOUBLE, 0) AS paused,
                        CASE
                            WHEN request.resolved_at IS NULL THEN request.first_response_at
                            WHEN request.first_response_at IS NULL THEN request.resolved_at
                            WHEN request.resolved_at[:10] < request.first_response_at[:10] THEN request.resolved_at
                            WHEN request.resolved_at[:10] > request.first_response_at[:10]
                                THEN request.first_response_at
                            WHEN len(request.resolved_at) = 10 THEN request.first_response_at
                            WHEN len(request.first_response_at) = 10 THEN request.resolved_at
                            ELSE least(request.resolved_at, request.first_response_at)
                        END AS answered_at,
                        coalesce(own.response_hours, common.response_hours)::DOUBLE AS response_hours,
                        coalesce(own.resolution_days, common.resolution_days)::DOUBLE AS resolution_days,
                        coalesce(CASE WHEN own.priority IS NULL THEN common.clock ELSE own.clock END, 'business')
                            AS clock,
                        coalesce(CASE WHEN own.priority IS NULL THEN common.time_zone ELSE own.time_zone END, 'UTC')
                            AS zone,
                        heard.last_on
                    FROM known_requests AS request
                    JOIN fact_engagement AS engagement ON engagement.engagement_id = request.engagement_id
                    LEFT JOIN known_slas AS own
                        ON own.engagement_id = request.engagement_id AND own.priority <> ''
                        AND lower(own.priority) = lower(request.priority)
                    LEFT JOIN known_slas AS common
                        ON common.engagement_id = request.engagement_id AND common.priority = ''
                    LEFT JOIN (
                        SELECT
                            engagement.cro_id, coalesce(
                                max(least(request.first_response_at, request.resolved_at)), min(request.opened_at)
                            )[:10]::DATE AS last_on
                        FROM known_requests AS request
                        JOIN fact_engagement AS engagement ON engagement.engagement_id = request.engagement_id
                        WHERE coalesce(request.direction, 'to_cro') = 'to_cro'
                            AND coalesce(request.type, 'question') <> 'data_query'
                        GROUP BY engagement.cro_id
                    ) AS heard ON heard.cro_id = engagement.cro_id
                    WHERE request.opened_at IS NOT NULL
                )
            )
        ) AS clocked
        JOIN calendar AS opening ON opening.day = clocked.opening_day
        JOIN calendar AS beginning ON beginning.day = clocked.beginning_day
        JOIN calendar AS answer ON answer.day = clocked.response_day
        JOIN calendar AS settled ON settled.day = clocked.resolution_day
    )
)
