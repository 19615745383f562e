"""Why a variance in money changed: by engagement, and in each by what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from analytics.catalogue import BY_ID
from analytics.engine import reporting_currency
from analytics.kpi import Better
from analytics.view import View
from analytics.why.kpi import within
from analytics.why.pool import MEMBERS
from analytics.why.words import TOLD, Told, Why, table
from analytics.words import day, money, over_under


@dataclass(frozen=True, slots=True)
class Variance:
    """An amount by engagement as the sum of named components: plus is under budget."""

    label: str
    question: str
    components: tuple[tuple[str, str], ...]


VARIANCES = {
    "C09": Variance(
        BY_ID["C09"].label,
        """
        SELECT forecast.engagement_id, forecast.contract_value AS contract, forecast.executed AS orders,
            -coalesce(spent.spent, 0) AS spent, -(forecast.forecast - coalesce(spent.spent, 0)) AS to_come
        FROM fact_forecast AS forecast
        LEFT JOIN (
            SELECT fact.engagement_id, sum(budget.ac)::DOUBLE AS spent
            FROM fact_forecast AS fact
            JOIN fact_budget AS budget ON budget.engagement_id = fact.engagement_id AND budget.cost_type = 'fee'
                AND budget.ended AND budget.month_end <= fact.month_end
            GROUP BY fact.engagement_id
        ) AS spent ON spent.engagement_id = forecast.engagement_id
        WHERE forecast.forecast IS NOT NULL AND forecast.contract_now IS NOT NULL
        """,
        (
            ("contract", "contract"),
            ("orders", "signed change orders"),
            ("spent", "spent"),
            ("to_come", "still to come"),
        ),
    ),
    "C04": Variance(
        BY_ID["C04"].label,
        "SELECT engagement_id, bac, -ac AS ac, -(eac_cpi_spi - ac) AS rest FROM fact_earned_value "
        "WHERE eac_cpi_spi IS NOT NULL",
        (("bac", "budget (BAC)"), ("ac", "spent (AC)"), ("rest", "the rest at today's pace")),
    ),
    "C01": Variance(
        BY_ID["C01"].label,
        "SELECT engagement_id, ev, -ac AS ac FROM fact_earned_value WHERE ev IS NOT NULL AND ac IS NOT NULL",
        (("ev", "earned (EV)"), ("ac", "spent (AC)")),
    ),
}  # fmt: skip
"""The KPIs of a variance that has an amount, by id."""

Amounts = Mapping[str, Mapping[str, Any]]


def why_money(view: View, kpi_id: str, then: date, cro: str = "", engagement: str = "") -> Why:
    """Why the variance behind a KPI of `VARIANCES`, as an amount, is not what it was at `then`.

    An amount is a sum, so its parts are the differences of the engagements, of a single one those of what it is made of
    (the Shapley values of a sum): mix is an engagement reported at one date only, performance all else. In contract
    currency; over several, both dates at the budget rate of the as-of date's year, so that no rate looks like a change.
    Raises KeyError for another KPI.
    """
    variance = VARIANCES[kpi_id]
    with within(view, cro, engagement) as seen:
        with seen.at(then) as before:
            was = _amounts(before, variance)
        now = _amounts(seen, variance)
        members = {row["engagement_id"]: row for row in seen.rows(MEMBERS, wide=not (cro or engagement))}
        code = reporting_currency(seen)
    names = sorted({*was, *now} & set(members))
    used = sorted({members[name]["currency"] for name in names})
    code = used[0] if len(used) == 1 else code
    found = Why(f"{variance.label}, in money", None, None, then, Better.HIGHER, code, 0, money=True)
    for side, at in ((was, then), (now, view.scope.as_of)):
        if not side:
            return replace(found, reason=f"nothing was reported up to {day(at)}")
    missing = sorted({members[name]["currency"] for name in names if members[name]["rate"] is None})
    if len(used) > 1 and missing:
        return replace(found, reason=f"there is no budget rate of {view.scope.as_of.year} for {' and '.join(missing)}")
    factors = {name: members[name]["rate"] if len(used) > 1 else 1.0 for name in names}
    before_sum, now_sum = (sum(factors[name] * sum(side[name].values()) for name in side) for side in (was, now))
    steps = [
        step | {"kpi": kpi_id, "engagement": name, "other": 0.0, "effect": step["mix"] + step["performance"]}
        for name in names
        for step in _steps(
            variance, members[name]["label"], factors[name], was.get(name), now.get(name), len(names) == 1
        )
    ]
    head = f"{variance.label}: {_moved(before_sum, now_sum, code)} {day(then)}."
    frame = table(steps)
    told = [_told(step, code) for step in frame[:TOLD].to_dict("records")]
    return replace(found, then=before_sum, now=now_sum, steps=frame, sentences=(Told(head), *told))


def _told(step: Mapping[Any, Any], code: str) -> Told:
    label, effect = str(step["label"]), float(step["effect"])
    made = f"{label[:1].upper()}{label[1:]} made it {_sized(effect, code)}"
    return Told(f"{made}: {step['why']}.", step["engagement"], step["kpi"])


def _sized(effect: float, code: str) -> str:
    """`EUR 20k worse`: of a variance, more of which is better, `took off` could be read as cost that went down."""
    return f"{money(abs(effect), code)} {'better' if effect > 0 else 'worse'}"


def _moved(then: float, now: float, code: str) -> str:
    """The variance now, and by how much it differs: rounded, both may read alike."""
    was, stands = over_under(then, code), over_under(now, code)
    if not round(now - then):
        return f"{stands}, as on"
    return f"{stands}, {_sized(now - then, code)} than {'' if was == stands else f'the {was} '}on"


def _amounts(view: View, variance: Variance) -> Amounts:
    names = [name for name, _ in variance.components]
    return {row["engagement_id"]: {name: row[name] for name in names} for row in view.rows(variance.question)}


def _steps(
    variance: Variance,
    label: str,
    factor: float,
    was: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    single: bool,
) -> list[dict[str, Any]]:
    """The step of an engagement; of a `single` one that is reported at both dates, a step for each component."""
    if was is None or now is None:
        effect = factor * (sum((now or {}).values()) - sum((was or {}).values()))
        why = "reported now and not then (mix)" if was is None else "reported then and not now (mix)"
        return [{"label": label, "mix": effect, "performance": 0.0, "why": why}]
    steps = []
    for component, words in variance.components:
        before, after = factor * was[component], factor * now[component]
        if before != after:
            told = f"{words} {money(abs(after))} instead of {money(abs(before))}"
            steps.append({"label": words, "mix": 0.0, "performance": after - before, "why": told})
    if single:
        return steps
    effect = sum(step["performance"] for step in steps)
    return [{"label": label, "mix": 0.0, "performance": effect, "why": ", ".join(step["why"] for step in steps)}]
