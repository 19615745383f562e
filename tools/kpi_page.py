"""The page of the KPIs: every declaration, and beside it the cases that were worked by hand.

The one module of the build that reads `tests`: the worked examples are tests first, so that none can be shown that
does not hold, and a list of the figures that are computed twice is one of the second computation.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

from analytics.catalogue import ALL
from analytics.intervals import ENOUGH_TO_DRAW
from analytics.kpi import Better, Domain, Kpi, Median, Ratio, SaidAs, Spread, Total
from tests.analytics.goldens.case import Golden
from tests.analytics.goldens.every import GOLDENS
from tests.analytics.independent.figures import KPIS as TWICE

HEAD = """# KPIs

Made by `make docs` from the declarations in `analytics/kpis/`, which the calculation reads too; do not edit it here.
The worked examples are those of `tests/analytics/goldens/`: the build computes each of them again. It also sets every
KPI against a second computation in plain Python, on random portfolios, unless the KPI says that it has none yet.

A KPI is **scored** where it takes part in a CRO's score, and **diagnostic** where it is only shown. Green is at the
green threshold or better, red is worse than the red one, amber is between, all of it unrounded. Points are 100 at
green, 50 at red, and linear between and on below red, down to 0. Below the smallest n there is a number and no colour.
A row of the kind `targets` replaces a threshold or a weight, for all, for one CRO or for one engagement.

The grade of a threshold says what it rests on: B is published practice or a survey, C is a vendor's advice or our own
judgement, until sponsor and CRO agree on another one.

| id | KPI | domain | unit | better | green | red | smallest n | weight | used as |
|---|---|---|---|---|---|---|---|---|---|"""


def kpi_page() -> str:
    """All KPIs by domain, as Markdown."""
    return "\n".join((HEAD, *map(_line, _by_domain()), "", *_sections()))


def _by_domain() -> list[Kpi]:
    return [kpi for domain in Domain for kpi in ALL if kpi.domain is domain]


def _line(kpi: Kpi) -> str:
    cells = (
        f"[{kpi.id}](#{_anchor(kpi)})", kpi.label, kpi.domain.value, kpi.unit, _better(kpi), _limit(kpi.green),
        _limit(kpi.red), str(kpi.min_n), f"{kpi.weight:g}" if kpi.scored else "", _use(kpi),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _anchor(kpi: Kpi) -> str:
    return f"kpi-{kpi.id.lower()}"


def _better(kpi: Kpi) -> str:
    if kpi.green is None and kpi.unit == "currency":
        return ""
    return f"{kpi.better.value} is better"


def _limit(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _use(kpi: Kpi) -> str:
    if not kpi.scored:
        return "diagnostic"
    return "scored, critical" if kpi.critical else "scored"


def _sections() -> Iterator[str]:
    for domain, kpis in groupby(_by_domain(), lambda kpi: kpi.domain):
        yield f"## {domain.value}\n"
        yield from map(_section, kpis)


def _section(kpi: Kpi) -> str:
    facts = "\n".join(f"- **{name}**: {text}" for name, text in _facts(kpi).items() if text)
    head = f'<a id="{_anchor(kpi)}"></a>\n### {kpi.id}: {kpi.label}\n\n{kpi.definition}\n\n{facts}\n'
    cases = [case for case in GOLDENS if case.kpi == kpi.id]
    if not cases:
        return head
    return "\n".join((head, "Worked by hand:\n", *map(_worked, cases), ""))


def _facts(kpi: Kpi) -> Mapping[str, str]:
    return {
        "Formula": f"`{kpi.formula}`",
        "Measure": _measure(kpi),
        "Unit": kpi.unit if kpi.unit != "currency" else "the contract's currency; over several, the reporting currency",
        "Direction": _better(kpi),
        "Thresholds": _thresholds(kpi),
        "Smallest n": f"{kpi.min_n} {kpi.counts}",
        "Said as": "" if kpi.said_as is SaidAs.PLAIN else kpi.said_as.value,
        "Period": _period(kpi),
        "Expected": f"until `{kpi.expected_until}` is reached" if kpi.expected_until else "",
        "Use": f"{_use(kpi)}, weight {kpi.weight:g} in its domain" if kpi.scored else "diagnostic: shown, never scored",
        "Red as a fact": "" if kpi.red_if == "FALSE" else f"whatever n, where a row is `{kpi.red_if}`",
        "Hidden": f"below {kpi.hidden_below} {kpi.counts}" if kpi.hidden_below else "",
        "Beside it": f"`{kpi.companion.measure.numerator} / {kpi.companion.measure.denominator}`, never rated"
        if kpi.companion
        else "",
        "Services": ", ".join(filter(None, kpi.services)) if kpi.services else "all",
        "Attribution": _attribution(kpi),
        "Controlled by": kpi.controllable_by,
        "Checked": "" if kpi.id in TWICE else "by its worked examples alone: it has no second computation yet",
        "Read with care": kpi.caveat,
        "When it is red": kpi.when_red,
        "Source": kpi.source,
    }


def _measure(kpi: Kpi) -> str:
    match kpi.measure:
        case Median(spread=Spread.QUARTILES):
            return "median; low and high are the quartiles"
        case Median(spread=Spread.BOOTSTRAP):
            return f"median; low and high are its 95 % bootstrap interval, from {ENOUGH_TO_DRAW} on"
        case Median():
            return "Kaplan-Meier median, what is not finished censored; low and high are its 95 % interval"
        case Total(money=False):
            return "count"
        case Total():
            return "sum; amounts of several currencies at the budget rates of the as-of date's year"
        case Ratio() as ratio:
            interval = "" if ratio.spread is Spread.NONE else f", with its 95 % interval ({ratio.spread.value})"
            pooled = "; amounts of several currencies at budget rates" if ratio.money else ""
            return f"sum over sum, never a mean of ratios{interval}{pooled}"


def _thresholds(kpi: Kpi) -> str:
    if kpi.green is None or kpi.red is None:
        return f"none; {kpi.threshold_source}"
    sign, worse = ("≥", "<") if kpi.better is Better.HIGHER else ("≤", ">")
    basis = f"grade {kpi.grade}: {kpi.threshold_source}"
    return f"green {sign} {_limit(kpi.green)}, red {worse} {_limit(kpi.red)} ({basis})"


def _period(kpi: Kpi) -> str:
    return kpi.period.value + (", and whatever is not finished however old" if kpi.keeps_unfinished else "")


def _attribution(kpi: Kpi) -> str:
    if not kpi.attributed:
        return ""
    return (
        "what is late counts for the CRO where it caused some of the days, or no cause is recorded; "
        "for the study it always counts"
    )


def _worked(case: Golden) -> str:
    expected = ", ".join(f"{name} {_shown(value)}" for name, value in case.expected.items())
    return f"- *{case.title}*. {case.working} → {expected}"


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
