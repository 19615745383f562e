"""A study that earned more than the budget of this baseline: its forecast is what it spent, never less."""

from datetime import date

import pytest

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.view import View
from tests.world import CRO, ENGAGEMENT, scope_of, world

MONTH = {"engagement_id": "E1", "cost_type": "fee", "accrued": 0}


def test_no_forecast_is_less_than_what_is_spent() -> None:
    """Original budget 80; change orders took it to 100, of which 94 is earned at a cost of 103.

    AC + (BAC - EV) / (CPI x SPI) with BAC - EV = -14 would be 103 - 14 / (94 / 103 x 94 / 80) = 89.9, under the 103
    that is spent, and read as 12 % over the original budget instead of 28.75 %.
    """
    store = world(
        (
            date(2026, 6, 30),
            {
                "cros": [CRO],
                "engagements": [ENGAGEMENT],
                "budget": [
                    MONTH | {"month": "2026-05", "planned_original": 80, "earned_value": 80, "invoiced": 85},
                    MONTH | {"month": "2026-06", "planned_original": 0, "earned_value": 14, "invoiced": 18,
                             "planned_current": 20},
                ],
            },
        )
    )  # fmt: skip
    with store.read() as cursor:
        view = View(cursor, scope_of(store, date(2026, 6, 30)))
        found = {
            row["kpi"]: row["value"]
            for row in kpi_rows(view, [BY_ID[each] for each in ("EAC", "EAC_cpi_spi", "C04")], ())
        }
    assert found["EAC"] == found["EAC_cpi_spi"] == 103.0
    assert found["C04"] == pytest.approx(100 * (80 - 103) / 80)
