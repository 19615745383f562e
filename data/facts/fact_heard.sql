-- One row a CRO: the last day on which it gave a first answer to anything but a data query, else that of the first request.
SELECT
    engagement.cro_id,
    coalesce(max(clocked.answered_on) FILTER (clocked.answered_on <= $as_of), min(clocked.opened_on)) AS last_on
FROM request_clock AS clocked
JOIN fact_engagement AS engagement ON engagement.engagement_id = clocked.engagement_id
WHERE clocked.direction = 'to_cro' AND clocked.type <> 'data_query' AND clocked.opened_on <= $as_of
GROUP BY ALL
