"""What an addition to a contract would do to its end and its cost, by today's performance."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.earned_value import against, not_physical
from analytics.scope import months_before
from analytics.study import after
from analytics.view import View
from analytics.words import count, day, money

LEAST_MONTHS = 3
"""Reported months from which the performance of today is used for what is still to come."""
MOST_MONTHS = 600
"""Months of work beyond which an end is none to plan with."""

PLAN = """
SELECT
    engagement.currency, engagement.planned_end, plan.first_month, plan.bac, plan.months, plan.planned, value.pd,
    value.month_end, value.es, value.elapsed, value.ev, value.ac, value.spi, value.spi_t, value.cpi,
    value.eac_ac_plus_remaining, value.eac_bac_over_cpi, value.eac_cpi_spi,
    sites.sites, sites.activated,
    $baseline = 'original' AND EXISTS (
        FROM fact_change_order WHERE engagement_id = $engagement AND state = 'executed' AND value > 0
    ) AS grown
FROM fact_engagement AS engagement
LEFT JOIN (
    SELECT
        engagement_id, min(month_start) AS first_month, max(bac) AS bac, count(*) FILTER (reported) AS months,
        min(position) FILTER (pv >= bac) AS planned
    FROM fact_budget_month GROUP BY engagement_id
) AS plan ON plan.engagement_id = engagement.engagement_id AND plan.bac > 0
LEFT JOIN fact_earned_value AS value ON value.engagement_id = engagement.engagement_id
LEFT JOIN (
    SELECT
        engagement_id, count(DISTINCT site_id) AS sites,
        count(DISTINCT site_id) FILTER (milestone = 'site_activated' AND actual IS NOT NULL) AS activated
    FROM fact_milestone WHERE NOT whole_study AND milestone IN ('siv', 'site_activated') GROUP BY engagement_id
) AS sites ON sites.engagement_id = engagement.engagement_id
WHERE engagement.engagement_id = $engagement
"""
EACS = {
    "eac_ac_plus_remaining": "Forecast at completion (EAC), the rest as planned",
    "eac_bac_over_cpi": "Forecast at completion (EAC), the rest at today's cost",
    "eac_cpi_spi": "Forecast at completion (EAC), the rest at today's cost and pace",
}
"""The three ways to take the rest, and what they are called: its factor is 1, CPI, and CPI x SPI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Plan and performance of an engagement, all cost types together, contract currency.

    `pd`: months until the plan reaches the budget `bac`; `es` of `elapsed` months are earned by `month_end`. `eacs`: by
    the names of `EACS`. `sites`: planned ones. `grown`: work of signed change orders is earned and not in the plan, as
    in the original baseline. `reason`: why there is no performance to go by; then `spi_t`, `cpi` and `spi` are None.
    """

    as_of: date
    baseline: str
    currency: str
    contract_end: date | None
    first_month: date | None
    bac: float | None
    pd: float | None
    sites: int
    activated: int
    month_end: date | None = None
    es: float | None = None
    elapsed: float | None = None
    ev: float | None = None
    ac: float | None = None
    spi: float | None = None
    spi_t: float | None = None
    cpi: float | None = None
    eacs: tuple[tuple[str, float], ...] = ()
    grown: bool = False
    reason: str = ""

    @property
    def site_cost(self) -> float | None:
        """The planned budget of a planned site: BAC / sites; None without either."""
        return self.bac / self.sites if self.bac and self.sites else None

    @property
    def scopes(self) -> list[str]:
        """In what added work can be told here (`SCOPES`), the most telling first."""
        known = [self.site_cost is not None, self.bac is not None, True]
        return [name for name, yes in zip(SCOPES, known, strict=True) if yes] + ([] if known[0] else ["sites"])


def today(view: View, engagement: str) -> Today | None:
    """Plan and performance of one engagement; None where it is not in scope."""
    found = view.rows(PLAN, engagement=engagement)
    if not found:
        return None
    [row] = found
    seen = Today(
        as_of=view.scope.as_of, baseline=view.scope.baseline, currency=row["currency"], contract_end=row["planned_end"],
        first_month=row["first_month"], bac=row["bac"], pd=row["planned"], sites=row["sites"] or 0,
        activated=row["activated"] or 0, reason=_unknown(view, engagement, row),
    )  # fmt: skip
    if seen.reason:
        return seen
    names = ("pd", "month_end", "es", "elapsed", "ev", "ac", "spi", "spi_t", "cpi", "grown")
    return replace(seen, **{name: row[name] for name in names}, eacs=tuple((name, row[name]) for name in EACS))


def _unknown(view: View, engagement: str, row: dict[str, Any]) -> str:
    """Why the performance so far is nothing to go by; empty where it is."""
    if row["bac"] is None:
        return "no budget is known"
    if row["ev"] is None:
        return "earned value and actual cost are not reported"
    if row["months"] < LEAST_MONTHS:
        return f"{count(row['months'], 'month')} of earned value reported, too few ({LEAST_MONTHS} are needed)"
    if row["ev"] > row["bac"]:
        said = f"more work is done than the {view.scope.baseline} budget holds"
        return f"{said}; read it against the current baseline" if view.scope.baseline == "original" else said
    if engagement in set(not_physical(view)["engagement_id"]):
        return "earned value equals cost in every month, so it measures no work"
    if not row["spi_t"] or not row["cpi"]:
        return "nothing is earned or spent yet"
    return ""


GROWN = (
    "Work of signed change orders counts as earned and is not in the original plan, so the pace looks better than it "
    "is: read it against the current baseline."
)
SCOPES = {"sites": "Sites", "percent": "Percent of the budget", "amount": "Amount"}
"""In what added work can be told."""


def added(now: Today, told_in: str, how_much: float, site_cost: float | None = None) -> float:
    """The planned value of added work, contract currency; 0 where it cannot be told."""
    if told_in == "sites":
        cost = now.site_cost if site_cost is None else site_cost
        return how_much * (cost or 0.0)
    return how_much * (now.bac or 0.0) / 100 if told_in == "percent" else how_much


@dataclass(frozen=True, slots=True)
class Line:
    """One figure now and with the change; `more` in months or in money."""

    what: str
    now: date | float | None
    then: date | float | None
    more: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What added work does: `months` and `cost` (low, at today's cost, high) at today's performance, None without."""

    lines: tuple[Line, ...]
    months: float | None
    cost: tuple[float, float, float] | None
    said: str


def effect(now: Today, months: float, value: float) -> Effect:
    """What so many months and so much planned value more do to the end and to the forecast at completion.

    At today's performance months take months / SPI(t) (Lipke 2003: the end is PD / SPI(t) after the start, and PD is
    longer by them), and value costs value / CPI; its range runs over the three ways to take the rest, `EACS`, each of
    which is linear in the budget. Without performance the figures of the plan stand alone.
    """
    lines = [_planned_end(now, months)]
    longer, costs = None, None
    if now.spi_t and now.cpi and now.pd:
        longer = months / now.spi_t
        start, length = now.first_month, now.pd / now.spi_t
        ends = (_end(start, length), _end(start, length + longer))
        lines.append(Line("End at today's pace, SPI(t)", *ends, longer))
        ways = {"eac_ac_plus_remaining": 1.0, "eac_bac_over_cpi": now.cpi, "eac_cpi_spi": now.cpi * (now.spi or 1.0)}
        costs = {name: value / factor for name, factor in ways.items()}
    if now.bac is not None:
        lines.append(Line("Budget (BAC)", now.bac, now.bac + value, value))
    eacs = dict(now.eacs)
    for name, more in (costs or {}).items():
        eac = eacs.get(name)
        lines.append(Line(EACS[name], eac, None if eac is None else eac + more, more))
    cost = None if costs is None else (min(costs.values()), costs["eac_bac_over_cpi"], max(costs.values()))
    return Effect(tuple(lines), longer, cost, _said(now, lines, months, value, longer, cost))


def _planned_end(now: Today, months: float) -> Line:
    if now.first_month is not None and now.pd is not None:
        ends = (_end(now.first_month, now.pd), _end(now.first_month, now.pd + months))
        return Line("End by the plan of the budget", *ends, months)
    return Line("End by the contract", now.contract_end, _later(now.contract_end, months), months)


def _end(start: date | None, months: float) -> date | None:
    """So many months from a first of a month on; None where that lies beyond all plans."""
    return None if start is None or months > MOST_MONTHS else after(start, months)


def _later(moment: date | None, months: float) -> date | None:
    if moment is None:
        return None
    return months_before(moment, -int(months)) + timedelta(days=round(months % 1 * 365.25 / 12))


def _said(
    now: Today, lines: list[Line], months: float, value: float, longer: float | None, cost: tuple[float, ...] | None
) -> str:
    """The effect in a sentence or two."""
    told = (_months(months) if months else "", money(value, now.currency) if value else "")
    asked = " and ".join(filter(None, told))
    if not asked:
        return "Nothing is added yet."
    if longer is None or cost is None:
        moved = _moves(now, lines[0])
        return f"By the plan alone, {asked} more.{moved} Today's performance cannot be laid over it: {now.reason}."
    several = bool(months) and (bool(value) or months != 1)
    parts = []
    if months:
        parts.append(f"{'take' if several else 'takes'} {_months(longer)}")
    if value:
        low, middle, high = (money(amount, now.currency) for amount in cost)
        parts.append(f"{'cost' if several else 'costs'} {middle}{f' ({low} to {high})' if low != high else ''}")
    return f"At today's performance {asked} of plan {' and '.join(parts)}.{_moves(now, lines[1])}"


def _moves(now: Today, line: Line) -> str:
    """Where the end moves, as a sentence after another; empty where it does not, has passed or is not known."""
    if not line.more or not isinstance(line.now, date) or not isinstance(line.then, date) or line.then < now.as_of:
        return ""
    return f" The end moves from {day(line.now)} to {day(line.then)}."


def _months(months: float) -> str:
    text = _number(months)
    return f"{text} month{'' if text == '1' else 's'}"


def effect_table(now: Today, found: Effect) -> pd.DataFrame:
    """The lines of an effect in words: what, now, then, more."""
    rows = [
        (line.what, _cell(now, line, line.now), _cell(now, line, line.then), _more(now, line)) for line in found.lines
    ]
    return pd.DataFrame(rows, columns=["what", "now", "then", "more"], dtype=object)


def _of_time(line: Line) -> bool:
    return line.what.startswith("End ")


def _cell(now: Today, line: Line, value: date | float | None) -> str:
    if isinstance(value, date):
        return f"{day(value)}{', has passed' if value < now.as_of else ''}"
    return "beyond all plans" if value is None and line.more and _of_time(line) else money(value, now.currency)


def _more(now: Today, line: Line) -> str:
    return f"+{_months(line.more)}" if _of_time(line) else f"+{money(line.more, now.currency)}"


def assumptions(now: Today, told_in: str, site_cost: float | None = None) -> list[str]:
    """What the effect takes for granted, one sentence each."""
    said = []
    if now.spi_t and now.cpi and now.es is not None and now.elapsed is not None:
        said += [
            f"A month of plan takes {1 / now.spi_t:.2f} months at today's pace (ES {_number(now.es)} of "
            f"{_months(now.elapsed)}).",
            f"{now.currency} 1 of plan costs {now.currency} {1 / now.cpi:.2f} at today's cost "
            f"({money(now.ac, now.currency)} spent for {money(now.ev, now.currency)} of work).",
        ]
    if now.grown:
        said.append(GROWN)
    if told_in == "sites":
        said.append(_site(now, site_cost))
    return said


def limits(now: Today) -> list[str]:
    """How the effect is worked out, and what it does not know, one sentence each."""
    said = ["Added work follows on the rest and goes as the work so far; what runs beside it moves the end less."]
    if now.bac is not None:
        said.append(against(now.baseline))
    if now.spi and now.cpi and now.spi_t:
        said += [
            f"Months are divided by SPI(t) {now.spi_t:.2f}, value by CPI {now.cpi:.2f}; performance to "
            f"{day(now.month_end)}.",
            "The range of the cost takes the added work as planned, at today's cost, and at today's cost and pace "
            f"(CPI x SPI, with an SPI of {now.spi:.2f}).",
        ]
    return said


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _site(now: Today, site_cost: float | None) -> str:
    usual = now.site_cost
    if usual is None and not site_cost:
        return "What a site costs is not known: write it."
    if usual is None or (site_cost is not None and round(site_cost) != round(usual)):
        return f"A site is taken at {money(site_cost, now.currency)}, as written."
    return (
        f"A site is taken at {money(usual, now.currency)}: the budget of {money(now.bac, now.currency)} over "
        f"{count(now.sites, 'planned site')}, and so with what does not grow by the site: write less where you know it."
    )
