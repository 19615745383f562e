"""The KPIs at the head of a page: the period, beside it the newest completed quarter, and how sure they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Band, Better, Kpi, Period, Ratio, SaidAs, Spread
from analytics.scope import completed_quarter, quarter_name
from analytics.verdict import Verdict, against_target, interval, red_by_fact, unsure
from analytics.view import View
from analytics.words import count, lateness, rating, shown

TARGET_WORDS = {
    Verdict.BETTER: "beats its target",
    Verdict.AS_EXPECTED: "meets its target",
    Verdict.WORSE: "misses its target",
    Verdict.TOO_FEW: "too few",
}
"""A verdict where it is against the green threshold; what is amber or red by chance alone is said otherwise."""

Row = Mapping[str, Any]


def headline(view: View, kpis: Sequence[str]) -> list[dict[str, Any]]:
    """KPIs over the whole scope: the rows of `kpi_rows`, each with what the newest completed quarter alone says.

    `quarter` is its name, `recent` its row, None where it has none.
    """
    asked = [BY_ID[kpi] for kpi in kpis]
    end = completed_quarter(view.scope.as_of)
    quarter = quarter_name(end)
    events = [kpi for kpi in asked if kpi.period is Period.EVENTS]
    recent = {row["kpi"]: row for row in kpi_rows(view, events, ("quarter",)) if row["quarter"] == quarter}
    with view.at(end) as then:
        states = kpi_rows(then, [kpi for kpi in asked if kpi not in events], ())
    recent |= {row["kpi"]: row for row in states if row["n"]}
    return [row | {"recent": recent.get(row["kpi"]), "quarter": quarter} for row in kpi_rows(view, asked, ())]


def value_text(row: Row, suffix: str = "") -> str:
    """The value with its unit; `suffix` `_all` for all causes."""
    kpi, value = BY_ID[row["kpi"]], row[f"value{suffix}"]
    if kpi.said_as is SaidAs.LATENESS:
        return lateness(value)
    if kpi.said_as is SaidAs.OVER_UNDER:
        return _variance(kpi, value, row["green"], row["red"])
    return shown(kpi, value, row["green"], row["red"])


def _variance(kpi: Kpi, value: float | None, *limits: float | None) -> str:
    """`2.3 % over`: plus is under budget."""
    text = shown(kpi, value, *limits)
    if value is None or not text.strip("-0. %"):
        return "on budget" if value is not None else text
    return f"{text.removeprefix('-')} {'over' if value < 0 else 'under'}"


def counted(row: Row) -> str:
    """What the value rests on: `97 of 116 milestones`, `176 milestones`."""
    kpi = BY_ID[row["kpi"]]
    if isinstance(kpi.measure, Ratio) and kpi.measure.proportion and row["denominator"]:
        return f"{row['numerator']:,.0f} of {row['denominator']:,.0f} {kpi.counts}"
    return _cases(row["n"], kpi)


def _cases(n: float, kpi: Kpi) -> str:
    """`1 milestone`, `12 milestones`; what counts several things at once keeps its words."""
    one = f"{kpi.counts[:-3]}y" if kpi.counts.endswith("ies") else kpi.counts.removesuffix("s")
    return f"{n:,.0f} {one if n == 1 and ' ' not in kpi.counts.removeprefix('open ') else kpi.counts}"


def word(row: Row, suffix: str = "") -> str:
    """How it stands to its target, in the one word, and why where the value alone does not tell it.

    An amber or red that could be chance says so: `red, could be green (7 of 9)`. `suffix` `_all` for all causes.
    """
    kpi, state, n = BY_ID[row["kpi"]], row[f"band{suffix}"], row[f"n{suffix}"] or 0.0
    if unsure(row, suffix):
        return f"{could_be_green(state)} ({_of(kpi, row, suffix)})"
    if red_by_fact(row, suffix):
        return f"{TARGET_WORDS[Verdict.WORSE]}: {kpi.red_because}"
    verdict = against_target(row, suffix)
    return rating(state, n, kpi.min_n, kpi.counts, None if verdict is None else TARGET_WORDS[verdict])


def could_be_green(band: Band) -> str:
    """What is said of an amber or red whose interval reaches green, however many cases it rests on."""
    return f"{band}, could be green"


def _of(kpi: Kpi, row: Row, suffix: str) -> str:
    """`7 of 9`, or `12 requests` of what is no share."""
    n = row[f"n{suffix}"]
    if isinstance(kpi.measure, Ratio) and kpi.measure.proportion:
        met = row["numerator"] if not suffix else row["value_all"] / kpi.measure.scale * n
        return f"{met:,.0f} of {n:,.0f}"
    return f"{n:,.0f} {kpi.counts}"


def beside(row: Row) -> str:
    """All causes where they differ, its companion, and the newest quarter: what stands under the value."""
    parts = []
    if row["value_all"] is not None and value_text(row, "_all") != value_text(row):
        parts.append(f"{BY_ID[row['kpi']].all_causes_called} {value_text(row, '_all')}")
    if row.get("companion"):
        parts.append(row["companion"])
    if recent := row.get("recent"):
        parts.append(f"{row['quarter']} {value_text(recent)} ({counted(recent)})")
    return "; ".join(parts)


def how_sure(row: Row) -> list[str]:
    """Definition, interval, what it means, thresholds and caveat of a KPI, one sentence each."""
    kpi = BY_ID[row["kpi"]]
    told = (kpi.definition, interval_text(row), _meaning(kpi, row), threshold_text(row), kpi.caveat)
    return [text for text in told if text]


def interval_text(row: Row) -> str:
    """The interval of a value in a sentence, and by which method; why there is none where it has none."""
    kpi = BY_ID[row["kpi"]]
    if row["band"] is Band.TOO_FEW:
        return f"Below {kpi.min_n} {kpi.counts} it is shown and not rated."
    if row["low"] is None or row["high"] is None:
        return _open_interval(kpi, row) or (row["reason"].capitalize() + "." if row["reason"] else "")
    low, high = (value_text({**row, "value": row[side]}) for side in ("low", "high"))
    if _spread(kpi) is Spread.QUARTILES:
        return f"Half of the {kpi.counts} lie between {low} and {high}."
    return f"95 % interval {low} to {high} ({_spread(kpi)})."


def _open_interval(kpi: Kpi, row: Row) -> str:
    if row["low"] is None:
        return ""
    low = value_text({**row, "value": row["low"]})
    reached = "" if row["value"] is not None else f" {row['reason'].capitalize()}."
    return f"95 % interval from {low}, without an upper end: too few are finished ({_spread(kpi)}).{reached}"


def _spread(kpi: Kpi) -> Spread:
    return getattr(kpi.measure, "spread", Spread.NONE)


def _meaning(kpi: Kpi, row: Row) -> str:
    """Why the word is what it is."""
    verdict = against_target(row)
    if verdict is None or verdict is Verdict.TOO_FEW or red_by_fact(row):
        return ""
    if interval(kpi, row) == (None, None):
        return "Nothing is sampled, so the word follows the colour." if _spread(kpi) is Spread.NONE else ""
    if unsure(row):
        return f"The interval reaches green, so {row['band'].value} could be chance."
    return {
        Verdict.BETTER: "The whole interval is better than green.",
        Verdict.WORSE: "The whole interval is worse than green, so this is hardly chance.",
        Verdict.AS_EXPECTED: "Green lies within the interval.",
    }[verdict]


def threshold_text(row: Row) -> str:
    """The thresholds of a value and where they come from, in a sentence."""
    kpi = BY_ID[row["kpi"]]
    if row["green"] is None or row["red"] is None:
        return f"Not rated: {row['basis']}." if "not used" in (row["basis"] or "") else "No threshold is set."
    basis = f"{row['basis']}: {kpi.threshold_source}" if row["basis"].startswith("default") else row["basis"]
    words = limits_words(kpi, row["green"], row["red"])
    return f"{words[0].upper()}{words[1:]} ({basis})."


def limits_words(kpi: Kpi, green: float | None, red: float | None) -> str:
    """`green from 90 %, red under 80 %`; a variance of money as `green up to 5 % over, red beyond 10 % over`."""
    if green is None or red is None:
        return "not rated"
    upward = kpi.better is Better.HIGHER and not (kpi.said_as is SaidAs.OVER_UNDER and green <= 0)
    best, worst = ("from", "under") if upward else ("up to", "beyond")
    return f"green {best} {_limit(kpi, green)}, red {worst} {_limit(kpi, red)}"


def _limit(kpi: Kpi, value: float) -> str:
    if kpi.said_as is SaidAs.OVER_UNDER:
        return _variance(kpi, value)
    return f"{count(value, 'day')} late" if kpi.said_as is SaidAs.LATENESS else shown(kpi, value)
