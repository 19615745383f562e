-- One row a request on the clock of its SLA, without an as-of date: what each question of a date needs, so that the clock
-- is read once. Business time is 09 to 17, Monday to Friday less holidays, in the SLA's time zone. ..._second: business
-- seconds up to the moment, of a moment with a time of day; ..._day: business days before its date. dropped_moment is 24:00
-- UTC of the cancellation. answered_at: the earlier of first response and resolution. The calendar is a list with the day
-- as its place: eight joins would be planned badly. Of two spellings of a priority the SLA told last holds.
SELECT
    clocked.* EXCLUDE (opened_local, answered_local, resolved_local, dropped_local),
    days.before[opened_on - days.first + 1] AS opened_day,
    days.before[answered_on - days.first + 1] AS answered_day,
    days.before[resolved_on - days.first + 1] AS resolved_day,
    days.before[cancelled_on - days.first + 1] AS dropped_day,
    days.before[opened_local::DATE - days.first + 1] * 28800 + days.business[opened_local::DATE - days.first + 1]
        * least(greatest(epoch(opened_local) % 86400 - 32400, 0), 28800) AS opened_second,
    days.before[answered_local::DATE - days.first + 1] * 28800 + days.business[answered_local::DATE - days.first + 1]
        * least(greatest(epoch(answered_local) % 86400 - 32400, 0), 28800) AS answered_second,
    days.before[resolved_local::DATE - days.first + 1] * 28800 + days.business[resolved_local::DATE - days.first + 1]
        * least(greatest(epoch(resolved_local) % 86400 - 32400, 0), 28800) AS resolved_second,
    days.before[dropped_local::DATE - days.first + 1] * 28800 + days.business[dropped_local::DATE - days.first + 1]
        * least(greatest(epoch(dropped_local) % 86400 - 32400, 0), 28800) AS dropped_second
FROM (
    SELECT
        *,
        CASE WHEN zone = 'UTC' THEN opened_moment ELSE timezone(zone, timezone('UTC', opened_moment)) END
            AS opened_local,
        CASE WHEN zone = 'UTC' THEN answered_moment ELSE timezone(zone, timezone('UTC', answered_moment)) END
            AS answered_local,
        CASE WHEN zone = 'UTC' THEN resolved_moment ELSE timezone(zone, timezone('UTC', resolved_moment)) END
            AS resolved_local,
        CASE WHEN zone = 'UTC' THEN dropped_moment ELSE timezone(zone, timezone('UTC', dropped_moment)) END
            AS dropped_local
    FROM (
        SELECT
            *, opened_at::TIMESTAMP AS opened_moment, answered_at::TIMESTAMP AS answered_moment,
            resolved_at::TIMESTAMP AS resolved_moment, cancelled_on + INTERVAL 1 DAY AS dropped_moment,
            opened_moment::DATE AS opened_on, answered_moment::DATE AS answered_on,
            resolved_moment::DATE AS resolved_on, len(opened_at) > 10 AS opened_timed,
            len(answered_at) > 10 AS answered_timed, len(resolved_at) > 10 AS resolved_timed
        FROM (
            SELECT
                request.request_id, request.engagement_id, coalesce(request.type, 'question') AS type,
                coalesce(request.direction, 'to_cro') AS direction, request.channel, request.topic,
                coalesce(request.priority, '') AS priority, request.opened_at, request.resolved_at,
                request.cancelled_on, request.escalation_level, request.upload,
                coalesce(request.paused_hours::DOUBLE, 0) AS paused,
                CASE
                    WHEN request.resolved_at IS NULL THEN request.first_response_at
                    WHEN request.first_response_at IS NULL THEN request.resolved_at
                    WHEN request.resolved_at[:10] < request.first_response_at[:10] THEN request.resolved_at
                    WHEN request.resolved_at[:10] > request.first_response_at[:10] THEN request.first_response_at
                    WHEN len(request.resolved_at) = 10 THEN request.first_response_at
                    WHEN len(request.first_response_at) = 10 THEN request.resolved_at
                    ELSE least(request.resolved_at, request.first_response_at)
                END AS answered_at,
                coalesce(own.response_hours, common.response_hours)::DOUBLE AS response_hours,
                coalesce(own.resolution_days, common.resolution_days)::DOUBLE AS resolution_days,
                coalesce(CASE WHEN own.priority IS NULL THEN common.clock ELSE own.clock END, 'business') AS clock,
                coalesce(CASE WHEN own.priority IS NULL THEN common.time_zone ELSE own.time_zone END, 'UTC') AS zone
            FROM known_requests AS request
            LEFT JOIN (
                SELECT *, lower(priority) AS folded
                FROM known_slas
                WHERE priority <> ''
                QUALIFY row_number() OVER (PARTITION BY engagement_id, folded ORDER BY upload DESC, priority) = 1
            ) AS own
                ON own.engagement_id = request.engagement_id AND own.folded = lower(request.priority)
            LEFT JOIN known_slas AS common
                ON common.engagement_id = request.engagement_id AND common.priority = ''
            WHERE request.opened_at IS NOT NULL
        )
    )
) AS clocked
CROSS JOIN (
    SELECT min(day) AS first, list(business_before ORDER BY day) AS before, list(business ORDER BY day) AS business
    FROM calendar
) AS days
