-- One row a milestone that is not cancelled, but for those that fell due only after their contract was cancelled. due: its
-- date in the baseline of the scope. counted: due by the as-of date, or reached by it. event_date: the due date, or the date
-- reached where that came first. slip_days: plus is late; an overdue milestone ages to the as-of date, a missed one (due and
-- not reached when the contract was cancelled) to that day. excused: late, and the days that it is late so far are allocated,
-- undisputed, and none of them is the CRO's.
SELECT
    *,
    actual IS NOT NULL OR due <= $as_of AS counted,
    coalesce(actual <= due, FALSE) AS met,
    CASE WHEN due > $as_of AND actual IS NOT NULL THEN actual ELSE due END AS event_date,
    actual IS NULL AND stopped_on IS NULL AS unfinished,
    CASE
        WHEN actual IS NOT NULL OR stopped_on IS NOT NULL THEN date_diff('day', due, coalesce(actual, stopped_on))
        WHEN due <= $as_of THEN date_diff('day', due, greatest(coalesce(forecast, $as_of), $as_of))
        WHEN forecast IS NOT NULL THEN date_diff('day', due, forecast)
    END AS slip_days,
    CASE
        WHEN actual IS NOT NULL THEN CASE WHEN actual <= due THEN 'met' ELSE 'late' END
        WHEN stopped_on IS NOT NULL THEN 'missed'
        WHEN due <= $as_of THEN 'overdue'
        ELSE 'open'
    END AS state,
    days_cro + days_sponsor + days_external > 0 AS allocated,
    coalesce((slip_days > 0 OR state IN ('overdue', 'missed')) AND allocated AND days_cro = 0
        AND coalesce(attribution_status, '') <> 'disputed'
        AND days_sponsor + days_external >= CASE WHEN state = 'overdue' THEN $as_of - due ELSE slip_days END, FALSE)
        AS excused,
    NOT excused AS cro_counts
FROM (
    SELECT
        milestone.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id, engagement.service_type,
        milestone.milestone, milestone.site_id, milestone.site_id = '' AS whole_study,
        milestone.baseline_original, coalesce(milestone.baseline_current, milestone.baseline_original)
            AS baseline_current,
        CASE WHEN $baseline = 'current' THEN coalesce(milestone.baseline_current, milestone.baseline_original)
            ELSE milestone.baseline_original END AS due,
        milestone.forecast, milestone.actual, coalesce(milestone.contractual, FALSE) AS contractual,
        coalesce(milestone.days_cro, 0) AS days_cro, coalesce(milestone.days_sponsor, 0) AS days_sponsor,
        coalesce(milestone.days_external, 0) AS days_external, milestone.attribution_status, milestone.comment,
        CASE WHEN milestone.actual IS NULL THEN engagement.cancelled_on END AS stopped_on, milestone.upload
    FROM known_milestones AS milestone
    JOIN fact_engagement AS engagement ON engagement.engagement_id = milestone.engagement_id
    WHERE milestone.cancelled_on IS NULL AND (stopped_on IS NULL OR due <= stopped_on)
)
