"""What is offered where nothing is written yet: rows for every service, which the intake would take."""

from datetime import date

import pytest

from analytics.practices import templates
from analytics.practices.roles import people, same
from analytics.view import View
from data.contracts import BY_KIND
from data.contracts.milestones import CODES
from data.returns import setup
from tests.world import engagement, scope_of, small

SERVICES = BY_KIND["engagements"]["service_type"].choices


def test_every_service_has_its_rows() -> None:
    for rows in (templates.RACI, templates.PLAN, setup.templates(), templates.REQUIREMENTS):
        assert set(rows) == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_the_rows_are_whole_and_each_key_stands_once(service: str) -> None:
    for rows, names, key, contract in (
        (templates.RACI, templates.DUTY, "activity", "responsibilities"),
        (templates.PLAN, templates.ITEM, "touchpoint", "communication_plan"),
        (templates.REQUIREMENTS, templates.ASKED, "requirement", "requirements"),
    ):
        told = [dict(zip(names, row, strict=True)) for row in rows[service]]
        assert len({same(row[key]) for row in told}) == len(told)
        wanted = [column for column in BY_KIND[contract] if column.required and column.name in names]
        assert all(row[column.name] for row in told for column in wanted)
        assert all(row[column.name] in column.choices for row in told for column in wanted if column.choices)
    assert all(len(people(row[2])) == 1 for row in templates.RACI[service])  # one accountable
    usual = setup.templates()[service]
    assert set(usual.milestones) <= set(CODES)
    assert set(usual.contractual) <= set(usual.milestones)


def test_preclinical_has_its_own_people() -> None:
    named = {name for row in templates.RACI["preclinical"] for cell in row[1:] for name in people(cell)}
    assert {"Study director", "Test facility management", "Quality assurance unit", "Sponsor monitor"} <= named


@pytest.mark.parametrize(("told", "used"), [("preclinical", "preclinical"), ("", "other")])
def test_the_service_of_the_engagement_is_used(told: str, used: str) -> None:
    store = small({"engagements": [engagement("E1", service_type=told)]})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, date(2026, 9, 30)))
        assert len(templates.responsibilities(view, "E1")) == len(templates.RACI[used])
        assert templates.communication_plan(view, "E1")[0]["touchpoint"] == templates.PLAN[used][0][0]
        assert [row["milestone"] for row in templates.milestones(view, "E1")] == list(
            setup.templates()[used].milestones
        )
        assert len(templates.requirements(view, "E1")) == len(templates.REQUIREMENTS[used])
        assert templates.service(view, "nobody's") == "other"


def test_the_milestones_stand_at_their_usual_months_after_the_start() -> None:
    store = small({"engagements": [engagement("E1", service_type="preclinical", start_date="2026-01-31")]})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, date(2026, 9, 30)))
        # The last day of a month stays the last one: a month after 31 January, and three.
        assert [tuple(row.values()) for row in templates.milestones(view, "E1")] == [
            ("contract_executed", "2026-01-31", "no"),
            ("study_plan", "2026-02-28", "no"),
            ("in_life_start", "2026-04-30", "yes"),
            ("draft_report", "2026-10-31", "no"),
            ("final_report", "2026-12-31", "yes"),
        ]
