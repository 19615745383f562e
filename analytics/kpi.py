"""What a KPI is. Standard library only, so that every other module may import this one."""

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


class Band(StrEnum):
    """Green, amber, red, and the states that are none of them."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    TOO_FEW = "too_few"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    UNRATED = "unrated"

    @property
    def rated(self) -> bool:
        return self in (Band.GREEN, Band.AMBER, Band.RED)


class Period(StrEnum):
    """Which rows count."""

    EVENTS = "events of the trailing 12 months"
    TO_DATE = "everything to date"
    STATE = "what is so at the as-of date"


class Domain(StrEnum):
    """The parts of a score, in the order in which they are shown."""

    TIME = "Time"
    COST = "Cost"
    QUALITY = "Quality"
    RESPONSIVENESS = "Responsiveness"
    DELIVERY = "Delivery"
    RELATIONSHIP = "Relationship"
    FLEXIBILITY = "Flexibility"


class Spread(StrEnum):
    """What `low` and `high` of a value are: how chance is reckoned with, or why it is not."""

    NONE = "no interval: nothing is sampled"
    WILSON = "Wilson"
    POISSON = "Poisson, exact"
    NET = "standard error of the net share"
    CURVE = "log-log limits of the curve"
    BOOTSTRAP = "bootstrap"
    QUARTILES = "quartiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """`scale` x sum over sum; rows in which either side is NULL count in neither.

    Never a mean of ratios: it would weigh a study of 2 sites like one of 200. `n`: what is counted, the denominator
    unless set; `distinct`: whether different values of it are counted, not added. `numerator_all`: the numerator when
    all causes count. `silence`: months ended and not reported; `owed_*`: what the sums would gain in them at worst.
    `spread`: WILSON where the numerator counts part of the denominator, POISSON where it counts events over an exposure
    or an expectation, NET where a row adds 1, 0 or -1. `money`: whether amounts of several currencies have to be pooled
    at budget rates.
    """

    numerator: str
    denominator: str
    scale: float = 1.0
    n: str = ""
    distinct: bool = False
    numerator_all: str = ""
    silence: str = "0"
    owed_numerator: str = "0"
    owed_denominator: str = "0"
    spread: Spread = Spread.NONE
    money: bool = False

    @property
    def proportion(self) -> bool:
        """Whether the numerator counts part of the denominator."""
        return self.spread is Spread.WILSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A sum, of `money` or of a plain count; n counts the rows."""

    amount: str
    money: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """Kaplan-Meier median of `time`, with what is not `finished` censored; rows without a time do not count.

    `spread`: CURVE, or, where nothing is ever censored, QUARTILES of the cases or BOOTSTRAP; then the median is the
    ordinary one, between the middle two.
    """

    time: str
    finished: str = "TRUE"
    spread: Spread = Spread.CURVE

    @property
    def quartiles(self) -> bool:
        """Whether low and high tell how far the cases lie apart, not how sure their median is."""
        return self.spread is Spread.QUARTILES


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A ratio that stands beside a value and is never rated: `words` hold one place for it, such as `{:.0f} % so`.

    It rests on the same rows; one that is said with its sign has words for `minus`, which are given its size, and for
    what rounds to nothing, `level`.
    """

    measure: Ratio
    words: str
    minus: str = ""
    level: str = ""

    def said(self, value: float | None) -> str:
        """The companion in words; nothing where it is undefined."""
        if value is None:
            return ""
        if self.level and not round(value, 1):
            return self.level
        return self.minus.format(-value) if self.minus and value < 0 else self.words.format(value)


class SaidAs(StrEnum):
    """How a value is said: a variance in words, since a sign is read by everybody as they are used to."""

    PLAIN = "a number with its unit"
    LATENESS = "late or early"
    OVER_UNDER = "over or under budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What each month added to a KPI told to date: the `fact` that says it, and its measure within a month."""

    fact: str
    measure: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One declaration: calculation, tooltip, page and documentation read it.

    `fact` and `where` say which rows; `attributed`: whether late items count only where the CRO had a part in them;
    `keeps_unfinished`: whether what is not finished counts however old it is (a curve censors it instead, within its
    cohort); `red_if`: a condition on a row that makes the band red whatever n, in words `red_because`; `empty`: the
    state where there are rows and none of them counts. `hidden_below`: the n under which the value is not even shown,
    so that nobody is recognised. `companion`: what stands beside the value. A KPI without thresholds is unrated.

    `said_as`: plus is late, or under budget, where it is not plain. `all_causes_called`: what `value_all` counts.
    `added`: how its months are read where each would repeat those before. `expected_until`: of what other systems
    count, the milestone after which no more months are expected; without one, the end of the work.
    """

    id: str
    label: str
    definition: str
    domain: Domain
    unit: str
    digits: int
    better: Better
    fact: str
    measure: Ratio | Total | Median
    period: Period
    min_n: int
    formula: str
    where: str = "TRUE"
    green: float | None = None
    red: float | None = None
    scored: bool = False
    critical: bool = False
    attributed: bool = False
    keeps_unfinished: bool = False
    red_if: str = "FALSE"
    red_because: str = ""
    services: tuple[str, ...] = ()
    weight: float = 1.0
    controllable_by: str = "shared"
    grade: str = "C"
    source: str = ""
    threshold_source: str = "ours; to be agreed in the contract"
    caveat: str = ""
    when_red: str = ""
    undefined: str = "nothing to divide by"
    counts: str = "cases"
    empty: Band = Band.NOT_REPORTED
    hidden_below: int = 0
    companion: Companion | None = None
    said_as: SaidAs = SaidAs.PLAIN
    all_causes_called: str = "all causes"
    added: Added | None = None
    expected_until: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError where the thresholds contradict the direction."""
        if contradicts(self.better, self.green, self.red):
            raise ValueError(f"{self.id}: red is better than green")


def better(direction: Better, one: float, other: float) -> bool:
    """Whether `one` is strictly better than `other`."""
    return one > other if direction is Better.HIGHER else one < other


def contradicts(direction: Better, green: float | None, red: float | None) -> bool:
    """Whether red would be better than green."""
    return green is not None and red is not None and better(direction, red, green)


def band(direction: Better, value: float, green: float, red: float) -> Band:
    """Green at `green` or better, red when worse than `red`, else amber. Unrounded."""
    if not better(direction, green, value):
        return Band.GREEN
    return Band.RED if better(direction, red, value) else Band.AMBER


def points(direction: Better, value: float, green: float, red: float) -> float:
    """100 at green or better, 50 at red, linear between and on below red, not under 0.

    Where green and red are the same value, what is worse has no points.
    """
    if not better(direction, green, value):
        return 100.0
    if green == red:
        return 0.0
    return max(0.0, 100.0 - 50.0 * (green - value) / (green - red))
