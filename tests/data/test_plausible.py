"""Doubts: what is worth a look, what is not, and that it is asked once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar

import pytest

from data.contracts import BY_KIND
from data.intake import plausible
from data.intake.columns import Layout
from data.intake.staging import PROBLEMS
from data.store import Store, write
from tests.world import CRO, ENGAGEMENT, Kinds, Rows, world

Row = dict[str, object]
TOLD = date(2026, 9, 30)
MONTH: Row = {"engagement_id": "E1", "cost_type": "fee", "month": "2026-09"}
DBL: Row = {"engagement_id": "E1", "milestone": "dbl", "site_id": "", "baseline_original": date(2027, 8, 1)}
BASE: dict[str, Rows] = {"cros": [CRO], "engagements": [ENGAGEMENT]}
"""CRO A with engagement E1: from 2025-01-01 to 2027-12-31, worth 1,000."""

Doubt = tuple[int | None, str, str, str]


def doubts(
    kind: str, rows: Sequence[Row], known: Kinds | None = None, *, status_date: date | None = TOLD
) -> list[Doubt]:
    """Row, column, rule and message of each doubt about rows (the first is row 2) that are told after what is known."""
    return doubted(world((date(2026, 8, 31), {**BASE, **(known or {})})), kind, rows, status_date)


def doubted(store: Store, kind: str, rows: Sequence[Row], status_date: date | None) -> list[Doubt]:
    return [
        (row, column, rule, message) for row, column, rule, message, _ in _asked(store, kind, rows, status_date, "")
    ]


def places(kind: str, rows: Sequence[Row], pivot: str) -> list[tuple[int | None, str]]:
    """Row and pivot of each doubt."""
    return [(doubt[0], doubt[4]) for doubt in _asked(world((TOLD, BASE)), kind, rows, TOLD, pivot)]


def _asked(
    store: Store, kind: str, rows: Sequence[Row], status_date: date | None, pivot: str
) -> list[tuple[int | None, str, str, str, str]]:
    contract, names = BY_KIND[kind], tuple(name for name in BY_KIND[kind].names if name in rows[0])
    layout = Layout(contract, dict.fromkeys(names, 0), {}, {}, pivot=pivot)
    columns = ", ".join(f'"{name}" {contract[name].type.sql}' for name in names)
    with store.stage() as cursor:
        cursor.execute(PROBLEMS)
        cursor.execute("CREATE TEMP TABLE kpi AS SELECT 'R02' AS kpi_id")
        cursor.execute(f"CREATE TEMP TABLE staged (row BIGINT, {columns})")
        for number, row in enumerate(rows, 2):
            marks = ", ".join("?" * (len(names) + 1))
            cursor.execute(f"INSERT INTO staged VALUES ({marks})", [number, *(row.get(name) for name in names)])
        write.merge(cursor, contract, "staged", names, "merged")
        plausible.check(cursor, 0, layout, "merged", status_date)
        question = """SELECT row, "column", rule, message, "at" FROM problems WHERE severity = 'doubt' ORDER BY ALL"""
        return cursor.execute(question).fetchall()


def rules(found: Sequence[Doubt]) -> list[tuple[int | None, str, str]]:
    return [doubt[:3] for doubt in found]


class TestUnit:
    def known(self, amount: float = 240_000, month: str = "2026-08") -> Kinds:
        return {"budget": [MONTH | {"month": month, "planned_original": 1, "invoiced": amount}]}

    def test_a_thousand_times_last_month(self) -> None:
        found = doubts("budget", [MONTH | {"invoiced": 240_000_000}], self.known())
        assert rules(found) == [(2, "invoiced", "unit")]
        assert found[0][3] == (
            "240,000,000 is 1,000 times the 240,000 of 2026-08: is the unit right?"
            " If it is right, say why; else mend it."
        )

    def test_a_thousandth_of_last_month(self) -> None:
        found = doubts("budget", [MONTH | {"invoiced": 240.5}], self.known())
        # 240,000 / 240.5 = 997.9.
        assert found[0][3].startswith("240.50 is 1/998 times the 240,000 of 2026-08: is the unit right?")

    @pytest.mark.parametrize(
        ("amount", "doubtful"),
        [(199.99, False), (200, True), (-200, True), (1 / 199, False), (1 / 200, True), (0, False)],
    )
    def test_the_bounds_are_200_times_either_way_whatever_the_sign(self, amount: float, doubtful: bool) -> None:
        found = doubts("budget", [MONTH | {"accrued": 1_000_000 * amount}], {
            "budget": [MONTH | {"month": "2026-08", "planned_original": 1, "accrued": 1_000_000}],
        })  # fmt: skip
        assert ("unit" in [doubt[2] for doubt in found]) is doubtful

    def test_the_largest_amount_against_the_smallest(self) -> None:
        # 10^18 - 1 against a millionth: 10^24 times, more than a whole number of the engine holds.
        found = doubts("budget", [MONTH | {"invoiced": 10**18 - 1}], self.known(0.000001))
        assert rules(found) == [(2, "invoiced", "unit")]

    def test_amounts_that_are_both_small_say_nothing(self) -> None:
        # 900 against 3 is 300 times, and no wrong unit.
        assert not doubts("budget", [MONTH | {"invoiced": 900}], self.known(3))
        assert doubts("budget", [MONTH | {"invoiced": 1_000}], self.known(3))

    def test_the_last_month_is_the_newest_earlier_one_with_an_amount(self) -> None:
        known: Kinds = {
            "budget": [
                MONTH | {"month": "2026-04", "planned_original": 1, "invoiced": 300},
                MONTH | {"month": "2026-06", "planned_original": 1, "invoiced": 240_000},
                MONTH | {"month": "2026-07", "planned_original": 1, "invoiced": 0},
                MONTH | {"month": "2026-08", "planned_original": 1},
                MONTH | {"month": "2026-10", "planned_original": 1, "invoiced": 300},
                MONTH | {"month": "2026-08", "planned_original": 1, "cost_type": "grant", "invoiced": 300},
            ]
        }
        # Against 240,000 it is as usual; against 300 of April, October or grants it would be 800 times.
        assert "unit" not in [doubt[2] for doubt in doubts("budget", [MONTH | {"invoiced": 240_000}], known)]

    def test_months_of_the_same_file_are_compared(self) -> None:
        rows = [MONTH | {"month": "2026-08", "invoiced": 500}, MONTH | {"month": "2026-09", "invoiced": 500_000}]
        assert rules(doubts("budget", rows)) == [(3, "invoiced", "unit")]

    def test_the_file_stands_before_what_is_known(self) -> None:
        # August is mended from 240 to 240,000 in the same file, so September is as August.
        rows = [MONTH | {"month": "2026-08", "invoiced": 240_000}, MONTH | {"invoiced": 240_000}]
        assert "unit" not in [doubt[2] for doubt in doubts("budget", rows, self.known(240))]

    def test_a_credit_note_is_no_amount_to_compare_with(self) -> None:
        known = self.known(-1_000)
        assert "unit" not in [doubt[2] for doubt in doubts("budget", [MONTH | {"invoiced": 250_000}], known)]

    def test_a_change_order_above_the_whole_contract(self) -> None:
        order: Row = {"change_order_id": "C1", "engagement_id": "E1", "requested": TOLD}
        assert not doubts("change_orders", [order | {"value": -1_000}])
        found = doubts("change_orders", [order | {"value": 1_000.5}])
        assert rules(found) == [(2, "value", "unit")]
        assert found[0][3].startswith("1,000.50 is more than the whole contract, 1,000: is the unit right?")


class TestADigitTooMany:
    """E1 is worth 10,000,000, and 64,000 a month were invoiced at most."""

    LARGE: ClassVar[Kinds] = {"engagements": [ENGAGEMENT | {"contract_value": 10_000_000}]}

    def asked(self, row: Row, *amounts: float, column: str = "invoiced") -> list[tuple[int | None, str, str]]:
        months = [
            MONTH | {"month": f"2026-0{place}", "planned_original": 1, column: amount}
            for place, amount in enumerate(amounts, 1)
        ]
        return rules(doubts("budget", [MONTH | row], {**self.LARGE, "budget": months}))

    @pytest.mark.parametrize(("amount", "doubtful"), [(640_000, True), (512_000, True), (511_999, False)])
    def test_is_eight_times_the_most_of_two_months_or_more(self, amount: int, doubtful: bool) -> None:
        found = self.asked(
            {"invoiced": amount}, 64_000, -1_250
        )  # 8 x 64,000 = 512,000; the credit note is not the most
        assert found == ([(2, "invoiced", "tenfold")] if doubtful else [])

    def test_one_month_alone_says_too_little_and_so_do_small_amounts(self) -> None:
        assert self.asked({"invoiced": 640_000}, 64_000) == []
        assert self.asked({"invoiced": 900}, 50, 60) == []

    def test_what_is_more_than_the_whole_contract_is_doubted_from_the_first_month(self) -> None:
        assert self.asked({"invoiced": 10_000_001}) == [(2, "invoiced", "beyond_contract")]
        assert self.asked({"planned_original": 10_000_000}) == []
        assert self.asked({"cost_type": "grant", "invoiced": 10_000_001}) == []  # not part of the contract's value

    def test_what_is_to_come_may_overrun_the_contract_and_not_be_twice_as_much(self) -> None:
        assert self.asked({"forecast_remaining": 20_000_000}) == []
        assert self.asked({"forecast_remaining": 20_000_001}) == [(2, "forecast_remaining", "beyond_contract")]

    def test_a_month_more_than_a_year_before_the_contract_starts(self) -> None:
        assert self.asked({"month": "2023-12", "invoiced": 5}) == [(2, "month", "before_start")]
        assert self.asked({"month": "2024-01", "invoiced": 5}) == []  # the start is 2025-01-01


class TestDates:
    @pytest.mark.parametrize(
        ("day", "doubtful"),
        [
            (TOLD + timedelta(days=3653), False),
            (TOLD + timedelta(days=3654), True),
            (TOLD - timedelta(days=3653), False),
            (TOLD - timedelta(days=3654), True),
        ],
    )
    def test_ten_years_out(self, day: date, doubtful: bool) -> None:
        found = doubts("milestones", [DBL | {"baseline_original": day}])
        assert [doubt[1:3] for doubt in found] == [("baseline_original", "far")] * doubtful

    def test_months_and_moments_as_well(self) -> None:
        request: Row = {"request_id": "R1", "engagement_id": "E1", "opened_at": "2016-09-01T10:00:00Z"}
        assert rules(doubts("requests", [request])) == [(2, "opened_at", "far")]
        assert not doubts("requests", [request | {"opened_at": "2016-10-01T10:00:00Z"}])
        assert rules(doubts("budget", [MONTH | {"month": "2036-10"}])) == [(2, "month", "far")]
        assert not doubts("budget", [MONTH | {"month": "2036-09"}])

    def test_what_happened_after_the_status_date(self) -> None:
        rows = [DBL | {"milestone": "lpi", "actual": TOLD}, DBL | {"actual": TOLD + timedelta(days=1)}]
        found = doubts("milestones", rows)
        assert rules(found) == [(3, "actual", "not_yet")]
        assert found[0][3] == (
            "2026-10-01 is after the status date 2026-09-30, so it has not happened yet: is the status date right?"
            " If it is right, say why; else mend it."
        )

    def test_the_whole_status_date_has_happened(self) -> None:
        request: Row = {"request_id": "R1", "engagement_id": "E1", "opened_at": "2026-09-30T09:00:00Z"}
        rows = [
            request | {"first_response_at": "2026-09-30T23:59:59Z", "resolved_at": "2026-10-01"},
            request | {"request_id": "R2", "first_response_at": "2026-10-01T00:00:00Z", "resolved_at": "2026-09-30"},
        ]
        assert rules(doubts("requests", rows)) == [(2, "resolved_at", "not_yet"), (3, "first_response_at", "not_yet")]

    def test_amounts_of_a_month_that_has_not_begun(self) -> None:
        month = MONTH | {"month": "2026-10"}
        found = doubts("budget", [month | {"planned_original": 5, "earned_value": 5, "invoiced": 0}])
        assert rules(found) == [(2, "earned_value", "not_yet")]
        # The month of the status date itself has begun, also where it is not over.
        assert not doubts("budget", [month | {"earned_value": 5}], status_date=date(2026, 10, 12))
        count: Row = {"engagement_id": "E1", "kpi_id": "T06", "month": "2026-10", "numerator": 3, "denominator": 0}
        assert rules(doubts("kpi_data", [count])) == [(2, "numerator", "not_yet")]

    def test_work_before_the_engagement_begins(self) -> None:
        early = date(2024, 12, 31)
        rows = [
            DBL | {"milestone": "fpi", "actual": early, "baseline_original": early},
            DBL | {"milestone": "lpi", "actual": date(2025, 1, 1), "baseline_original": early},
            DBL | {"milestone": "contract_executed", "actual": early, "baseline_original": early},
        ]
        found = doubts("milestones", rows)
        assert rules(found) == [(2, "actual", "before_start")]
        assert found[0][3].startswith("2024-12-31 is before the start of E1 on 2025-01-01.")

    def test_an_end_15_years_after_the_start(self) -> None:
        rows = [ENGAGEMENT | {"start_date": date(2017, 1, 1), "planned_end": end, "engagement_id": str(end)}
                for end in (date(2032, 1, 1), date(2032, 1, 2))]  # fmt: skip
        assert rules(doubts("engagements", rows)) == [(3, "planned_end", "long")]

    def test_a_contract_worth_nothing(self) -> None:
        rows = [ENGAGEMENT | {"engagement_id": "E2", "contract_value": 0}]
        assert rules(doubts("engagements", rows)) == [(2, "contract_value", "no_value")]


class TestForecast:
    known: ClassVar[Kinds] = {"milestones": [DBL | {"forecast": date(2027, 9, 28), "comment": "slow sites"}]}

    @pytest.mark.parametrize(
        ("forecast", "said"),
        [
            (date(2027, 9, 20), "8 days earlier"),
            (date(2027, 9, 21), ""),
            (date(2027, 10, 28), ""),
            (date(2027, 10, 29), "31 days later"),
        ],
    )
    def test_moved_more_than_a_week_back_or_a_month_on(self, forecast: date, said: str) -> None:
        found = doubts("milestones", [DBL | {"forecast": forecast}], self.known)
        assert [doubt[1:3] for doubt in found] == [("forecast", "moved")] * bool(said)
        assert all(f"Moved from 2027-09-28 to {forecast}, {said}, without a new comment." in each[3] for each in found)

    def test_a_new_comment_answers_it_and_the_old_one_does_not(self) -> None:
        moved = DBL | {"forecast": date(2027, 6, 1)}
        assert not doubts("milestones", [moved | {"comment": "two more sites"}], self.known)
        assert doubts("milestones", [moved | {"comment": "slow sites"}], self.known)

    def test_what_is_reached_or_new_has_not_moved(self) -> None:
        moved = DBL | {"forecast": date(2026, 9, 20), "actual": date(2026, 9, 20), "comment": None}
        assert not doubts("milestones", [moved], self.known)
        assert not doubts("milestones", [DBL | {"forecast": date(2027, 6, 1)}])

    def test_a_forecast_in_the_past_that_is_not_reached(self) -> None:
        rows = [
            DBL | {"milestone": "lpi", "forecast": TOLD, "cancelled_on": None},
            DBL | {"milestone": "lplv", "forecast": date(2026, 9, 29), "cancelled_on": None},
            DBL | {"milestone": "csr", "forecast": date(2026, 9, 29), "cancelled_on": TOLD},
        ]
        found = doubts("milestones", rows)
        assert rules(found) == [(3, "forecast", "past_forecast")]
        assert "before the status date 2026-09-30, and not reached: write when it happened" in found[0][3]


class TestDaysByCause:
    def test_more_days_than_it_is_late(self) -> None:
        late = DBL | {"baseline_original": date(2026, 5, 1), "actual": date(2026, 5, 31), "days_sponsor": 10}
        # 2026-05-01 to 05-31 is 30 days.
        assert not doubts("milestones", [late | {"days_cro": 20}])
        found = doubts("milestones", [late | {"days_cro": 21}])
        assert rules(found) == [(2, "days_cro", "days_by_cause")]
        assert found[0][3].startswith("The days by cause add up to 31, and it is 30 days late.")

    def test_what_is_early_has_no_days(self) -> None:
        early = DBL | {"baseline_original": date(2026, 5, 31), "actual": date(2026, 5, 1), "days_cro": 1}
        assert rules(doubts("milestones", [early])) == [(2, "days_cro", "days_by_cause")]
        assert not doubts("milestones", [early | {"days_cro": 0}])

    def test_what_is_open_is_late_to_its_forecast_or_the_status_date(self) -> None:
        # Baseline 2026-08-31: 30 days to the status date, 61 to the forecast of 31 October.
        due = DBL | {"baseline_original": date(2026, 8, 31), "days_cro": 61, "forecast": None}
        assert doubts("milestones", [due])
        assert not doubts("milestones", [due | {"days_cro": 30}])
        assert not doubts("milestones", [due | {"forecast": date(2026, 10, 31)}])

    def test_deliverables(self) -> None:
        row: Row = {"deliverable_id": "D1", "engagement_id": "E1", "name": "Plan", "due_original": date(2026, 5, 1),
                    "delivered": date(2026, 5, 3), "days_external": 2}  # fmt: skip
        assert not doubts("deliverables", [row])
        assert rules(doubts("deliverables", [row | {"days_external": 3}])) == [(2, "days_external", "days_by_cause")]


class TestEarnedValue:
    def known(self, **more: object) -> Kinds:
        months = [MONTH | {"month": f"2026-0{month}", "planned_original": 100, "earned_value": 450} for month in (7, 8)]
        return {"budget": months, **more}  # type: ignore[dict-item]

    def test_above_the_contract(self) -> None:
        # 450 + 450 = 900 of 1,000 are known; 100 more reach it, 101 pass it.
        assert not doubts("budget", [MONTH | {"earned_value": 100}], self.known())
        found = doubts("budget", [MONTH | {"earned_value": 101}], self.known())
        assert rules(found) == [(2, "earned_value", "above_budget")]
        assert "the value earned is 1,001, more than the 1,000 that the work is worth" in found[0][3]

    def test_executed_change_orders_and_a_larger_plan_add_to_it(self) -> None:
        order: Row = {"change_order_id": "C1", "engagement_id": "E1", "requested": date(2026, 5, 1), "value": 50}
        row = MONTH | {"earned_value": 150}
        assert doubts("budget", [row], self.known(change_orders=[order]))
        assert not doubts("budget", [row], self.known(change_orders=[order | {"executed": date(2026, 6, 1)}]))
        # 100 + 100 of July and August, and 850 of September, are a plan of 1,050.
        assert not doubts("budget", [row | {"planned_original": 850}], self.known())

    def test_only_the_month_that_passes_it_and_only_fee(self) -> None:
        rows = [MONTH | {"earned_value": 101}, MONTH | {"month": "2026-10", "earned_value": 101}]
        found = doubts("budget", rows, self.known(), status_date=date(2026, 10, 31))
        assert rules(found) == [(2, "earned_value", "above_budget")]
        assert not doubts("budget", [MONTH | {"cost_type": "grant", "earned_value": 5_000}], self.known())

    def test_a_negative_month(self) -> None:
        row = MONTH | {"earned_value": -1, "invoiced": -2.5, "accrued": -3}
        found = doubts("budget", [row])
        assert rules(found) == [(2, "earned_value", "negative"), (2, "invoiced", "negative")]
        assert found[1][3].startswith("The month is negative, -2.50: was something taken back?")


class TestDayAndMonth:
    def dates(self, count: int, days: int = 12) -> list[Row]:
        """Milestones on days 1 to `days` of each month, from January 2027."""
        return [
            DBL | {"milestone": f"m{n}", "baseline_original": date(2027, 1 + n // days, 1 + n % days)}
            for n in range(count)
        ]

    def test_20_dates_and_none_after_the_12th(self) -> None:
        found = doubts("milestones", self.dates(20))
        assert rules(found) == [(None, "baseline_original", "day_and_month")]
        # The first is 2027-01-01; the example is the first that reads otherwise: 2 January, or 1 February.
        assert found[0][3].startswith(
            "None of the 20 different dates is after the 12th of a month, as if day and month had changed places:"
            " 2027-01-02 may be meant as 2027-02-01."
        )

    def test_fewer_dates_or_one_late_in_its_month_settle_it(self) -> None:
        assert not doubts("milestones", self.dates(19))
        late = DBL | {"milestone": "late", "baseline_original": date(2027, 3, 13)}
        assert not doubts("milestones", [*self.dates(30), late])

    def test_the_same_date_many_times_is_one_date(self) -> None:
        rows = [row | {"milestone": f"{row['milestone']}-{n}"} for row in self.dates(10) for n in range(3)]
        assert not doubts("milestones", rows)

    def test_a_plan_in_whole_months_is_no_riddle(self) -> None:
        rows = [DBL | {"milestone": f"m{n}", "baseline_original": date(2027 + n // 12, 1 + n % 12, 1)}
                for n in range(24)]  # fmt: skip
        assert not doubts("milestones", rows)

    def test_moments(self) -> None:
        rows: list[Row] = [
            {"request_id": f"R{n}", "engagement_id": "E1",
             "opened_at": f"2026-0{1 + n // 12}-{1 + n % 12:02}T15:00:00Z"} for n in range(24)
        ]  # fmt: skip
        assert rules(doubts("requests", rows)) == [(None, "opened_at", "day_and_month")]

    def test_what_was_told_before_is_not_asked_again(self) -> None:
        rows = self.dates(24)
        again = [row | {"comment": "new"} for row in rows]
        assert not doubts("milestones", again, {"milestones": rows})


class TestStatusDate:
    def store(self) -> Store:
        later = {"milestones": [DBL, DBL | {"engagement_id": "E2"}]}
        engagements = [ENGAGEMENT, ENGAGEMENT | {"engagement_id": "E2"}, ENGAGEMENT | {"engagement_id": "E3"}]
        return world((date(2026, 6, 30), BASE | {"engagements": engagements}), (date(2026, 9, 30), later))

    def test_older_than_what_is_loaded_for_these_engagements(self) -> None:
        moved = DBL | {"forecast": date(2027, 9, 1)}
        rows = [moved, moved | {"engagement_id": "E2"}, moved | {"engagement_id": "E3"}]
        found = doubted(self.store(), "milestones", rows, date(2026, 8, 31))
        assert rules(found) == [(None, "", "status_date")]
        assert found[0][3].startswith(
            "The status date 2026-08-31 is before 2026-09-30, up to which E1 and 1 more of this file are known"
        )

    def test_the_same_day_other_engagements_and_nothing_new_are_fine(self) -> None:
        row = DBL | {"forecast": date(2027, 9, 1)}
        assert not doubted(self.store(), "milestones", [row], date(2026, 9, 30))
        assert not doubted(self.store(), "milestones", [row | {"engagement_id": "E3"}], date(2026, 8, 31))
        assert not doubted(self.store(), "milestones", [DBL], date(2026, 8, 31))

    def test_what_was_undone_is_not_loaded(self) -> None:
        store = self.store()
        with store.write() as cursor:
            cursor.execute("INSERT INTO uploads (number, undoes, status_date) VALUES (3, 2, NULL)")
        assert not doubted(store, "milestones", [DBL | {"forecast": date(2027, 9, 1)}], date(2026, 8, 31))


class TestOnce:
    def test_a_cell_that_is_as_it_was_is_not_doubted_again(self) -> None:
        # 2040 was loaded and answered; this month only the comment is new, next month the date.
        known = DBL | {"baseline_original": date(2040, 1, 1), "comment": "long"}
        assert not doubts("milestones", [known], {"milestones": [known]})
        assert not doubts("milestones", [known | {"comment": "very long"}], {"milestones": [known]})
        moved = known | {"baseline_original": date(2041, 1, 1)}
        assert rules(doubts("milestones", [moved], {"milestones": [known]})) == [(2, "baseline_original", "far")]

    def test_a_cell_that_the_file_does_not_tell_is_not_doubted(self) -> None:
        known = DBL | {"forecast": date(2040, 1, 1)}
        row = {name: known[name] for name in ("engagement_id", "milestone", "site_id")} | {"comment": "new"}
        assert not doubts("milestones", [row], {"milestones": [known]})

    def test_one_doubt_a_cell(self) -> None:
        # In 2040 it is ten years out, and has not happened: the first is said.
        assert [doubt[2] for doubt in doubts("milestones", [DBL | {"actual": date(2040, 1, 1)}])] == ["far"]

    def test_after_a_hundred_rows_the_rest_are_counted(self) -> None:
        rows: list[Row] = [
            {"request_id": f"R{n:03}", "engagement_id": "E1", "opened_at": "2026-10-01"} for n in range(103)
        ]
        found = doubts("requests", rows)
        assert len(found) == 101
        # Rows 2 to 101 are named; 102, 103 and 104 are counted.
        (rest,) = [doubt for doubt in found if doubt[0] is None]
        assert rest[3].startswith("The same in 3 more rows, the first is row 102.")

    def test_without_a_status_date_there_are_no_doubts(self) -> None:
        assert not doubts("milestones", [DBL | {"actual": date(2040, 1, 1)}], status_date=None)

    def test_a_wide_file_says_which_of_its_cells(self) -> None:
        rows = [MONTH | {"month": "2026-08", "invoiced": 500}, MONTH | {"invoiced": 500_000}]
        assert places("budget", rows, "month") == [(3, "2026-09")]
        assert places("budget", rows, "") == [(3, "")]


class TestAnEventThatIsTakenBack:
    """What was told as happened and comes empty: mostly the file of an older month."""

    KNOWN: ClassVar[Kinds] = {"milestones": [DBL | {"actual": date(2026, 8, 20)}]}

    def test_is_doubted_whatever_its_date(self) -> None:
        (found,) = doubts("milestones", [DBL | {"actual": None}], self.KNOWN)
        assert found[:3] == (2, "actual", "taken_back")
        assert found[3].startswith("This is known as 2026-08-20, and the cell is empty, as if it had not happened")

    def test_so_is_a_moment_and_a_cancellation(self) -> None:
        request: Row = {
            "request_id": "R1", "engagement_id": "E1", "opened_at": "2026-08-01", "resolved_at": "2026-08-03T10:00:00Z",
            "cancelled_on": date(2026, 8, 3),
        }  # fmt: skip
        empty = request | {"resolved_at": None, "cancelled_on": None}
        found = doubts("requests", [empty], {"requests": [request]})
        assert [one[:3] for one in found] == [(2, "cancelled_on", "taken_back"), (2, "resolved_at", "taken_back")]

    @pytest.mark.parametrize(
        "row",
        [
            DBL | {"actual": date(2026, 8, 20)},  # as it is
            DBL | {"actual": date(2026, 8, 21)},  # another day is mended, not taken back
            {name: cell for name, cell in DBL.items() if name != "actual"},  # the file has no such column
            DBL | {"milestone": "csr", "actual": None},  # a new row
        ],
    )
    def test_what_happened_or_never_did_is_not(self, row: Row) -> None:
        assert doubts("milestones", [row], self.KNOWN) == []

    def test_a_date_that_is_no_event_may_become_empty(self) -> None:
        known: Kinds = {"milestones": [DBL | {"forecast": date(2027, 9, 1)}]}
        assert doubts("milestones", [DBL | {"forecast": None}], known) == []


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_rule_names_columns_of_its_kind(kind: str) -> None:
    named = {name for rule in plausible.RULES.get(kind, ()) for name in rule.columns}
    assert named <= set(BY_KIND[kind].names)


ADVICE = " If it is right, say why; else mend it."


class TestPractices:
    """What is said of requirements, roles and selections: they are kept, once somebody says why."""

    ASKED: ClassVar[Row] = {"requirement_id": "RQ1", "engagement_id": "E1", "requirement": "locked in August"}

    @pytest.mark.parametrize(
        ("type_", "code", "found"),
        [
            ("milestone", "dbl", []),
            ("milestone", "csr", ["E1 has no milestone csr yet, so nothing shows whether this is met."]),
            ("deliverable", "D1", []),
            ("kpi", "R02", []),
            ("kpi", "R99", ["E1 has no KPI R99 yet, so nothing shows whether this is met."]),
            ("deliverable", "dbl", ["E1 has no deliverable dbl yet, so nothing shows whether this is met."]),
        ],
    )
    def test_evidence_that_is_not_there(self, type_: str, code: str, found: list[str]) -> None:
        plan = {"deliverable_id": "D1", "engagement_id": "E1", "name": "Plan", "due_original": date(2026, 1, 1)}
        row = self.ASKED | {"evidence_type": type_, "evidence_id": code}
        said = doubts("requirements", [row], {"milestones": [DBL], "deliverables": [plan]})
        assert [doubt[3] for doubt in said] == [one + ADVICE for one in found]

    @pytest.mark.parametrize(
        ("who", "two"),
        [
            ("Ann", False), ("Lindqvist, Anna", False), ("Alexandra Sandberg", False),
            ("Ann; Bob", True), ("Ann / Bob", True), ("Ann & Bob", True), ("Ann and Bob", True),
        ],
    )  # fmt: skip
    def test_two_accountable(self, who: str, two: bool) -> None:
        row: Row = {"engagement_id": "E1", "activity": "Lock", "responsible": "Ann; Bob", "accountable": who}
        found = [(2, "accountable", "two_accountable")] if two else []
        assert rules(doubts("responsibilities", [row])) == found

    def test_weights_that_sum_to_nothing(self) -> None:
        known: Kinds = {"needs": [{"need_id": "N", "criterion": "price", "weight": 2}]}
        none: list[Row] = [{"need_id": "M", "criterion": name, "weight": 0} for name in ("price", "experience")]
        # N has 2 from the price that is known; taken to 0 it has nothing
        one: list[Row] = [{"need_id": "N", "criterion": "experience", "weight": 0}]
        last: list[Row] = [{"need_id": "N", "criterion": "price", "weight": 0}]
        assert rules(doubts("needs", none)) == [(2, "weight", "no_weight"), (3, "weight", "no_weight")]
        assert doubts("needs", one, known) == []
        assert rules(doubts("needs", last, known)) == [(2, "weight", "no_weight")]

    def test_a_score_without_evidence(self) -> None:
        known: Kinds = {"needs": [{"need_id": "N", "criterion": "price", "weight": 2}]}
        bare: Row = {"need_id": "N", "cro_id": "A", "criterion": "price", "score": 0, "evidence": None}
        assert rules(doubts("selections", [bare], known)) == [(2, "score", "no_evidence")]
        assert doubts("selections", [bare | {"evidence": "offer"}], known) == []
        assert doubts("selections", [bare | {"score": None}], known) == []

    def test_a_score_that_no_need_asks_for(self) -> None:
        known: Kinds = {"needs": [{"need_id": "N", "criterion": "price", "weight": 2}]}
        row: Row = {"need_id": "N", "cro_id": "A", "criterion": "price", "score": 3, "evidence": "offer"}
        decided: Row = {"need_id": "N", "cro_id": "A", "decision": "selected", "decision_reason": "best"}
        said = [row | {"need_id": "M"}, row | {"criterion": "reputation"}, decided, decided | {"need_id": "M"}]
        assert doubts("selections", [row, decided], known) == []
        assert rules(doubts("selections", said, known)) == [
            (2, "need_id", "no_need"), (3, "criterion", "no_need"), (5, "need_id", "no_need"),
        ]  # fmt: skip

    def test_one_person_twice(self) -> None:
        """The same role at the same time; one after the other, or in another role, is somebody who came back."""
        ann: Row = {"engagement_id": "E1", "role": "monitor", "person": "Ann", "start_date": date(2026, 1, 1)}
        first = ann | {"assignment_id": "T1", "end_date": date(2026, 3, 31)}
        known: Kinds = {"team": [first]}

        def said(**cells: object) -> list[tuple[int | None, str, str]]:
            return rules(doubts("team", [ann | {"assignment_id": "T2", "end_date": None} | cells], known))

        assert said(start_date=date(2026, 3, 31), person="ann ") == [(2, "person", "twice")]
        assert said(start_date=date(2026, 4, 1)) == []
        assert said(start_date=date(2026, 2, 1), role="lead monitor") == []
        assert said(start_date=date(2026, 2, 1), engagement_id="E2") == []
