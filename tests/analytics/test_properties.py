"""What holds of the KPIs whatever the rows are: sums add up, and what must not matter does not."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from math import inf, isclose
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.catalogue import ALL, BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Kpi, Median, Period
from analytics.measure import Dim
from analytics.score import scorecard
from analytics.view import View
from data.contracts import BY_KIND, Type
from tests.analytics.portfolios import Kinds, Row, load, portfolio, together
from tests.world import scope_of

AS_OF = date(2026, 5, 20)
"""A Wednesday within a month. So many weeks later the trailing year is as long, and ends on a Wednesday too."""
few = settings(max_examples=2)
seeds = st.integers(0, 9_999)
Figures = dict[tuple[str, ...], dict[str, Any]]
SAID = ("value", "value_all", "numerator", "denominator", "n", "n_all", "low", "high", "band", "band_all", "points")


def some(seed: int, many: int = 3) -> Kinds:
    return together(portfolio(number, AS_OF) for number in range(seed, seed + many))


def asked(
    kinds: Kinds, by: tuple[Dim, ...] = ("cro",), kpis: Sequence[Kpi] = ALL, as_of: date = AS_OF, **scope: Any
) -> Figures:
    store = load((as_of, kinds))
    with store.read() as cursor:
        rows = kpi_rows(View(cursor, scope_of(store, as_of, **scope)), kpis, by)
    store.close()
    return {(row["kpi"], *(row[dim] for dim in by)): row for row in rows}


def changed(kinds: Kinds, kind: str, change: Callable[[Row], Row]) -> Kinds:
    """The same portfolio with some cells of each row of a kind changed."""
    return kinds | {kind: [row | change(row) for row in kinds[kind]]}


def one_currency(kinds: Kinds) -> Kinds:
    return changed(kinds, "engagements", lambda row: {"currency": "EUR"})


def differ(one: Figures, other: Figures, fields: Sequence[str] = SAID) -> list[tuple[object, ...]]:
    """Where two answers differ beyond the last digits."""
    return [
        (*key, field, row[field], other[key][field])
        for key, row in one.items()
        for field in fields
        if not same(row[field], other[key][field])
    ] + [(*key, "missing") for key in one.keys() ^ other.keys()]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


SUMS = ("n", "n_all", "numerator", "denominator")
Place = tuple[str, ...]


def added(figures: Figures, place: Callable[[Place], Place]) -> dict[Place, float]:
    """The sums of the figures that stand at the same place; of those that may be hidden, only how many cases."""
    total: dict[Place, float] = defaultdict(float)
    for key, row in figures.items():
        for field in SUMS[:2] if BY_ID[key[0]].hidden_below else SUMS:
            total[*place(key), field] += row[field] or 0.0
    return total


def apart(one: dict[Place, float], other: dict[Place, float]) -> list[tuple[Place, float, float]]:
    return [(key, one[key], other[key]) for key in {*one, *other} if not same(one[key], other[key])]


@few
@given(seeds)
def test_sums_and_counts_add_up_at_every_grain(seed: int) -> None:
    # One currency: over several, the sum over all is in another one. An audit of a whole CRO is in no engagement.
    kinds = one_currency(some(seed))
    kinds["audits"] = [row for row in kinds["audits"] if row["engagement_id"]]
    whole = added(asked(kinds, ()), lambda key: (key[0],))
    by_cro = asked(kinds, ("cro",))
    assert apart(whole, added(by_cro, lambda key: (key[0],))) == []
    cro_of = {row["engagement_id"]: row["cro_id"] for row in kinds["engagements"]}
    of_cro = added(asked(kinds, ("engagement",)), lambda key: (key[0], cro_of[key[1]]))
    assert apart(added(by_cro, lambda key: key), of_cro) == []


@few
@given(seeds)
def test_months_add_up_to_quarters(seed: int) -> None:
    events = [kpi for kpi in ALL if kpi.period is Period.EVENTS]
    kinds = some(seed)

    def quarter(key: tuple[str, ...]) -> tuple[str, ...]:
        kpi, cro, month = key
        return kpi, cro, f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"

    quarters = added(asked(kinds, ("cro", "quarter"), events), lambda key: key)
    months = added(asked(kinds, ("cro", "month"), events), quarter)
    # A person who works for three months is one assignment of the quarter.
    assert [
        each for each in apart(quarters, months) if not (each[0][0] == "P03" and each[0][-1] in ("n", "n_all"))
    ] == []


@few
@given(seeds)
def test_the_order_of_rows_is_irrelevant(seed: int) -> None:
    kinds, dice = some(seed), Random(seed)
    shuffled = {kind: dice.sample(rows, len(rows)) for kind, rows in kinds.items()}
    assert asked(kinds) == asked(shuffled)


@few
@given(seeds)
def test_another_cro_changes_nothing(seed: int) -> None:
    first, second = ([portfolio(number, AS_OF)] for number in (seed, seed + 1))
    alone, beside = together(first), together([*first, *second])
    mine = {row["cro_id"] for row in first[0]["cros"]}
    assert {key: row for key, row in asked(beside).items() if key[1] in mine} == asked(alone)
    scored, scored_alone = _scores(beside), _scores(alone)
    assert {cro: said for cro, said in scored.items() if cro in mine} == scored_alone


def _scores(kinds: Kinds) -> dict[str, str]:
    """Each CRO's score and what it is made of, to the last digit."""
    store = load((AS_OF, kinds))
    with store.read() as cursor:
        found = scorecard(View(cursor, scope_of(store, AS_OF))).scores
    return {cro: repr(score) for cro, score in found.items()}


MONEY = {
    "engagements": ("contract_value",),
    "budget": ("planned_original", "planned_current", "earned_value", "invoiced", "accrued", "forecast_remaining"),
    "change_orders": ("value",),
    "invoices": ("amount",),
}


@few
@given(seeds, st.sampled_from([0.5, 16, 1000]))
def test_scaling_all_money_changes_no_index(seed: int, by: float) -> None:
    kinds = some(seed)
    scaled = kinds
    for kind, columns in MONEY.items():
        scaled = changed(scaled, kind, partial(_scaled, columns, by))
    before, after = asked(kinds), asked(scaled)
    amounts = {kpi.id for kpi in ALL if kpi.unit == "currency"}
    indices = [{key: row for key, row in found.items() if key[0] not in amounts} for found in (before, after)]
    assert differ(indices[0], indices[1], ("value", "value_all", "n", "low", "high", "band", "points")) == []
    for key, row in before.items():
        if key[0] in amounts and row["value"] is not None:
            assert same(by * row["value"], after[key]["value"]), key


def _scaled(columns: Sequence[str], by: float, row: Row) -> Row:
    return {name: f"{by * float(row[name])}" for name in columns if row.get(name)}


OF_MONTHS = {kpi.id for kpi in ALL if kpi.fact in ("fact_kpi_data", "fact_earned_value", "fact_unit", "fact_forecast")}
"""What is told by month has no day to move by weeks."""
OF_QUARTERS = {"P01", "P02"}
"""A survey belongs to a quarter."""


@few
@given(seeds, st.integers(1, 26))
def test_whole_weeks_later_everything_is_as_it_was(seed: int, weeks: int) -> None:
    # Without holidays, and in one zone: neither comes again after whole weeks.
    kinds = changed(some(seed) | {"holidays": []}, "slas", lambda row: {"time_zone": ""})
    later = timedelta(weeks=weeks)
    moved = {kind: [_moved(kind, row, later) for row in rows] for kind, rows in kinds.items()}
    kpis = [kpi for kpi in ALL if kpi.id not in OF_MONTHS | OF_QUARTERS]
    assert len(kpis) == 21
    for by in ((), ("cro",), ("engagement",)):
        assert differ(asked(kinds, by, kpis), asked(moved, by, kpis, AS_OF + later)) == []


def _moved(kind: str, row: Row, by: timedelta) -> Row:
    days = {column.name for column in BY_KIND[kind] if column.type in (Type.DATE, Type.MOMENT)}
    return {name: _later(cell, by) if name in days and cell else cell for name, cell in row.items()}


def _later(cell: str, by: timedelta) -> str:
    return f"{date.fromisoformat(cell[:10]) + by}{cell[10:]}"


NOW = f"{AS_OF}T23:59:00Z"
"""The last minute of the as-of date, long after the offices have closed: a request is as old as at 24:00."""
CLOSED: dict[str, tuple[str, str, Mapping[str, str], Callable[[Row], bool]]] = {
    "R01": ("requests", "first_response_at", {}, lambda row: not row["resolved_at"]),
    "R03": ("requests", "resolved_at", {}, lambda row: bool(row["first_response_at"])),
    "Q04": ("requests", "resolved_at", {"type": "data_query"}, lambda row: bool(row["first_response_at"])),
    "F01": ("change_orders", "submitted", {}, lambda row: not row["decided"]),
    "T03": ("milestones", "actual", {"milestone": "contract_executed"}, lambda row: not row["cancelled_on"]),
    "T04": ("milestones", "actual", {"milestone": "site_activated"}, lambda row: not row["cancelled_on"]),
}
"""How a case of each curve is closed: the kind, the cell, and which open rows."""


@few
@given(seeds, st.integers(0, 99))
@pytest.mark.parametrize(
    "kpi", [kpi.id for kpi in ALL if isinstance(kpi.measure, Median) and kpi.measure.finished != "TRUE"]
)
def test_closing_what_is_open_at_its_age_never_raises_the_median(kpi: str, seed: int, which: int) -> None:
    kind, cell, having, also = CLOSED[kpi]
    kinds = changed(some(seed), "slas", lambda row: {"time_zone": ""})
    happened = {"requests": "opened_at", "change_orders": "requested", "milestones": "baseline_original"}[kind]
    open_ones = [
        row
        for row in kinds[kind]
        if (not row[cell] and not row.get("cancelled_on") and row[happened][:10] <= str(AS_OF))
        and all(row[name] == value for name, value in having.items())
        and also(row)
    ]
    if not open_ones:
        return
    case = open_ones[which % len(open_ones)]
    closed = changed(kinds, kind, lambda row: {cell: NOW if kind == "requests" else str(AS_OF)} if row == case else {})
    for by in ((), ("cro",)):
        before, after = (asked(each, by, [BY_ID[kpi]]) for each in (kinds, closed))
        for key, row in before.items():
            assert _height(after[key]["value"]) <= _height(row["value"]), key
    assert sum(row["numerator"] or 0 for row in after.values()) in (
        sum(row["numerator"] or 0 for row in before.values()) + more for more in (0, 1)
    )


def _height(median: float | None) -> float:
    """A median that is not reached is above all."""
    return inf if median is None else median


@few
@given(seeds)
def test_a_cro_in_two_halves_pools_to_the_whole(seed: int) -> None:
    kinds = some(seed) | {"targets": []}
    # Both halves keep a register of change orders, and audits are of engagements.
    kinds["change_orders"] += [
        {"change_order_id": f"first {row['engagement_id']}", "engagement_id": row["engagement_id"], "value": "0",
         "requested": "2025-01-01", "submitted": "", "decided": "", "executed": "", "decision": "", "initiator": "cro"}
        for row in kinds["engagements"]
    ]  # fmt: skip
    kinds["audits"] = [row for row in kinds["audits"] if row["engagement_id"]]
    second = {row["engagement_id"] for row in kinds["engagements"][::2]}

    def half(row: Row) -> Row:
        return {"cro_id": f"{row['cro_id']} two"} if row["engagement_id"] in second else {}

    halves = kinds | {
        "cros": [*kinds["cros"], *({"cro_id": f"{row['cro_id']} two", "name": "two"} for row in kinds["cros"])]
    }
    for kind in ("engagements", "audits"):
        halves = changed(halves, kind, half)
    assert differ(asked(kinds, ()), asked(halves, ())) == []
    # And where one CRO is looked at, as a scope of its halves.
    cro = kinds["cros"][0]["cro_id"]
    assert differ(asked(kinds, (), cros=(cro,)), asked(halves, (), cros=(cro, f"{cro} two"))) == []
