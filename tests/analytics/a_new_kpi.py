"""What the product says of two KPIs that are only declared: `python -m tests.analytics.a_new_kpi`, in its own process.

One is on an existing fact, the other is counted by other systems.
"""

import json
import sys
from datetime import date
from typing import Any

from analytics.kpi import Better, Domain, Kpi, Period, Ratio, Spread
from analytics.kpis import delivery

AS_OF = date(2026, 9, 30)
SHARE: dict[str, Any] = {
    "domain": Domain.DELIVERY, "unit": "%", "digits": 1, "better": Better.HIGHER, "green": 90, "red": 80, "min_n": 3,
    "scored": True, "period": Period.EVENTS,
}  # fmt: skip
ACCEPTED = Kpi(
    id="N01",
    label="Deliverables accepted",
    definition="Deliverables that were accepted, of those delivered.",
    formula="accepted / delivered",
    fact="fact_deliverable",
    where="delivered IS NOT NULL",
    measure=Ratio(
        numerator="CASE WHEN accepted IS NULL THEN 0 ELSE 1 END", denominator="1", scale=100, spread=Spread.WILSON
    ),
    counts="deliverables",
    **SHARE,
)
TRAINED = Kpi(
    id="N02",
    label="Staff trained",
    definition="Staff trained on the protocol, of those who work on it.",
    formula="trained / staff",
    fact="fact_kpi_data",
    where="kpi_id = 'N02'",
    measure=Ratio(numerator="numerator", denominator="denominator", scale=100, spread=Spread.WILSON),
    counts="people",
    **SHARE,
)


def main() -> None:
    """Declare them, and print what each part of the product then says, as JSON."""
    setattr(delivery, "KPIS", (*delivery.KPIS, ACCEPTED, TRAINED))  # noqa: B010
    # Whatever reads the catalogue is imported after that, as it would be if the declarations stood in their file.
    from analytics import cro, sides, targets
    from analytics.behind import rows_behind
    from analytics.catalogue import BY_ID, COUNTED, DIRECTIONS
    from analytics.engine import kpi_rows
    from analytics.headline import value_text, word
    from analytics.score import scorecard
    from analytics.view import View
    from tests.analytics.goldens.case import count, deliverable
    from tests.analytics.portfolios import portfolio
    from tests.world import scope_of, small
    from tools.kpi_page import kpi_page

    rows = [deliverable(f"d{n}", "2026-06-30", "2026-06-30", accepted="2026-07-01" if n < 3 else "") for n in range(4)]
    store = small({"deliverables": rows, "kpi_data": [count("N02", "2026-06", 19, 20)]})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        found = {row["kpi"]: row for row in kpi_rows(view, [BY_ID["N01"], BY_ID["N02"]], ("cro",))}
        tables = cro.sureness(scorecard(view).scores["A"]).set_index("KPI")
        told = {
            kpi: {
                "calculated": [row["value"], row["n"], row["band"]],
                "said": [value_text(row), word(row)],
                "page": tables.loc[BY_ID[kpi].label, "Value"],
                "rows": len(rows_behind(view, kpi, cro="A").rows),
                "settings": kpi in set(targets.in_force(view)["kpi"]),
                "compared": kpi in set(sides.sides(view)["kpi"]),
                "documented": f'<a id="kpi-{kpi.lower()}"></a>\n### {kpi}: {BY_ID[kpi].label}' in kpi_page(),
                "counted": kpi in COUNTED,
                "taken in": kpi in DIRECTIONS,
            }
            for kpi, row in found.items()
        }
    drawn = {row["kpi_id"] for seed in range(5) for row in portfolio(seed, AS_OF)["kpi_data"]}
    sys.stdout.write(json.dumps(told | {"drawn": sorted(drawn & {"N01", "N02"})}))


if __name__ == "__main__":
    main()
