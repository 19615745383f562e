"""What an answer to "why did it change?" is made of, and its words: templates over numbers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.headline import Row, value_text
from analytics.kpi import Better, Kpi, Median, Ratio
from analytics.why.pool import Pool
from analytics.why.shapley import Floats
from analytics.words import money, shown

COLUMNS = ("label", "engagement", "kpi", "mix", "performance", "other", "effect", "why")
SUMS = ("mix", "performance", "other", "effect")
TOLD = 3
"""Parts told in words; the figure and its table hold all."""
NOTHING = 1e-9
"""An effect that is only the rounding of the machine."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence, and the engagement and KPI whose rows show it; empty where it is about all of them."""

    text: str
    engagement: str = ""
    kpi: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The difference of a figure between two dates, split.

    `steps`: label, engagement (id, empty where it is not of one), kpi (id), mix (who counts, and how much), performance
    (how they did), other (what is neither), effect (their sum), why (in words). The effects add up to `now` less
    `then`. Without a split `reason` says why not, and there are no steps. `unit` and `digits`: of the values;
    `money`: whether the unit is a currency.
    """

    label: str
    then: float | None
    now: float | None
    since: date
    better: Better
    unit: str
    digits: int
    steps: pd.DataFrame = field(default_factory=lambda: table([]))
    reason: str | None = None
    money: bool = False
    sentences: tuple[Told, ...] = ()

    @property
    def difference(self) -> float | None:
        """Now less then, None where one is not known."""
        return None if self.then is None or self.now is None else self.now - self.then


def table(steps: list[dict[str, Any]]) -> pd.DataFrame:
    """The steps as a frame, the largest effect first; without those that did nothing."""
    real = sorted((step for step in steps if abs(step["effect"]) > NOTHING), key=lambda step: -abs(step["effect"]))
    return pd.DataFrame(real, columns=list(COLUMNS)).astype(dict.fromkeys(SUMS, float))


def by_kpi(steps: pd.DataFrame) -> pd.DataFrame:
    """The steps of a score with those of one KPI together, the largest first: all columns but `engagement`."""
    found = steps.groupby("kpi", sort=False)[list(SUMS)].sum().reset_index()
    found["label"] = [BY_ID[kpi].label for kpi in found["kpi"]]
    told = {step["kpi"]: f"{step['label']}: {step['why']}" for step in reversed(steps.to_dict("records"))}
    found["why"] = found["kpi"].map(told)
    found = found[found["effect"].abs() > NOTHING]
    return found.sort_values("effect", key=abs, ascending=False, kind="stable", ignore_index=True)


def turned(then: float, now: float) -> str:
    """`fell from`, `rose from`."""
    return "fell from" if now < then else "rose from"


def part(size: str, effect: float) -> str:
    """A part with its sign in words: `took 4.2 points off`, `added 4.2 points`."""
    return f"took {size} off" if effect < 0 else f"added {size}"


def size(kpi: Kpi, row: Row, effect: float) -> str:
    """The size of a difference in the KPI's unit: percent as `4.2 points`, else `3.1 h`, `EUR 0.4m`."""
    if kpi.unit == "currency":
        return money(abs(effect), row["unit"])
    text = shown(kpi, abs(effect), 0.0)
    return text.removesuffix(" %") + " points" if kpi.unit == "%" else text


def because(kpi: Kpi, row: Row, pool: Pool, place: int, mix: float, performance: float) -> str:
    """What an engagement did: its own figure then and now, and whether that or its weight made the part."""
    rests = [_rests(kpi, row, pool, sums) for sums in (pool.then[place], pool.now[place])]
    if not pool.stays[place]:
        if all(rests):
            return f"{rests[1]} instead of {rests[0]}, not one engagement counts at both dates (mix)"
        return f"{rests[1]}, which did not count then (mix)" if rests[1] else f"{rests[0]}, which counts no more (mix)"
    kind = "mix" if abs(mix) > abs(performance) else "performance"
    own = [_own(row, value) for value in pool.own(place)]
    if _proportion(kpi):
        return f"{rests[1]} instead of {rests[0].removesuffix(' ' + kpi.counts)} ({kind})"
    if own[0] == own[1] or kind == "mix":
        return f"{own[1]}, {_share(pool, place)} ({kind})"
    return f"{own[1]} instead of {own[0]} ({kind})"


def _rests(kpi: Kpi, row: Row, pool: Pool, sums: Floats) -> str:
    """What a row of a pool says: `6 of 8 milestones`, `9 h of 12 requests`, `1.08`; empty where it says nothing."""
    if not sums.any():
        return ""
    weight = f"{pool.weight(sums[None, :])[0]:,.0f}"
    if _proportion(kpi):
        return f"{sums[0]:,.0f} of {weight} {kpi.counts}"
    value = _own(row, float(pool.value(sums[None, :])[0]))
    return f"{value} of {weight} {kpi.counts}" if isinstance(kpi.measure, Median) else value


def _share(pool: Pool, place: int) -> str:
    """How much of the whole weight a row has now and had then."""
    then, now = (100 * pool.weight(rows)[place] / pool.weight(rows).sum() for rows in (pool.then, pool.now))
    return f"{now:.0f} % of the whole instead of {then:.0f} %"


def _proportion(kpi: Kpi) -> bool:
    return isinstance(kpi.measure, Ratio) and kpi.measure.proportion


def _own(row: Row, value: float | None) -> str:
    if value is not None and value == value:
        return value_text({**row, "value": value})
    return "no median yet" if isinstance(BY_ID[row["kpi"]].measure, Median) else "no figure of its own"
