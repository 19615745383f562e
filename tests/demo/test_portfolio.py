"""The demo portfolio is what its generator writes, of the right size, and whole."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from data.contracts import ALL, BY_KIND
from data.demo.generate import files, status_dates
from tests.demo.counting import KEYS, UPLOADS, known, told

LAST = "2026-10-31"


def test_the_committed_files_are_what_the_generator_writes() -> None:
    committed = {path.relative_to(UPLOADS).as_posix(): path.read_bytes() for path in sorted(UPLOADS.glob("*/*.csv"))}
    assert files() == committed


def test_one_upload_a_month_for_three_years() -> None:
    folders = sorted(folder.name for folder in UPLOADS.iterdir())
    assert folders == [f"{day:%Y-%m}" for day in status_dates()]
    assert (len(folders), folders[0], folders[-1]) == (36, "2023-11", "2026-10")


def test_it_is_as_large_as_promised_and_no_larger() -> None:
    contracts = known("engagements", LAST)
    assert known("cros", LAST)["candidate"].value_counts().to_dict() == {"no": 8, "yes": 1}
    assert len(contracts) == 40
    assert set(contracts["currency"]) == {"EUR", "USD", "GBP", "JPY"}
    assert 3000 <= len(known("requests", LAST)) <= 5000
    assert 40 <= len(known("change_orders", LAST)) <= 70
    assert 30 <= len(known("actions", LAST)) <= 45
    assert sum(path.stat().st_size for path in UPLOADS.glob("*/*.csv")) < 3_000_000


def test_every_kind_is_told() -> None:
    told = {path.stem for path in UPLOADS.glob("*/*.csv")}  # a kind that is missing here: data/demo/generate.py
    # Nobody has to confirm a month without news here, the demo's files need no profile, and no review is frozen yet.
    assert told == {contract.kind for contract in ALL} - {"returns", "profiles", "review_packs"}
    assert {kind: list(BY_KIND[kind].keys) for kind in KEYS} == KEYS


OF_CONTRACTS = (
    "baselines", "invoices", "touchpoints", "team", "requirements", "responsibilities", "communication_plan",
)  # fmt: skip


@pytest.mark.parametrize("kind", [*OF_CONTRACTS, "audits", "quality_events", "surveys"])
def test_every_cro_is_in_it(kind: str) -> None:
    contracted = known("cros", LAST)
    assert set(known(kind, LAST)["cro_id"]) == set(contracted[contracted["candidate"] == "no"]["cro_id"])


@pytest.mark.parametrize("kind", OF_CONTRACTS)
def test_every_contract_is_in_it_once_signed(kind: str) -> None:
    assert set(known(kind, LAST)["engagement_id"]) == set(known("engagements", LAST)["engagement_id"])


def test_units_are_told_of_the_contracts_paid_by_them() -> None:
    contracts = known("engagements", LAST)
    assert set(known("units", LAST)["engagement_id"]) == set(contracts[contracts["pricing"] == "unit"]["engagement_id"])


def test_the_silent_cro_tells_nothing_new_after_june() -> None:
    for kind in (*OF_CONTRACTS, "units", "quality_events", "surveys", "kpi_data"):
        assert known(kind, LAST, "OSTWALD")["upload"].max() <= "2026-06", kind
    assert known("audits", LAST, "OSTWALD")["held"].max() <= "2026-06-30"


@pytest.mark.parametrize("as_of", ["2025-03-31", LAST])
def test_invoices_add_up_to_what_the_budget_calls_invoiced(as_of: str) -> None:
    budget = known("budget", as_of)
    fee = budget[(budget["cost_type"] == "fee") & (budget["invoiced"] != "")]
    told = fee["invoiced"].astype(int).groupby(fee["engagement_id"]).sum()
    bills = known("invoices", as_of)
    sums = bills["amount"].astype(int).groupby(bills["engagement_id"]).sum().reindex(told.index, fill_value=0)
    pd.testing.assert_series_equal(sums, told, check_names=False)


def test_units_delivered_are_those_that_other_systems_count() -> None:
    rows, counts = known("units", LAST), known("kpi_data", LAST)
    for unit, kpi, count in (("subject enrolled", "T06", "numerator"), ("monitoring visit", "Q05", "denominator")):
        units, data = rows[rows["unit_type"] == unit], counts[counts["kpi_id"] == kpi]
        delivered = units["delivered"].astype(int).groupby(units["engagement_id"]).sum()
        counted = data[count].astype(int).groupby(data["engagement_id"]).sum()
        pd.testing.assert_series_equal(delivered, counted[delivered.index], check_names=False)


def test_each_side_is_asked_and_the_cro_judges_itself_better() -> None:
    rows = known("surveys", LAST)
    scores = rows[rows["dimension"] != "recommend"].assign(score=lambda told: told["score"].astype(int))
    assert scores["score"].between(1, 5).all()
    assert rows[rows["dimension"] == "recommend"]["score"].astype(int).between(0, 10).all()
    means = scores.groupby(["cro_id", "direction"])["score"].mean().unstack()
    assert list(means.columns) == ["cro_on_self", "cro_on_sponsor", "sponsor_on_cro"]
    assert (means["cro_on_self"] > means["sponsor_on_cro"]).all()


@pytest.mark.parametrize("kind", KEYS)
def test_a_month_holds_only_rows_that_are_new_or_changed(kind: str) -> None:
    rows = told(kind)
    cells = [name for name in rows.columns if name != "upload"]
    before = rows.groupby(KEYS[kind])[cells].shift()
    same = (rows[cells] == before).all(axis=1)
    assert not same.any()
    assert not rows.duplicated([*KEYS[kind], "upload"]).any()


@pytest.mark.parametrize("kind", ["milestones", "deliverables", "budget", "engagements"])
def test_what_was_first_agreed_never_changes(kind: str) -> None:
    for column in BY_KIND[kind]:
        if column.fixed:
            assert (told(kind).groupby(KEYS[kind])[column.name].nunique() == 1).all(), column.name


def test_nothing_is_told_before_it_happens() -> None:
    for kind in KEYS:
        rows = told(kind)
        ends = pd.PeriodIndex(rows["upload"], freq="M").end_time.strftime("%Y-%m-%d")
        for column in BY_KIND[kind]:
            if column.event:
                assert (rows[column.name].str[:10] <= ends).all(), (kind, column.name)


def test_the_fee_is_planned_at_the_contract_value() -> None:
    budget = known("budget", LAST)
    fee = budget[budget["cost_type"] == "fee"]
    planned = fee["planned_original"].astype(int).groupby(fee["engagement_id"]).sum()
    contracts = known("engagements", LAST).set_index("engagement_id")["contract_value"].astype(int)
    pd.testing.assert_series_equal(planned, contracts.sort_index(), check_names=False)


def test_passed_months_are_reported_in_every_cost_type_without_a_gap() -> None:
    budget = known("budget", "2026-06-30")
    passed = budget[budget["month"] <= "2026-06"]
    for name in ("earned_value", "invoiced", "accrued", "forecast_remaining"):
        assert (passed[name] != "").all(), name


def test_requests_remain_open_at_the_end() -> None:
    rows = known("requests", LAST)
    still = rows[(rows["resolved_at"] == "") & (rows["cancelled_on"] == "")]
    assert len(still) > 100
    assert set(rows["direction"]) == {"to_cro", "to_sponsor"}
    assert len(set(rows["type"])) == 5


def test_forecasts_have_a_history() -> None:
    rows = told("milestones")
    rows = rows[(rows["site_id"] == "") & (rows["actual"] == "")]
    times = rows.groupby(["engagement_id", "milestone"])["forecast"].nunique()
    assert (times >= 4).sum() > 20


def test_the_last_status_date_is_the_last_day_of_a_month() -> None:
    assert status_dates()[-1] == date(2026, 10, 31)
