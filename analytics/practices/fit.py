"""Compatibility and cultural fit: what each side answers of the other, and what is measured of the same.

Nobody may be recognised, not by setting one figure against another either. So the quarters are cut once into windows
of at least `HIDDEN_BELOW` answers (`windows`), and whatever is shown is made of whole windows: the difference of two
figures then is one of whole windows too. For the same reason a filter of the page does not narrow these figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from math import floor, fsum
from typing import Any

import numpy as np
import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.headline import value_text, word
from analytics.kpi import Band
from analytics.kpis.relationship import HIDDEN_BELOW
from analytics.scope import completed_quarter, months_before, quarter_end, quarter_name
from analytics.view import View
from analytics.words import count, listing
from data.contracts.surveys import DIMENSIONS

DIRECTIONS = {
    "sponsor_on_cro": "We on the CRO",
    "cro_on_sponsor": "The CRO on us",
    "cro_on_self": "The CRO on itself",
}
"""Who judges whom, as it is headed."""
NAMES = {
    "communication_style": "Communication style",
    "responsiveness": "Responsiveness",
    "collaboration": "Collaboration",
    "work_ethic": "Work ethic",
    "values": "Values",
    "quality_commitment": "Commitment to quality",
    "trust": "Trust",
}
ASKED = {
    "communication_style": "open, clear, in time",
    "responsiveness": "questions are answered soon",
    "collaboration": "problems are solved together",
    "work_ethic": "what is promised is done",
    "values": "the same things matter",
    "quality_commitment": "right at first, honest where not",
    "trust": "what is said is so",
}
"""What a dimension means, for who answers."""
MEASURED = {"communication_style": ("R05",), "responsiveness": ("R01", "R02"), "quality_commitment": ("D02", "Q10")}
"""The KPIs that measure what a dimension asks about; the others have none."""
MARKS = ("one", "two", "three", "four", "five")
"""The answers 1 to 5 as columns; one between two whole numbers is counted with the nearer, a half with the upper."""
PARTS = ((0.0, 25.0), (25.0, 50.0), (50.0, 75.0), (75.0, 100.0))
"""Parts of the scale of health into which forms are counted; one on a border is in the upper part."""
HIDDEN = f"fewer than {HIDDEN_BELOW} answers: hidden"
NOT_ASKED = "no answers"
LONGEST = 4
"""Quarters that a window spans at most."""
POOLED = 2
"""Quarters that are pooled at most where a trend is shown."""
TREND_MONTHS = 24

FORMS = """
SELECT direction, quarter, event_date, health, recommend
FROM fact_survey WHERE cro_id = $cro AND event_date <= $as_of
ORDER BY ALL
"""
ANSWERS = """
SELECT direction, dimension, quarter, event_date, score
FROM fact_survey_answer WHERE cro_id = $cro AND event_date <= $as_of AND dimension <> 'recommend'
ORDER BY ALL
"""
COMMENTS = """
SELECT DISTINCT form.direction, form.quarter, form.response_id, trim(survey.comment) AS comment
FROM fact_survey AS form
JOIN known_surveys AS survey ON survey.response_id = form.response_id AND survey.engagement_id = form.engagement_id
    AND survey.quarter = form.quarter AND coalesce(survey.direction, 'sponsor_on_cro') = form.direction
WHERE form.cro_id = $cro AND form.event_date <= $as_of AND trim(coalesce(survey.comment, '')) <> ''
"""
ENGAGEMENTS = """
SELECT engagement_id AS code, concat_ws(', ', study_id, title) AS shown
FROM fact_engagement WHERE cro_id = $cro AND start_date <= $as_of
ORDER BY ended_on IS NOT NULL, shown, code
"""

Row = dict[str, Any]
Window = tuple[str, ...]
"""Quarters whose answers are shown together."""


@contextmanager
def _whole(view: View, cro: str) -> Iterator[View]:
    """Everything of one CRO that the viewer may see, whatever the page filters."""
    scope = replace(view.scope, cros=(cro,), studies=(), areas=(), phases=(), tiers=(), pms=(), engagements=())
    with view.other(scope) as own:
        yield own


def windows(counts: Mapping[str, int]) -> list[Window]:
    """Quarters (`2026-Q3` to the number of answers) cut into windows of at least `HIDDEN_BELOW` answers.

    From the first quarter on: one with enough answers stands alone, one with fewer waits for those that follow, up to
    `LONGEST` quarters; what then is still too few is in no window. A window depends on nothing later than itself, so it
    is the same at every later as-of date, and two windows never share a quarter.
    """
    found: list[Window] = []
    waiting: list[str] = []
    for quarter in sorted(quarter for quarter, n in counts.items() if n):
        waiting = [one for one in waiting if _place(quarter) - _place(one) < LONGEST] + [quarter]
        if sum(counts[one] for one in waiting) >= HIDDEN_BELOW:
            found.append(tuple(waiting))
            waiting = []
    return found


def _windows(rows: Iterable[Row]) -> list[Window]:
    return windows(Counter(row["quarter"] for row in rows))


def _place(quarter: str) -> int:
    """Quarters counted through the years."""
    return int(quarter[:4]) * 4 + int(quarter[-1])


def _cut(rows: Sequence[Row], since: Any) -> tuple[list[Row], int, list[Window]]:
    """The rows of the windows that end after `since`, how many of the period are in none, and these windows."""
    ends = {row["quarter"]: row["event_date"] for row in rows}
    kept = [each for each in _windows(rows) if ends[each[-1]] > since]
    inside = {quarter for window in kept for quarter in window}
    left = sum(row["event_date"] > since and row["quarter"] not in inside for row in rows)
    return [row for row in rows if row["quarter"] in inside], left, kept


def _by(rows: Iterable[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return found


def sides(view: View, cro: str) -> pd.DataFrame:
    """How each side sees the work, of the windows that end in the period: one row a direction of `DIRECTIONS`.

    Columns: direction, label, n (forms; where nothing is shown, those that there are), value (median health, 0 to 100),
    gap (value less ours on the CRO; plus is that they see it better), one column a part of the scale (how many forms
    fell into it), quarters (of the windows, in words), waiting (forms of the period that are in no window yet), reason
    (why there is no value).
    """
    with _whole(view, cro) as own:
        forms = _by((row for row in own.rows(FORMS, cro=cro) if row["health"] is not None), "direction")
        found = [_side(each, forms[(each,)], own.scope.parameters["since"]) for each in DIRECTIONS]
    ours = found[0]["value"]
    for row in found[1:]:
        row["gap"] = None if ours is None or row["value"] is None else row["value"] - ours
    return pd.DataFrame(found).astype({"value": float, "gap": float})


def _side(direction: str, forms: list[Row], since: Any) -> Row:
    shown, waiting, cut = _cut(forms, since)
    health = [row["health"] for row in shown]
    parts = np.histogram(health, [low for low, _ in PARTS] + [100.0])[0] if shown else [None] * len(PARTS)
    return {
        "direction": direction, "label": DIRECTIONS[direction], "n": len(shown) or waiting,
        "value": float(np.median(health)) if shown else None, "gap": None,
        **{part_name(part): number for part, number in zip(PARTS, parts, strict=True)},
        "quarters": " to ".join(dict.fromkeys((cut[0][0], cut[-1][-1]))) if cut else "",
        "waiting": waiting if shown else 0,
        "reason": "" if shown else HIDDEN if waiting else NOT_ASKED,
    }  # fmt: skip


def part_name(part: tuple[float, float]) -> str:
    """`25 to 50`."""
    return f"{part[0]:.0f} to {part[1]:.0f}"


def distribution(view: View, cro: str) -> pd.DataFrame:
    """How often each answer was given, of the windows that end in the period: a row a dimension and direction.

    Columns: dimension and direction (codes), label and side (in words), `MARKS` (answers of 1 to 5), n, mean (of the
    answers as given), reason (why nothing is shown). What we judge lowest comes first; what nobody of us judged, last.
    A direction in which nobody answered anything has no rows.
    """
    with _whole(view, cro) as own:
        given = _by(own.rows(ANSWERS, cro=cro), "direction", "dimension")
        since = own.scope.parameters["since"]
    rows = [_answers(dimension, direction, given[direction, dimension], since)
            for dimension in NAMES for direction in DIRECTIONS]  # fmt: skip
    silent = {each for each in DIRECTIONS if not any(row["n"] for row in rows if row["direction"] == each)}
    ours = {row["dimension"]: row["mean"] for row in rows if row["direction"] == "sponsor_on_cro"}
    rows = [row for row in rows if row["direction"] not in silent]
    rows.sort(key=lambda row: 6.0 if ours[row["dimension"]] is None else ours[row["dimension"]])
    columns = ["dimension", "direction", "label", "side", *MARKS, "n", "mean", "reason"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys((*MARKS, "mean"), float))


def _answers(dimension: str, direction: str, answers: list[Row], since: Any) -> Row:
    shown, waiting, _ = _cut(answers, since)
    marks = Counter(min(5, floor(row["score"] + 0.5)) for row in shown)
    return {
        "dimension": dimension, "direction": direction, "label": NAMES[dimension], "side": DIRECTIONS[direction],
        **{name: marks[mark] if shown else None for mark, name in enumerate(MARKS, 1)},
        "n": len(shown) or waiting,
        "mean": fsum(row["score"] for row in shown) / len(shown) if shown else None,
        "reason": "" if shown else HIDDEN if waiting else NOT_ASKED,
    }  # fmt: skip


def gaps(found: pd.DataFrame) -> pd.DataFrame:
    """The mean answers (1 to 5) side by side, of the frame of `distribution`, in its order: a row a dimension.

    Columns: dimension and label, one a direction (NaN where hidden), gap (the CRO on us less we on the CRO; plus is
    that they are the more content), above (the CRO on itself less we on it), n, how many answered in each direction.
    """
    rows = []
    for (dimension, label), own in found.groupby(["dimension", "label"], sort=False):
        means, numbers = (dict(zip(own["direction"], own[name], strict=True)) for name in ("mean", "n"))
        rows.append({
            "dimension": dimension, "label": label,
            **{each: means.get(each) for each in DIRECTIONS},
            "n": ", ".join(f"{numbers.get(each, 0)}" for each in DIRECTIONS),
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=["dimension", "label", *DIRECTIONS, "n"])
    table = table.astype(dict.fromkeys(DIRECTIONS, float))
    ours = table["sponsor_on_cro"]
    return table.assign(gap=table["cro_on_sponsor"] - ours, above=table["cro_on_self"] - ours)


def summary(found: pd.DataFrame) -> str:
    """What the sides say, in a sentence, of the frame of `sides`."""
    ours, theirs, itself = (row for _, row in found.iterrows())
    if ours["reason"]:
        said = f"What our people think is not shown: {ours['reason']}"
    else:
        said = f"Our people give the CRO {ours['value']:.0f} of 100 ({count(ours['n'], 'answer')})"
    if not theirs["reason"]:
        said += f"; the CRO gives us {theirs['value']:.0f} ({count(theirs['n'], 'answer')})"
    if pd.isna(itself["gap"]):
        return f"{said}."
    if not round(itself["gap"]):
        return f"{said}; it sees itself as we see it."
    direction = "higher" if itself["gap"] > 0 else "lower"
    return f"{said}; it rates itself {count(abs(itself['gap']), 'point')} {direction} than we do."


def largest(table: pd.DataFrame) -> list[str]:
    """In which dimension the sides are furthest apart, of the frame of `gaps`: a sentence for each kind of gap."""
    said = []
    if table["gap"].notna().any():
        row = table.iloc[int(table["gap"].abs().argmax())]
        said.append(
            f"The two sides are furthest apart on {row['label'].lower()}: we give the CRO "
            f"{row['sponsor_on_cro']:.1f}, it gives us {row['cro_on_sponsor']:.1f}."
        )
    else:
        said.append(f"No dimension has {HIDDEN_BELOW} answers of both sides on each other: no gap is shown.")
    if table["above"].notna().any():
        row = table.iloc[int(table["above"].abs().argmax())]
        said.append(
            f"The CRO sees itself most differently from us on {row['label'].lower()}: "
            f"{row['cro_on_self']:.1f} against our {row['sponsor_on_cro']:.1f}."
        )
    return said


def recommended(view: View, cro: str) -> str:
    """How many of our people would recommend the CRO (0 to 10), in a sentence, of windows that end in the period."""
    with _whole(view, cro) as own:
        forms = own.rows(FORMS, cro=cro)
        since = own.scope.parameters["since"]
    given = [row for row in forms if row["direction"] == "sponsor_on_cro" and row["recommend"] is not None]
    shown, waiting, _ = _cut(given, since)
    if not shown:
        return f"Would we recommend the CRO? {(HIDDEN if waiting else NOT_ASKED).capitalize()}."
    high, low = sum(row["recommend"] >= 9 for row in shown), sum(row["recommend"] <= 6 for row in shown)
    return f"Of our {len(shown)} answers {high} would recommend the CRO (9 or 10), {low} would not (0 to 6)."


def trend(view: View, cro: str) -> pd.DataFrame:
    """Health by quarter over two years: a row a direction and window, the newest first.

    Columns: label (direction), quarters (`2026-Q3`, or `2026-Q2 and 2026-Q3, pooled`), value (median, 0 to 100), n,
    change (against the row before it in time that has a value), reason. Only windows of up to two quarters have a
    value; every other quarter stands alone with its n, hidden.
    """
    with _whole(view, cro) as own:
        forms = _by((row for row in own.rows(FORMS, cro=cro) if row["health"] is not None), "direction")
        first = months_before(own.scope.as_of, TREND_MONTHS)
    rows = [row for each in DIRECTIONS for row in _trend(DIRECTIONS[each], forms[(each,)], first)]
    columns = ["label", "quarters", "value", "n", "change", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "change": float})


def _trend(label: str, forms: list[Row], first: Any) -> list[Row]:
    by_quarter = {quarter: own for (quarter,), own in _by(forms, "quarter").items()}
    short = [window for window in _windows(forms) if _place(window[-1]) - _place(window[0]) < POOLED]
    inside = {quarter for window in short for quarter in window}
    rows: list[Row] = []
    before: float | None = None
    for window in sorted([*short, *((quarter,) for quarter in by_quarter if quarter not in inside)]):
        own = [row for quarter in window for row in by_quarter[quarter]]
        value = float(np.median([row["health"] for row in own])) if window[0] in inside else None
        if max(row["event_date"] for row in own) > first:
            rows.append({
                "label": label, "quarters": listing(window) + ", pooled" * (len(window) > 1), "value": value,
                "n": len(own), "change": None if value is None or before is None else value - before,
                "reason": HIDDEN if value is None else "",
            })  # fmt: skip
        before = before if value is None else value
    return rows[::-1]


def measured(view: View, cro: str) -> list[str]:
    """What is said beside what is measured of the same, a sentence a dimension of `MEASURED`, and one of the others.

    The KPIs are those of the CRO in the period, over all its studies as the survey is.
    """
    table = gaps(distribution(view, cro))
    means = {row["dimension"]: {str(name): cell for name, cell in row.items()} for row in table.to_dict("records")}
    asked = [BY_ID[kpi] for kpis in MEASURED.values() for kpi in kpis]
    with _whole(view, cro) as own:
        rows = {row["kpi"]: row for row in kpi_rows(own, asked, ())}
    said = []
    for dimension, kpis in MEASURED.items():
        facts = [_fact(kpi, rows.get(kpi)) for kpi in kpis]
        said.append(f"{_said(NAMES[dimension].lower(), means.get(dimension, {}))}; {listing(facts)}.")
    others = [label.lower() for dimension, label in NAMES.items() if dimension not in MEASURED]
    return [*said, f"No KPI measures {listing(others)}: there the answers stand alone."]


def _said(name: str, means: Mapping[str, Any]) -> str:
    ours, itself = means.get("sponsor_on_cro", np.nan), means.get("cro_on_self", np.nan)
    if pd.isna(ours) and pd.isna(itself):
        return f"No answers on {name} can be shown"
    if pd.isna(ours):
        return f"They rate themselves {itself:.1f} on {name}, what we say is not shown"
    if pd.isna(itself):
        return f"We rate them {ours:.1f} on {name}, what they say of themselves is not shown"
    return f"They rate themselves {itself:.1f} on {name}, we rate them {ours:.1f}"


def _fact(kpi: str, row: Mapping[str, Any] | None) -> str:
    """What one KPI says, in words."""
    if row is None or row["value"] is None:
        label = BY_ID[kpi].label
        reason = row["reason"] if row and row["n"] and row["reason"] else "not reported"
        return f"{label[0].lower()}{label[1:]}: {reason}"
    text = value_text(row)
    said = {
        "R01": f"half of our requests are answered within {text}",
        "R02": f"{100 - row['value']:.1f} % miss the SLA",
        "R05": f"{text} of meetings and reports were as agreed",
        "D02": f"{text} of deliverables are accepted at first review",
        "Q10": f"{text} of corrective actions are on time",
    }[kpi]
    return f"{said} ({word(row)})" if row["band"] is Band.TOO_FEW else said


def comments(view: View, cro: str, show: bool) -> dict[str, list[str]]:
    """What was added in words, by direction (in words), sorted by text so that the order tells nothing.

    Nothing unless `show`: who may read them is decided where the server is set up. Only of forms in windows that end in
    the period; role, engagement and quarter are left behind here.
    """
    if not show:
        return {}
    with _whole(view, cro) as own:
        forms = _by(own.rows(FORMS, cro=cro), "direction")
        told = _by(own.rows(COMMENTS, cro=cro), "direction")
        since = own.scope.parameters["since"]
    found = {}
    for direction, label in DIRECTIONS.items():
        quarters = {row["quarter"] for row in _cut(forms[(direction,)], since)[0]}
        texts = [row["comment"] for row in told[(direction,)] if row["quarter"] in quarters]
        if texts:
            found[label] = sorted(texts, key=lambda text: (text.casefold(), text))
    return found


def engagements(view: View, cro: str) -> dict[str, str]:
    """What can be answered about: the begun engagements of the CRO, the running ones first; code to what is shown."""
    with _whole(view, cro) as own:
        return {row["code"]: row["shown"] for row in own.rows(ENGAGEMENTS, cro=cro)}


def quarters(view: View, cro: str) -> list[str]:
    """The quarters about which can be answered: the one that is not over, and the one before while it is not shown.

    One more answer to a quarter that is shown could be told by the difference.
    """
    running = quarter_end(view.scope.as_of + timedelta(1))
    names = [quarter_name(running), quarter_name(completed_quarter(running))]
    with _whole(view, cro) as own:
        forms = _by(own.rows(FORMS, cro=cro), "direction")
    shown = {quarter for given in forms.values() for window in _windows(given) for quarter in window}
    return [quarter for quarter in names if quarter not in shown]


def form(response: str, answers: Mapping[str, int | None], comment: str = "", **same: str) -> list[dict[str, str]]:
    """A filled-in form as rows of the kind surveys: one an answer, in the order of the questions.

    `same` are the cells that all have (engagement_id, quarter, direction, role). What was not answered has no row; the
    comment stands in the first.
    """
    given = [(dimension, score) for dimension in DIMENSIONS if (score := answers.get(dimension)) is not None]
    return [
        {"response_id": response, "dimension": dimension, "score": str(score), **same}
        | {"comment": "" if place else comment.strip()}
        for place, (dimension, score) in enumerate(given)
    ]
