"""From cases to figures at every grain: value, interval, n and band, by the words of the catalogue."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt

import numpy as np
from scipy.special import gammaincinv

from tests.analytics.independent.cases import ALL, EVENTS, SERVICES, STATES, Case, World, cases
from tests.analytics.independent.clock import DAY, quarter, year_before
from tests.analytics.independent.known import History, Row

Z = 1.959963984540054


@dataclass(frozen=True)
class Kpi:
    """A line of the catalogue: `what` is share, rate (of events), net, plain, sum, curve, quartiles or forms."""

    what: str
    better: str = ""
    green: float | None = None
    red: float | None = None
    min_n: int = 1
    scale: float = 1
    event: bool = False
    money: bool = False
    hidden: int = 0


KPIS = {
    "T01": Kpi("share", "higher", 90, 80, 10, 100, event=True),
    "T02": Kpi("quartiles", "lower", 0, 14, 5, event=True),
    "T03": Kpi("curve", "lower", 30, 60, 5, event=True),
    "T04": Kpi("curve", "lower", 10, 14, 5, event=True),
    "T06": Kpi("rate", "higher", 95, 85, 10, 100),
    "T08": Kpi("plain", "higher", 1, 0.9, 3),
    "T09": Kpi("plain", "lower", 0, 10, 3, 100),
    "C01": Kpi("plain", "higher", -5, -10, 1, 100, money=True),
    "C02": Kpi("plain", "higher", 0.95, 0.9, 1, money=True),
    "C03": Kpi("plain", "higher", 0.95, 0.9, 1, money=True),
    "C04": Kpi("plain", "higher", -5, -10, 1, 100, money=True),
    "C05": Kpi("plain", "lower", 1, 1.1, 1, money=True),
    "C06": Kpi("plain", "lower", 5, 10, 1, 100, money=True),
    "C07": Kpi("share", "higher", 98, 95, 10, 100, event=True),
    "C08": Kpi("plain", "lower", 0.05, 0.15, 1),
    "C09": Kpi("plain", "higher", -2, -5, 1, 100, money=True),
    "Q01": Kpi("rate", "lower", None, None, 20, 100, event=True),
    "Q02": Kpi("rate", "lower", None, None, 100, 100, event=True),
    "Q04": Kpi("curve", "lower", 5, 10, 20, event=True),
    "Q05": Kpi("share", "higher", 95, 85, 10, 100, event=True),
    "Q06": Kpi("share", "higher", 95, 90, 50, 100),
    "Q07": Kpi("share", "higher", 90, 80, 50, 100, event=True),
    "Q08": Kpi("plain", "lower", 2, 5, 1, event=True),
    "Q09": Kpi("share", "higher", 100, 95, 1, 100, event=True),
    "Q10": Kpi("share", "higher", 95, 85, 3, 100, event=True),
    "Q11": Kpi("sum", "lower", 0, 0, 1),
    "R01": Kpi("curve", "lower", 8, 16, 10, event=True),
    "R02": Kpi("share", "higher", 95, 85, 10, 100, event=True),
    "R03": Kpi("curve", "lower", 5, 10, 10, event=True),
    "R04": Kpi("share", "lower", 10, 20, 5, 100),
    "R05": Kpi("share", "higher", 95, 85, 8, 100, event=True),
    "P01": Kpi("forms", "higher", 75, 60, 5, event=True, hidden=5),
    "P02": Kpi("net", "higher", 30, 0, 10, 100, event=True, hidden=5),
    "P03": Kpi("rate", "lower", 15, 25, 10, 100, event=True),
    "P04": Kpi("plain", "higher", 90, 80, 1, 100),
    "F01": Kpi("curve", "lower", 30, 45, 5, event=True),
    "F02": Kpi("plain", "lower", 1, 2, 1),
    "D01": Kpi("share", "higher", 95, 85, 10, 100, event=True),
    "D02": Kpi("share", "higher", 90, 80, 10, 100, event=True),
} | dict.fromkeys(
    (
        "PV", "EV", "AC", "BAC", "CV", "SV", "EAC", "EAC_bac_over_cpi", "EAC_ac_plus_remaining", "EAC_cpi_spi",
        "EAC_80_20", "ETC", "VAC", "EAC_bottom_up",
    ),
    Kpi("sum", money=True),
)  # fmt: skip
CURVES = ("curve", "quartiles", "forms")
Figure = dict[str, float | str | None]
Figures = dict[tuple[str, ...], Figure]


def wilson(met: float, n: float) -> tuple[float, float]:
    """The shares that lie less than Z of their own standard errors from the one seen: roots of a quadratic."""
    share = met / n
    a, b, c = 1 + Z * Z / n, -(2 * share + Z * Z / n), share * share
    root = sqrt(max(b * b - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def poisson(events: float, exposure: float) -> tuple[float, float]:
    """The rates under which so many events, or more, or fewer, come in one sample of 40: gamma quantiles."""
    low = float(gammaincinv(events, 0.025)) if events else 0.0
    return low / exposure, float(gammaincinv(events + 1, 0.975)) / exposure


def net(values: Iterable[float]) -> tuple[float, float]:
    """Standard error of the share of 1 less the share of -1."""
    cases = list(values)
    p, d = cases.count(1) / len(cases), cases.count(-1) / len(cases)
    spread = Z * sqrt(max(p + d - (p - d) ** 2, 0) / len(cases))
    return max(-1, p - d - spread), min(1, p - d + spread)


def product_limit(times: list[float], done: list[bool]) -> tuple[float | None, float | None, float | None]:
    """Median with its log-log limits; None where the curve, or its limit, stays above one half."""
    over_at, over = np.unique([time for time, is_over in zip(times, done) if is_over], return_counts=True)
    risk = len(times) - np.searchsorted(np.sort(times), over_at, side="left")
    curve, greenwood = 1.0, 0.0
    found: list[float | None] = [None, None, None]
    for at, at_risk, now in zip(over_at.tolist(), risk.tolist(), over.tolist()):
        curve *= (at_risk - now) / at_risk
        limits = (0.0, 0.0, 0.0)
        if curve > 1e-12:
            greenwood += now / (at_risk * (at_risk - now))
            wide = exp(Z * sqrt(greenwood) / -log(curve))
            limits = curve, curve**wide, curve ** (1 / wide)
        found = [at if before is None and limit <= 0.5 + 1e-12 else before for before, limit in zip(found, limits)]
        if None not in found:
            break
    return found[0], found[1], found[2]


Limits = tuple[float | None, float | None]
"""Green and red."""


class Thresholds:
    """Of an engagement before its CRO's, before all; the newest in force; else the catalogue."""

    def __init__(self, targets: Iterable[Row], cros: Mapping[str, str], as_of: date) -> None:
        self.cros = cros
        self.targets: dict[tuple[str, str, str], Row] = {}
        for row in sorted(targets, key=lambda row: row["effective_from"]):
            if row["effective_from"] <= str(as_of):
                self.targets[row["kpi_id"], row["cro_id"], row["engagement_id"]] = row

    def of(self, kpi: str, cro: str = "", engagement: str = "") -> Limits:
        cro = cro or self.cros.get(engagement, "")
        for key in ((kpi, cro, engagement), (kpi, "", engagement), (kpi, cro, ""), (kpi, "", "")):
            if row := self.targets.get(key):
                return float(row["green"]), float(row["red"])
        return KPIS[kpi].green, KPIS[kpi].red


def band(kpi: Kpi, value: float, green: float, red: float) -> str:
    sign = 1 if kpi.better == "higher" else -1
    return "green" if sign * value >= sign * green else "red" if sign * value < sign * red else "amber"


def figure(name: str, found: list[Case], limits: Limits, rates: Mapping[str, float]) -> Figure:
    """The figure of a group of cases: its own causes, and all (`_all`)."""
    kpi = KPIS[name]
    counted = [case for case in found if (case.time if kpi.what in CURVES else case.bottom) is not None]
    own = _sums(kpi, [case for case in counted if case.mine], rates, False)
    everyone = _sums(kpi, counted, rates, True)
    seen = own | {f"{key}_all": everyone[key] for key in ("value", "n")}
    if 0 < max(_float(own["n"]), _float(everyone["n"])) < kpi.hidden:
        seen |= dict.fromkeys(("value", "value_all", "numerator", "denominator", "low", "high"))
    states = {"R04": "not_applicable", "T09": "unrated", "C04": "unrated"}
    empty = states.get(name, "not_reported") if found else "not_reported"
    for suffix, cases_of in (("", [case for case in counted if case.mine]), ("_all", counted)):
        seen[f"band{suffix}"] = _state(kpi, seen[f"value{suffix}"], cases_of, _float(seen[f"n{suffix}"]), limits, empty)
    return seen


def _float(value: float | str | None) -> float:
    assert isinstance(value, float)
    return value


def _state(
    kpi: Kpi,
    value: float | str | None,
    counted: list[Case],
    n: float,
    limits: Limits,
    empty: str,
) -> str:
    green, red = limits
    if green is None or red is None:
        return "not_reported" if value is None else "unrated"
    if any(case.red for case in counted):
        return "red"
    if not n:
        return empty
    if n < kpi.min_n:
        return "too_few"
    if value is None:
        longest = max((case.time for case in counted if case.time is not None), default=None)
        if kpi.what == "curve" and n >= kpi.min_n and longest is not None and longest > red:
            return "red"
        return "unrated"
    assert isinstance(value, float)
    return band(kpi, value, green, red)


def _sums(kpi: Kpi, counted: list[Case], rates: Mapping[str, float], all_causes: bool) -> Figure:
    if kpi.what in CURVES:
        return _curve(kpi, counted)
    n = float(len({case.who for case in counted}) if counted and counted[0].who else sum(_n(case) for case in counted))
    worth = _rates(kpi, counted, rates)
    tops = [case.top_all if all_causes and case.top_all is not None else case.top or 0.0 for case in counted]
    bottoms = [case.bottom or 0.0 for case in counted]
    seen: Figure = {"value": None, "numerator": None, "denominator": None, "n": n, "low": None, "high": None}
    if not counted or worth is None:
        return seen
    top = sum(value * rate for value, rate in zip(tops, worth))
    bottom = sum(value * rate for value, rate in zip(bottoms, worth))
    if kpi.what == "sum":
        return seen | {"value": top, "numerator": top}
    seen |= {"numerator": top, "denominator": bottom}
    if bottom <= 0:
        return seen
    limits = _limits(kpi, top, bottom, tops)
    return seen | {
        "value": kpi.scale * top / bottom, "low": limits and kpi.scale * limits[0],
        "high": limits and kpi.scale * limits[1],
    }  # fmt: skip


def _n(case: Case) -> float:
    return (case.bottom or 0.0) if case.n is None else case.n


def _rates(kpi: Kpi, counted: list[Case], rates: Mapping[str, float]) -> list[float] | None:
    """What each amount is multiplied by: nothing among one currency; None where a rate is missing."""
    if not kpi.money or len({case.currency for case in counted}) <= 1:
        return [1.0] * len(counted)
    found = [rates.get(case.currency) for case in counted]
    return None if None in found else [rate or 0.0 for rate in found]


def _limits(kpi: Kpi, top: float, bottom: float, tops: list[float]) -> tuple[float, float] | None:
    if kpi.what == "share" and 0 <= top <= bottom:
        return wilson(top, bottom)
    if kpi.what == "rate":
        return poisson(top, bottom)
    return net(tops) if kpi.what == "net" else None


def _curve(kpi: Kpi, counted: list[Case]) -> Figure:
    times = [case.time for case in counted if case.time is not None]
    n = float(len(times))
    seen: Figure = {"value": None, "numerator": 0.0, "denominator": n, "n": n, "low": None, "high": None}
    if not times:
        return seen
    if kpi.what == "curve":
        done = [case.done for case in counted]
        value, low, high = product_limit(times, done)
        return seen | {"value": value, "low": low, "high": high, "numerator": float(sum(done))}
    low, value, high = (float(np.percentile(times, share)) for share in (25, 50, 75))
    if kpi.what == "forms":
        # The bootstrap is drawn: a test looks at whether its limits are likely (`drawn_limits`).
        low = high = None if len(times) < 8 else 0.0
    return seen | {"value": value, "low": low, "high": high, "numerator": n}


Dims = tuple[str, ...]


@dataclass
class Computed:
    """Figures by KPI and group of some dimensions, and the cases behind each."""

    figures: Figures
    cases: dict[tuple[str, ...], list[Case]]


class Portfolio:
    """The second computation over a history of uploads."""

    def __init__(self, history: History, as_of: date, baseline: str = "original", known_at: int | None = None) -> None:
        self.history, self.as_of, self.baseline, self.known_at = history, as_of, baseline, known_at
        self.now = self.world(as_of)
        members = self.now.rows["engagements"]
        self.cros = {row["engagement_id"]: row["cro_id"] for row in members}
        self.limits = Thresholds(self.now.rows["targets"], self.cros, as_of)
        self.events = cases(self.now, EVENTS)
        self.states = cases(self.now, STATES)

    def world(self, as_of: date) -> World:
        rows = self.history.known(str(as_of), self.known_at)
        told_to = self.history.told_to(str(as_of), self.known_at)
        return World(rows, as_of, year_before(as_of), told_to, self.baseline)

    def at(self, by: Dims) -> Computed:
        """Every KPI over everything, by CRO or by engagement."""
        groups: dict[tuple[str, ...], list[Case]] = defaultdict(list)
        for kpi in KPIS:
            source = self.events if KPIS[kpi].event else self.states
            for case in source[kpi]:
                # An audit of a whole CRO belongs to no engagement.
                placed = case.engagement or "engagement" not in by
                if placed and (not KPIS[kpi].event or _inside(case, self.now)):
                    groups[kpi, *(getattr(case, dim) for dim in by)].append(case)
        for kpi in KPIS:
            if not by:
                groups[(kpi,)] = groups[(kpi,)]
            for engagement, cro in self.cros.items():
                key = (kpi, *({"cro": cro, "engagement": engagement}[dim] for dim in by))
                groups[key] = groups[key]
        found = self._figures(groups, by)
        if by:
            for key in self._inapplicable(by):
                found[key] |= {"band": "not_applicable", "band_all": "not_applicable"}
        return Computed(found, groups)

    def events_by(self, dim: str, inside: Dims = ("cro",)) -> Computed:
        """The KPIs of events by CRO and month or quarter in which they are dated."""
        groups: dict[tuple[str, ...], list[Case]] = defaultdict(list)
        for kpi in KPIS:
            for case in self.events[kpi] if KPIS[kpi].event else ():
                if case.day and case.day <= self.as_of:
                    label = quarter(case.day) if dim == "quarter" else f"{case.day:%Y-%m}"
                    groups[kpi, *(getattr(case, each) for each in inside), label].append(case)
        return Computed(self._figures(groups, inside), groups)

    def states_by_quarter(self) -> Computed:
        """The other KPIs as they were at the end of each quarter since the first engagement began."""
        groups: dict[tuple[str, ...], list[Case]] = {}
        found: Figures = {}
        starts = [row["start_date"] for row in self.now.rows["engagements"]]
        end = _quarter_end(date.fromisoformat(min(starts))) if starts else date.max
        ends = []
        while end < self.as_of:
            ends.append(end)
            end = _quarter_end(end + DAY)
        for at in [*ends, self.as_of] if starts and min(starts) <= str(self.as_of) else ():
            then = self.world(at)
            here: dict[tuple[str, ...], list[Case]] = defaultdict(list)
            for kpi, each in cases(then, STATES).items():
                for case in each if not KPIS[kpi].event else ():
                    if case.bottom is not None:
                        here[kpi, case.cro, quarter(at)].append(case)
            groups |= here
            found |= self._figures(here, ("cro",), then.rates)
        return Computed(found, groups)

    def _figures(
        self, groups: Mapping[tuple[str, ...], list[Case]], by: Dims, rates: Mapping[str, float] | None = None
    ) -> Figures:
        found: Figures = {}
        for (kpi, *of), mine in groups.items():
            named = dict(zip(by, of))
            limits = self.limits.of(kpi, named.get("cro", ""), named.get("engagement", ""))
            found[kpi, *of] = figure(kpi, mine, limits, self.now.rates if rates is None else rates)
        return found

    def _inapplicable(self, by: Dims) -> list[tuple[str, ...]]:
        """Groups of which no engagement has a service that the KPI is for."""
        served: set[tuple[str, ...]] = set()
        every: set[tuple[str, ...]] = set()
        for row in self.now.rows["engagements"]:
            of = tuple({"cro": row["cro_id"], "engagement": row["engagement_id"]}[dim] for dim in by)
            for kpi in KPIS:
                every.add((kpi, *of))
                if row["service_type"] in SERVICES.get(kpi, ALL):
                    served.add((kpi, *of))
        return sorted(every - served)


def _inside(case: Case, world: World) -> bool:
    return case.unfinished or (case.day is not None and world.since < case.day <= world.as_of)


def _quarter_end(day: date) -> date:
    first = date(day.year + (day.month > 9), (day.month + 2) // 3 * 3 % 12 + 1, 1)
    return first - DAY
