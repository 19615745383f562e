"""Whatever the rows are, the KPIs are what a second, independent computation makes of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.measure import Dim
from analytics.view import View
from data.store import Store
from tests.analytics import oracle
from tests.world import cros, engagement, scope_of, small

AS_OF, SINCE = date(2026, 9, 30), date(2025, 9, 30)
OF = {"E1": "A", "E2": "A", "E3": "B"}
ENGAGEMENTS = [engagement(each, cro, contract_value=1000) for each, cro in OF.items()]
BASE: dict[str, Any] = {"cros": cros("A", "B"), "engagements": ENGAGEMENTS}
BY: tuple[tuple[Dim, ...], ...] = ((), ("cro",), ("engagement",))
Found = dict[tuple[str, tuple[str, ...]], dict[str, Any]]

few = settings(max_examples=20)
sometimes = st.none()
dates = st.dates(date(2025, 8, 1), date(2026, 11, 30))
causes = st.sampled_from([0, 0, 0, 7])
engagements = st.sampled_from(sorted(OF))
SPRING = datetime(2026, 3, 20, tzinfo=UTC)
minutes = st.integers(0, 20 * 24 * 60)
some_hours = st.integers(0, 36).map(lambda hours: 60 * hours) | st.integers(0, 5 * 24 * 60)
HOLIDAYS = [date(2026, 4, 3), date(2026, 4, 6)]
"""Good Friday and Easter Monday; summer time began on 29 March in Europe, on 8 March in America."""


def numbered(kind_key: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {kind_key: f"{number}"} for number, row in enumerate(rows)]


def inside(rows: list[dict[str, Any]], of: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of a group: of everything, of a CRO or of an engagement."""
    return [row for row in rows if not of or of[0] in (row["engagement_id"], OF[row["engagement_id"]])]


def found_in(store: Store, *kpis: str, as_of: date = AS_OF, **scope: Any) -> Found:
    """The KPIs over everything, by CRO and by engagement; by KPI and group."""
    found: Found = {}
    with store.read() as cursor:
        view = View(cursor, scope_of(store, as_of, **scope))
        for by in BY:
            for row in kpi_rows(view, [BY_ID[kpi] for kpi in kpis], by):
                found[row["kpi"], tuple(row[dim] for dim in by)] = row
    store.close()
    return found


def assert_share(row: dict[str, Any], expected: oracle.Share, suffix: str = "") -> None:
    top, bottom = expected
    assert row[f"value{suffix}"] == (pytest.approx(100 * top / bottom, rel=1e-12) if bottom else None)
    assert row[f"n{suffix}"] == bottom


MILESTONES = st.lists(
    st.fixed_dictionaries(
        {
            "engagement_id": engagements,
            "baseline_original": dates,
            "baseline_current": sometimes | dates,
            "forecast": sometimes | dates,
            "actual": sometimes | dates,
            "days_cro": causes,
            "days_sponsor": causes,
            "days_external": causes,
        }
    ),
    max_size=25,
).map(lambda rows: numbered("milestone", rows))


@few
@given(MILESTONES, st.sampled_from(["original", "current"]))
def test_milestones(rows: list[dict[str, Any]], baseline: Any) -> None:
    names = ("baseline_original", "baseline_current")
    found = found_in(small(BASE | {"milestones": rows}), "T01", "T02", baseline=baseline)
    for (kpi, of), row in found.items():
        if kpi == "T01":
            for suffix, all_causes in (("", False), ("_all", True)):
                share = oracle.on_time(inside(rows, of), names, "actual", AS_OF, SINCE, baseline, all_causes)
                assert_share(row, share, suffix)
        else:
            slips = oracle.slips(inside(rows, of), AS_OF, SINCE, baseline)
            assert (row["value"], row["n"]) == (oracle.median(slips), len(slips))


DELIVERABLES = st.lists(
    st.fixed_dictionaries(
        {
            "engagement_id": engagements,
            "name": st.just("report"),
            "due_original": dates,
            "due_current": sometimes | dates,
            "delivered": sometimes | dates,
            "days_cro": causes,
            "days_sponsor": causes,
            "days_external": causes,
        }
    ),
    max_size=25,
).map(lambda rows: numbered("deliverable_id", rows))


@few
@given(DELIVERABLES, st.sampled_from(["original", "current"]))
def test_deliverables(rows: list[dict[str, Any]], baseline: Any) -> None:
    names = ("due_original", "due_current")
    found = found_in(small(BASE | {"deliverables": rows}), "D01", baseline=baseline)
    for (_, of), row in found.items():
        for suffix, all_causes in (("", False), ("_all", True)):
            share = oracle.on_time(inside(rows, of), names, "delivered", AS_OF, SINCE, baseline, all_causes)
            assert_share(row, share, suffix)


def text(at: int, how: str) -> str:
    """So many minutes into the spring: as a moment, as a date, or not at all."""
    moment = f"{SPRING + timedelta(minutes=at):%Y-%m-%dT%H:%M:00Z}"
    return {"moment": moment, "date": moment[:10], "": ""}[how]


@st.composite
def asked(draw: st.DrawFn) -> dict[str, Any]:
    """A request whose answers come after it, each with or without a time of day."""
    opened = draw(minutes)
    row: dict[str, Any] = {"engagement_id": draw(engagements), "priority": draw(st.sampled_from(["", "high"]))}
    row["opened_at"] = text(opened, draw(st.sampled_from(["moment", "moment", "date"])))
    for name, how in (
        ("first_response_at", ["", "moment", "moment", "date"]),
        ("resolved_at", ["", "", "moment", "date"]),
        ("cancelled_on", ["", "", "", "date"]),
    ):
        row[name] = text(opened + draw(some_hours), draw(st.sampled_from(how)))
    row["paused_hours"] = draw(st.sampled_from([None, None, 3]))
    return row


SLAS = st.lists(
    st.fixed_dictionaries(
        {
            "engagement_id": engagements,
            "priority": st.sampled_from(["", "high"]),
            "response_hours": st.sampled_from([4, 8, 12, 24]),
            "clock": st.sampled_from(["", "business", "elapsed"]),
            "time_zone": st.sampled_from(["", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland"]),
        }
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda row: (row["engagement_id"], row["priority"]),
)
IN_SPRING = date(2026, 4, 6)


@few
@given(st.lists(asked(), max_size=25).map(lambda rows: numbered("request_id", rows)), SLAS)
def test_requests(rows: list[dict[str, Any]], slas: list[dict[str, Any]]) -> None:
    kinds = {"requests": rows, "slas": slas, "holidays": [{"day": day} for day in HOLIDAYS]}
    store, lines = small(BASE | kinds), {(sla["engagement_id"], sla["priority"]): sla for sla in slas}
    question = "SELECT request_id, state, response_business_hours AS hours FROM fact_request"
    with store.read() as cursor:
        seen = {row["request_id"]: row for row in View(cursor, scope_of(store, IN_SPRING)).rows(question)}
    opened = [row for row in rows if oracle.day(row["opened_at"]) <= IN_SPRING]
    assert set(seen) == {row["request_id"] for row in opened}
    states = []
    for row in opened:
        line = lines.get((row["engagement_id"], row["priority"])) or lines.get((row["engagement_id"], ""))
        state, hours = oracle.sla_state(row, line, IN_SPRING, HOLIDAYS)
        assert seen[row["request_id"]]["state"] == state, row
        assert seen[row["request_id"]]["hours"] == (None if hours is None else pytest.approx(hours, abs=1e-6)), row
        states.append({"engagement_id": row["engagement_id"], "state": state})
    for (_, of), row in found_in(store, "R02", as_of=IN_SPRING).items():
        mine = [each["state"] for each in inside(states, of)]
        assert_share(row, (mine.count("met"), mine.count("met") + mine.count("missed")))


@few
@given(st.lists(asked(), max_size=25).map(lambda rows: numbered("request_id", rows)))
def test_ageing(rows: list[dict[str, Any]]) -> None:
    as_of = IN_SPRING + timedelta(days=35)
    for (_, of), row in found_in(small(BASE | {"requests": rows}), "R04", as_of=as_of).items():
        assert_share(row, oracle.old_and_open(inside(rows, of), as_of))


ORDERS = st.lists(
    st.fixed_dictionaries(
        {
            "engagement_id": engagements,
            "requested": dates,
            "executed": sometimes | dates,
            "value": st.integers(-200, 500),
            "initiator": st.sampled_from(["cro", "sponsor", "shared", "external"]),
        }
    ),
    max_size=15,
).map(lambda rows: numbered("change_order_id", rows))
AMOUNTS = st.none() | st.integers(0, 400)
BUDGET = st.lists(
    st.tuples(engagements, st.integers(1, 12), st.just(50), AMOUNTS, AMOUNTS),
    max_size=24,
    unique_by=lambda row: row[:2],
)


@few
@given(ORDERS, BUDGET)
def test_contracts(orders: list[dict[str, Any]], cells: list[tuple[Any, ...]]) -> None:
    names = ("engagement_id", "month", "planned_original", "invoiced", "forecast_remaining")
    budget = sorted((dict(zip(names, cell)) for cell in cells), key=lambda row: row["month"])
    rows = [row | {"month": f"2026-{row['month']:02}", "cost_type": "fee"} for row in budget]
    found = found_in(small(BASE | {"change_orders": orders, "budget": rows}), "C06", "C09")
    keepers = {OF[row["engagement_id"]] for row in orders if row["requested"] <= AS_OF}
    for (kpi, of), row in found.items():
        mine = [each for each in OF if not of or of[0] in (each, OF[each])]
        if kpi == "C06":
            kept = [each for each in mine if OF[each] in keepers]
            top = oracle.executed(inside(orders, of), AS_OF, ("cro", "shared"))
            assert row["n"] == len(kept)
            assert row["value"] == (pytest.approx(100 * top / (1000 * len(kept)), rel=1e-12) if kept else None)
        else:
            told = [pair for each in mine if (pair := _told(each, orders, budget))]
            assert row["n"] == len(told)
            top, bottom = sum(now - forecast for now, forecast in told), sum(now for now, _ in told)
            expected = pytest.approx(100 * top / bottom, rel=1e-9, abs=1e-9) if bottom > 0 else None
            assert row["value"] == expected


def _told(each: str, orders: list[dict[str, Any]], budget: list[dict[str, Any]]) -> tuple[float, float] | None:
    """What the contract is worth now, and its forecast; None where that is of February or before, two quarters old."""
    ended = [row for row in budget if row["engagement_id"] == each and row["month"] <= 9]
    forecast = oracle.forecast_at_completion(ended)
    if forecast is None or _last_told(ended) < 3:
        return None
    own = [row for row in orders if row["engagement_id"] == each]
    return 1000 + oracle.executed(own, AS_OF, ("cro", "sponsor", "shared", "external")), forecast


def _last_told(ended: list[dict[str, Any]]) -> int:
    reported = []
    for row in ended:
        if row["invoiced"] is None:
            break
        if row["forecast_remaining"] is not None:
            reported.append(row["month"])
    return max(reported, default=0)


COUNTS = st.lists(
    st.tuples(engagements, st.integers(1, 12), st.integers(0, 40), st.none() | st.integers(0, 40)),
    max_size=30,
    unique_by=lambda row: row[:2],
)


@few
@given(COUNTS)
def test_counts(cells: list[tuple[Any, ...]]) -> None:
    rows = [
        {"engagement_id": each, "month": f"2026-{month:02}", "numerator": top, "denominator": bottom, "kpi_id": kpi}
        for each, month, top, bottom in cells
        for kpi in ("T06", "Q05", "Q06", "Q09")
    ]
    found = found_in(small(BASE | {"kpi_data": rows}), "T06", "Q05", "Q06", "Q09")
    for (kpi, of), row in found.items():
        mine = [cell for cell in cells if cell[1] <= 9 and (not of or of[0] in (cell[0], OF[cell[0]]))]
        if kpi == "Q06":
            newest = {cell[0]: cell for cell in sorted(mine, key=lambda cell: cell[1])}
            mine = [cell for cell in newest.values() if cell[1] >= 3]
        whole = [cell for cell in mine if cell[3] is not None]
        assert_share(row, (sum(cell[2] for cell in whole), sum(cell[3] for cell in whole)))
