"""A portfolio with very many requests: those of the demo portfolio, and ten million more over its engagements."""

import shutil
from pathlib import Path

import duckdb

from data.store import Store

ROWS = 10_000_000
# Each request has its own dice, the hash of its number, so that every run makes the same ones. Answers and resolutions
# are exponential, one request in 200 is not answered and four are not resolved; the newest upload told them all.
MORE = """
INSERT INTO requests BY NAME
SELECT
    'M-' || number AS request_id, engagement_id,
    ['issue', 'question', 'document', 'data_query', 'data_query'][1 + number % 5] AS type,
    CASE WHEN dice(number, 1, 8) = 0 THEN 'to_sponsor' ELSE 'to_cro' END AS direction, 'mail' AS channel,
    ['site payments', 'labels', 'safety', 'contracts', 'data'][1 + dice(number, 2, 5)] AS topic,
    ['high', 'normal', 'low'][1 + dice(number, 3, 3)] AS priority,
    strftime(opened, '%Y-%m-%dT%H:%M:%SZ') AS opened_at,
    CASE WHEN answered < $stop AND lost > 0 THEN strftime(answered, '%Y-%m-%dT%H:%M:%SZ') END AS first_response_at,
    CASE WHEN resolved < $stop AND lost > 3 THEN strftime(resolved, '%Y-%m-%dT%H:%M:%SZ') END AS resolved_at,
    $number AS valid_from
FROM (
    SELECT
        *, opened + to_seconds((-ln(1 - dice(number, 5, 100000) / 100001.0) * 36 * 3600)::BIGINT) AS answered,
        answered + to_seconds((-ln(1 - dice(number, 6, 100000) / 100001.0) * 100 * 3600)::BIGINT) AS resolved,
        dice(number, 7, 200) AS lost
    FROM (
        SELECT
            number, engagement_id,
            start_date + to_seconds((dice(number, 4, 1000000) / 1e6 * epoch($stop - start_date::TIMESTAMP))::BIGINT)
                AS opened
        FROM range($rows) AS requests(number)
        JOIN (
            SELECT row_number() OVER (ORDER BY engagement_id) - 1 AS place, count(*) OVER () AS places, *
            FROM engagements WHERE valid_to IS NULL AND start_date < $stop - INTERVAL 30 DAY
        ) AS engagement ON engagement.place = number % engagement.places
    )
)
ORDER BY opened
"""
DICE = "CREATE TEMP MACRO dice(number, throw, sides) AS (hash(number * 8 + throw) % sides)::BIGINT"
NEWEST = "SELECT max(number), max(status_date) + INTERVAL 1 DAY FROM uploads"


def with_many(store: Path, folder: Path, rows: int = ROWS) -> Path:
    """A copy of the store in `folder` with so many more requests, brought straight into its table, rollups anew."""
    copy = folder / "many.duckdb"
    shutil.copyfile(store, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(DICE)
        number, stop = connection.execute(NEWEST).fetchall()[0]
        connection.execute(MORE, {"rows": rows, "number": number, "stop": stop})
        connection.execute("DELETE FROM rollups")
    Store(copy).close()
    return copy
