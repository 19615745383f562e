"""A real file of data queries, brought into the requests format: medians and 90th percentiles against scipy.

A site stands in for a CRO, then a country. Left out where the file is not beside the project.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import CensoredData, ecdf

from analytics.catalogue import BY_ID, DIRECTIONS
from analytics.control import control
from analytics.engine import kpi_rows
from analytics.measure import Dim
from analytics.responsiveness import waits
from analytics.scope import Scope
from analytics.sides import against_the_rest, curves
from analytics.view import View
from data import commands
from data.intake import FileIn
from data.store import Stamp, Store

FILE = Path(__file__).parents[3] / "shared" / "real" / "clindata_edc_queries.csv"
AS_OF = date(2019, 10, 26)
"""The day on which the queries were extracted."""
ROWS = 42_259
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real file is not here")

QUERIES = f"SELECT * FROM read_csv('{FILE}', all_varchar = TRUE)"
LATE_BORN = "Q-17755"
"""The one query that was opened after the extraction; the file says that it is one day old."""


def as_ours(place: str) -> dict[str, str]:
    """The three kinds, with a site or a country (`place`) in the part of the CRO."""
    called = f"'{'Site' if place == 'siteid' else 'Country'} ' || {place}"
    return {
        "cros": f"SELECT DISTINCT {place} AS cro_id, {called} AS name FROM ({QUERIES}) ORDER BY ALL",
        "engagements": f"""
            SELECT 'E-' || {place} AS engagement_id, {place} AS cro_id, 'AA' AS study_id, {called} AS title,
                'full' AS service_type, min(created) AS start_date, '2030-12-31' AS planned_end, 0 AS contract_value,
                'USD' AS currency
            FROM ({QUERIES}) GROUP BY {place} ORDER BY ALL""",
        "requests": f"""
            SELECT 'Q-' || row_number() OVER () AS request_id, 'E-' || {place} AS engagement_id, 'data_query' AS type,
                created AS opened_at, answered AS first_response_at, resolved AS resolved_at
            FROM ({QUERIES})""",
    }


def loaded(place: str) -> Store:
    store = Store()
    with duckdb.connect() as files:
        told = [
            FileIn(f"{kind}.csv", files.execute(question).df().to_csv(index=False).encode(), kind)
            for kind, question in as_ours(place).items()
        ]
    stamp = Stamp(who="test", role="test", at=datetime(2019, 10, 27, tzinfo=UTC), status_date=AS_OF)
    answer = commands.load(store, told, stamp, kpis=DIRECTIONS)
    assert answer.accepted
    requests = answer.files[-1]
    assert (requests.counts.rows, requests.counts.new, requests.counts.rejected) == (ROWS, ROWS, 0)
    return store


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    store = loaded("siteid")
    yield store
    store.close()


@pytest.fixture(scope="module")
def countries() -> Iterator[Store]:
    store = loaded("country")
    yield store
    store.close()


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    """Days from opening to resolution by site, straight from the file; what is not resolved is censored that day.

    One query was opened on 2019-10-31, after the extraction: as of the extraction it is not there.
    """
    rows = pd.read_csv(FILE, usecols=["siteid", "created", "resolved"], dtype={"siteid": str})
    opened, resolved = pd.to_datetime(rows["created"]), pd.to_datetime(rows["resolved"])
    end = pd.Timestamp(AS_OF)
    rows = rows.assign(days=(resolved.fillna(end) - opened).dt.days, waiting=resolved.isna())[opened <= end]
    assert len(rows) == ROWS - 1
    assert rows["waiting"].sum() == 67 + 97 - 1  # 67 open and 97 answered ones, less the one that is not there yet
    found = []
    for site, own in rows.groupby("siteid"):
        curve = ecdf(CensoredData.right_censored(own["days"].to_numpy(float), own["waiting"].to_numpy())).sf
        found.append((f"Site {site}", len(own), _first(curve, 0.5), _first(curve, 0.1)))
    return pd.DataFrame(found, columns=["label", "n", "median", "p90"]).set_index("label")


def _first(curve: object, share: float) -> float:
    """The first time at which no more than this share is left; NaN where the curve stays above it."""
    times, left = curve.quantiles, curve.probabilities  # type: ignore[attr-defined]
    reached = np.flatnonzero(left <= share + 1e-12)
    return float(times[reached[0]]) if reached.size else float("nan")


def test_median_and_ninth_decile_of_every_site_are_those_of_scipy(store: Store, expected: pd.DataFrame) -> None:
    with store.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=store.version))
        seen = waits(view, "elapsed", "cro", "queries", whole=True)
    ours = seen.summary.set_index("label").loc[expected.index]
    assert len(ours) == len(seen.summary) == 176
    assert seen.n == ROWS - 1
    assert seen.waiting == 163
    for column in ("n", "median", "p90"):
        np.testing.assert_array_equal(ours[column].to_numpy(float), expected[column].to_numpy(float), err_msg=column)


def test_leaving_the_open_ones_out_would_have_told_another_story(store: Store) -> None:
    """The check above can fail: at some site the median of resolved queries alone is a different one."""
    with store.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=store.version))
        table = waits(view, "elapsed", "cro", "queries", whole=True).summary
    differs = table[table["median"].notna() & (table["closed_only"] < table["median"])]
    assert not differs.empty


AGES = """
SELECT request_id, date_diff('day', opened_on, coalesce(resolved_at, answered_at, $as_of::TEXT)[:10]::DATE) + 1 AS age
FROM fact_request
"""


def test_the_age_of_every_query_is_the_published_one_but_for_one_from_after_the_end(store: Store) -> None:
    """queryage of the file: the days from opening to resolution, else answer, else extraction, both counted."""
    told = pd.read_csv(FILE, usecols=["queryage"])["queryage"]
    told.index = pd.Index([f"Q-{row}" for row in range(1, ROWS + 1)])
    with store.read() as cursor:
        ours = View(cursor, Scope(as_of=AS_OF, known_at=store.version)).ask(AGES).set_index("request_id")["age"]
        later = View(cursor, Scope(as_of=date(2019, 10, 31), known_at=store.version)).rows(
            "SELECT opened_on FROM fact_request WHERE request_id = $late_born", late_born=LATE_BORN
        )
    assert len(ours) == 42_258
    assert (ours == told.loc[ours.index]).all()
    assert set(told.index) - set(ours.index) == {LATE_BORN}
    assert [row["opened_on"] for row in later] == [date(2019, 10, 31)]


def business_days() -> pd.DataFrame:
    """Columns country, month, days, waiting: business days to resolution or extraction, by numpy alone."""
    rows = pd.read_csv(FILE, usecols=["country", "created", "resolved"])
    rows = rows[rows["created"] <= AS_OF.isoformat()]
    end = rows["resolved"].fillna(AS_OF.isoformat())
    days = np.busday_count(rows["created"].to_numpy("datetime64[D]"), end.to_numpy("datetime64[D]"))
    return rows.assign(days=days, waiting=rows["resolved"].isna(), month=rows["created"].str[:7])


def survival(rows: pd.DataFrame) -> Any:
    """The curve of such rows by scipy."""
    return ecdf(CensoredData.right_censored(rows["days"].to_numpy(float), rows["waiting"].to_numpy())).sf


@pytest.mark.parametrize(("dim", "column"), [("cro", "country"), ("month", "month")])
def test_cycle_time_by_country_and_by_month(countries: Store, dim: Dim, column: str) -> None:
    groups = {str(key): own for key, own in business_days().groupby(column)}
    with countries.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=countries.version, since=date(2000, 1, 1)))
        ours = pd.DataFrame(kpi_rows(view, [BY_ID["Q04"]], (dim,))).set_index(dim)
    assert list(ours.index) == sorted(groups)
    assert list(ours["n"]) == [len(groups[key]) for key in ours.index]
    medians = [_first(survival(groups[key]), 0.5) for key in ours.index]
    np.testing.assert_array_equal(ours["value"].to_numpy(float), medians)


def test_the_curve_of_each_country_is_that_of_scipy(countries: Store) -> None:
    """Their medians are all four business days; their curves differ."""
    with countries.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=countries.version, since=date(2000, 1, 1)))
        steps = curves(view, "Q04")
    for country, own in business_days().groupby("country"):
        expected, ours = survival(own), steps[(steps["label"] == f"Country {country}") & (steps["t"] > 0)]
        np.testing.assert_allclose(ours["s"].to_numpy(float), expected.evaluate(ours["t"].to_numpy(float)), atol=1e-12)
    assert steps.groupby("label")["s"].nth(5).nunique() == 3


def test_countries_against_each_other_and_months_against_their_past(countries: Store) -> None:
    """What the tabs show of it: three curves, three words, and limits from the months that have enough queries."""
    with countries.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=countries.version, since=date(2000, 1, 1)))
        table = against_the_rest(view, "Q04").set_index("cro_id")
        steps = curves(view, "Q04")
        seen = control(view, "Q04")
    assert set(steps["label"]) == set(table["cro"]) == {"Country China", "Country Japan", "Country US"}
    assert table["n"].sum() == ROWS - 1
    assert table["open"].sum() == 163
    assert table["observed"].sum() == pytest.approx(ROWS - 1 - 163)
    # Each case that is over is expected somewhere: nothing is lost between the CRO and the rest.
    assert (table["p"] < 0.05).all() == (set(table["word"]) <= {"better", "worse"})
    gaps = seen.points["value"].isna()
    assert (seen.points.loc[~gaps, "n"] >= 10).all()
    assert seen.points["month"].is_monotonic_increasing
