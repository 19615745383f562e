-- One row an engagement, side and kind (data query or not) whose hours are not told: of what was opened with a time of day
-- and answered, more than a tenth was answered with a date alone, in the trailing period or before it (inside tells which).
-- If such answers were left out and what is open were kept, the sample would be chosen by its own outcome; of a tenth left
-- out, the median is still one between the 45th and the 55th of 100 of all.
SELECT engagement_id, direction, type = 'data_query' AS query, opened_on > $since AS inside
FROM request_clock
WHERE opened_timed AND opened_on <= $as_of AND answered_on <= $as_of
GROUP BY ALL
HAVING 10 * count(*) FILTER (NOT answered_timed) > count(*)
