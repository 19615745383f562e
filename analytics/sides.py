"""CROs side by side: every KPI in use, the curves of those that are medians, and each CRO against the rest."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from analytics.catalogue import BY_ID, RATED
from analytics.engine import kpi_rows
from analytics.funnel import LogRank, kind_of, log_rank
from analytics.headline import TARGET_WORDS, Row, could_be_green, value_text
from analytics.kpi import Kpi, Median, Ratio
from analytics.measure import question
from analytics.survival import DRAWN, Curve, curve
from analytics.thresholds import Threshold, thresholds
from analytics.verdict import Verdict, against_target, unsure
from analytics.view import View
from analytics.words import BAND_WORDS

NAMES = "SELECT DISTINCT cro_id, cro FROM fact_engagement ORDER BY cro, cro_id"
WHOSE = "SELECT cro_id FROM fact_engagement WHERE engagement_id = $engagement"
SIDES = [
    "kpi", "label", "domain", "cro_id", "cro", "text", "counted", "band", "word", "value", "low", "high", "numerator",
    "denominator", "n", "unit", "green", "red", "basis", "reason",
]  # fmt: skip
STEPS = ["label", "t", "s", "low", "high"]
RANKS = ["cro_id", "cro", "n", "open", "median", "word", "observed", "expected", "chi2", "p", "strata", "reason"]


def limit(view: View, kpi_id: str, cro: str = "", engagement: str = "") -> Threshold:
    """The thresholds in force for a KPI, of all or of a CRO or an engagement (with it, its CRO counts)."""
    if engagement and not cro:
        cro = next((row["cro_id"] for row in view.rows(WHOSE, engagement=engagement)), "")
    return thresholds(view).of(BY_ID[kpi_id], cro, engagement)


def names(view: View) -> dict[str, str]:
    """CRO id to name, of those in scope, by name; the id is added where two have the same name."""
    called = {row["cro_id"]: row["cro"] for row in view.rows(NAMES)}
    times = Counter(called.values())
    return {cro: name if times[name] == 1 else f"{name} ({cro})" for cro, name in called.items()}


def sides(view: View, cros: tuple[str, ...] = ()) -> pd.DataFrame:
    """Every KPI in use (with a value, or a rating, at one of the CROs) at each of some CROs, or at all in scope.

    Columns: kpi, label, domain, cro_id, cro, text (value in words), counted (what it rests on: `66 of 82`, `n 176`),
    band, word (against the target), and as numbers value, low, high (its 95 % interval), numerator, denominator, n,
    unit, green, red, basis, reason (why there is no value). In the order of the domains and KPIs, then of
    the CROs' names.
    """
    with _among(view, cros) as among:
        called = names(among)
        found = kpi_rows(among, RATED, ("cro",))
    used = {row["kpi"] for row in found if row["value"] is not None or row["band"].rated}
    domains = list(dict.fromkeys(kpi.domain for kpi in RATED))
    order = {kpi.id: (domains.index(kpi.domain), place) for place, kpi in enumerate(RATED)}
    place = {cro: number for number, cro in enumerate(called)}
    rows = [
        _side(row) | {"cro_id": row["cro"], "cro": called[row["cro"]]}
        for row in sorted(found, key=lambda row: (order[row["kpi"]], place[row["cro"]]))
        if row["kpi"] in used
    ]
    return pd.DataFrame(rows, columns=SIDES)


@contextmanager
def _among(view: View, cros: tuple[str, ...]) -> Iterator[View]:
    if not cros:
        yield view
        return
    with view.other(view.scope.of(cros=cros)) as among:
        yield among


def _side(row: dict[str, Any]) -> dict[str, Any]:
    kpi = BY_ID[row["kpi"]]
    return row | {
        "label": kpi.label, "domain": kpi.domain.value, "text": value_text(row), "counted": _counted(kpi, row),
        "word": word(row),
    }  # fmt: skip


def _counted(kpi: Kpi, row: dict[str, Any]) -> str:
    if isinstance(kpi.measure, Ratio) and kpi.measure.proportion and row["denominator"]:
        return f"{row['numerator']:,.0f} of {row['denominator']:,.0f}"
    return f"n {row['n']:,.0f}" if row["n"] else ""


def word(row: Row) -> str:
    """The one word against the target; a colour that could be chance says so; the state where there is no word."""
    if unsure(row):
        return could_be_green(row["band"])
    verdict = against_target(row)
    return BAND_WORDS[row["band"]] if verdict is None else TARGET_WORDS[verdict]


def comparable(kpi: Kpi) -> bool:
    """Whether CROs can be compared by it: shares and rates (funnel), durations of cases (curves)."""
    return bool(kind_of(kpi)) or (isinstance(kpi.measure, Median) and not kpi.measure.quartiles)


def curves(view: View, kpi_id: str) -> pd.DataFrame:
    """Columns label (CRO), t, s, low, high: the Kaplan-Meier curve of a median KPI at each CRO with a case."""
    called = names(view)
    steps = [seen.frame(DRAWN).assign(label=called[cro]) for cro, seen in _curves(view, BY_ID[kpi_id]).items()]
    return pd.concat(steps, ignore_index=True)[STEPS] if steps else pd.DataFrame(columns=STEPS)


def _curves(view: View, kpi: Kpi) -> dict[str, Curve]:
    """The cases that the KPI counts, by CRO; those without a time have no curve."""
    cases = view.ask(question(kpi, ("cro",)), services=list(kpi.services))
    cases = cases[cases["within"].astype(bool) & cases["time"].notna() & (cases["items"] > 0)]
    return {
        str(cro): curve(
            own["time"].to_numpy(float), own["finished"].to_numpy(np.bool_), own["items"].to_numpy(float)
        )
        for cro, own in cases.groupby("cro", sort=True)
    }  # fmt: skip


def against_the_rest(view: View, kpi_id: str) -> pd.DataFrame:
    """The durations of each CRO against those of the rest, by the log-rank test; what differs most first.

    Columns: cro_id, cro, n, open (cases that are not over, censored), median, word (too few where no test is possible),
    observed and expected (cases over, and as many as at the pace of all), chi2, p, strata, reason (why no test).
    """
    kpi, called, rows = BY_ID[kpi_id], names(view), []
    seen = _curves(view, kpi)
    for cro in (each for each in called if each in seen):
        test, own = log_rank(view, kpi_id, cro), seen[cro]
        rows.append(
            {
                "cro_id": cro, "cro": called[cro], "n": int(own.n), "open": int(own.n - own.events.sum()),
                "median": own.quantile(0.5), "word": _against(test), "observed": test.observed,
                "expected": test.expected, "chi2": test.chi2, "p": test.p, "strata": test.strata,
                "reason": test.reason or "",
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=RANKS)
    table = table.astype(dict.fromkeys(("median", "observed", "expected", "chi2", "p"), float))
    judged = table["p"].where(table["word"] != Verdict.TOO_FEW)
    return table.loc[judged.sort_values(kind="stable").index].reset_index(drop=True)


def _against(test: LogRank) -> str:
    return "not compared" if test.verdict is None else test.verdict.value
