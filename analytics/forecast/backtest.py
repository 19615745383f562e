"""What earlier forecasts came to: each made with what was known then, set against what happened since."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.forecast.chance import HIGH, LOW, chances
from analytics.scope import Scope, quarter_end, quarters_back
from analytics.survival import Floats
from analytics.view import View

LEVELS = (LOW, 0.5, HIGH)
CLAIMED, WITHIN = 80.0, 7.0
"""Percent that the range promises to hold, and how far off is taken as held."""
TOLD = """
SELECT number, status_date FROM uploads
WHERE number <= $known_at AND status_date IS NOT NULL AND number NOT IN (FROM undone_upload)
"""
FIRST = f"SELECT min(status_date) AS first FROM ({TOLD})"
# Returns come late and in any order, but not by a quarter: what is told of the day after that is hindsight.
KNOWN_THEN = f"""
SELECT coalesce(max(number), 0) AS known_then
FROM ({TOLD})
WHERE status_date <= $day
    AND number < coalesce((SELECT min(number) FROM ({TOLD}) WHERE status_date > $too_late), $known_at + 1)
"""
OUTCOMES = "SELECT engagement_id AS engagement, milestone AS code, actual FROM fact_milestone WHERE whole_study"


@dataclass(frozen=True, slots=True)
class Report:
    """How forecasts did, ours and the CROs' own. Percent are 0-100, days are days, Brier scores 0 (best) to 1.

    `asked`: open cases, over all days on which a forecast was made; `told`: those that got a range. Of these `judged`
    have a range that ended by now: `coverage` percent of them ended inside, `early` before, `late` after it.
    `unfinished` of them are not over yet, and count as late as they are by now. `mae` is the mean error of the middle
    of the range in days, `pinball` the mean loss over the three quantiles, each beside that of the CRO's own date.
    `due` is how many fell due by now: `brier` of the chance, `own_brier` of the own forecast (met or not), `said` the
    mean chance and `came` the share met, percent. None where there is no case.
    """

    asked: int
    told: int
    judged: int
    coverage: float | None
    early: float | None
    late: float | None
    unfinished: int
    mae: float | None
    own_mae: float | None
    pinball: float | None
    own_pinball: float | None
    due: int
    brier: float | None
    own_brier: float | None
    said: float | None
    came: float | None

    @property
    def held(self) -> bool:
        """Whether the range held as often as it promises."""
        return self.coverage is not None and abs(self.coverage - CLAIMED) <= WITHIN

    def sentences(self) -> list[str]:
        """The report in words; says where the CRO's own forecast was the better one."""
        if self.coverage is None:
            return ["No forecast has run out yet, so none can be judged."]
        told = [
            f"{self.asked:,} forecasts of open cases; {self.told:,} rested on enough past cases for a range, and of "
            f"{self.judged:,} the range has ended by now. It held {self.coverage:.0f} % of the time "
            f"(it promises {CLAIMED:.0f} %): {self.early:.0f} % came earlier, {self.late:.0f} % later."
        ]
        told.append(_against("The middle of the range", "was off by", self.mae, self.own_mae, "days"))
        told.append(_against("The whole range", "lost", self.pinball, self.own_pinball, "days (pinball loss)"))
        if self.brier is not None:
            told.append(_against("The chance", "scored", self.brier, self.own_brier, "(Brier score, 0 is best)", 3))
            told.append(f"The mean chance said was {self.said:.0f} %, and {self.came:.0f} % of {self.due:,} were met.")
        return told

    def json(self) -> dict[str, object]:
        return asdict(self) | {"held": self.held, "words": self.sentences()}


def _against(what: str, verb: str, ours: float | None, own: float | None, unit: str, digits: int = 1) -> str:
    if ours is None or own is None:
        return f"{what}: no case."
    better = f"{abs(100 * (own - ours) / own):.0f} % {'better' if ours < own else 'worse'}" if own else "worse"
    word = "as good as" if f"{ours:.{digits}f}" == f"{own:.{digits}f}" else f"{better} than"
    return f"{what} {verb} {ours:.{digits}f} {unit} on average, the CRO's own date {own:.{digits}f}: {word} its own."


def judge(made: pd.DataFrame, until: date) -> Report:
    """What forecasts came to by a day.

    `made`, a row a forecast: made (the day), due, own (the date that the CRO forecast), chance (percent), p10, p50, p90
    (dates; NaT without a range), actual (NaT where it is not over by `until`). Whether a forecast is judged depends on
    its own dates alone, never on what happened, so that what is still open is not left out for being late.
    """
    told = made[made["p50"].notna()]
    end = pd.Timestamp(until)
    judged = told[told["p90"] <= end]
    due = told[(told["due"] > told["made"]) & (told["due"] <= end) & told["chance"].notna()]
    return Report(asked=len(made), told=len(told), **_dates(judged, end), **_met(due))


def _dates(judged: pd.DataFrame, end: pd.Timestamp) -> dict[str, Any]:
    if judged.empty:
        names = ("coverage", "early", "late", "mae", "own_mae", "pinball", "own_pinball")
        return {"judged": 0, "unfinished": 0} | dict.fromkeys(names)
    came = _days(judged, judged["actual"].fillna(end))
    quantiles = [_days(judged, judged[name]) for name in ("p10", "p50", "p90")]
    # A date that has passed is no forecast any more: the earliest that it can still mean is the next day.
    own = np.maximum(_days(judged, judged["own"].fillna(judged["due"])), 1.0)
    early, late = came < quantiles[0], (came > quantiles[2]) | judged["actual"].isna().to_numpy()
    return {
        "judged": len(judged),
        "unfinished": int(judged["actual"].isna().sum()),
        "coverage": 100 * float((~early & ~late).mean()),
        "early": 100 * float(early.mean()),
        "late": 100 * float(late.mean()),
        "mae": float(np.abs(came - quantiles[1]).mean()),
        "own_mae": float(np.abs(came - own).mean()),
        "pinball": _pinball(came, quantiles),
        "own_pinball": _pinball(came, [own] * len(LEVELS)),
    }


def _days(judged: pd.DataFrame, dates: "pd.Series[pd.Timestamp]") -> Floats:
    return np.asarray((dates - judged["made"]).dt.days, dtype=float)


def _pinball(came: Floats, quantiles: list[Floats]) -> float:
    """Mean quantile loss over `LEVELS` (Koenker and Bassett 1978): proper, so that only honest ranges do well."""
    losses = [
        np.where(came >= guess, level * (came - guess), (1 - level) * (guess - came))
        for level, guess in zip(LEVELS, quantiles, strict=True)
    ]
    return float(np.mean(losses))


def _met(due: pd.DataFrame) -> dict[str, Any]:
    if due.empty:
        return {"due": 0} | dict.fromkeys(("brier", "own_brier", "said", "came"))
    met = (due["actual"] <= due["due"]).to_numpy(dtype=float)
    chance = due["chance"].to_numpy(dtype=float) / 100
    own = (due["own"].fillna(due["due"]) <= due["due"]).to_numpy(dtype=float)
    return {
        "due": len(due),
        "brier": float(((chance - met) ** 2).mean()),
        "own_brier": float(((own - met) ** 2).mean()),
        "said": 100 * float(chance.mean()),
        "came": 100 * float(met.mean()),
    }


def backtest(view: View) -> Report:
    """The chances and ranges of the open milestones at each completed quarter end since the first upload, made with the
    uploads that tell of no later day and came before any of the quarter after the next, against what happened up to the
    as-of date."""
    parts = list(made(view))
    columns = ["made", "due", "own", "chance", "p10", "p50", "p90", "actual"]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return judge(whole, view.scope.as_of)


def made(view: View) -> Iterator[pd.DataFrame]:
    """Forecasts by the quarter end on which they could be made, with what came of them: `made` of `judge`, engagement
    and code. A milestone that was cancelled since is left out."""
    [row] = view.rows(FIRST)
    actual = view.ask(OUTCOMES)
    for day in quarters_back(view.scope.as_of):
        if row["first"] is None or day < row["first"]:
            return
        with view.other(_then(view, day)) as then:
            found = chances(then, draws=0)
        found = found.merge(actual, on=["engagement", "code"]).assign(made=pd.Timestamp(day))
        yield found.rename(columns={"forecast": "own"})


def _then(view: View, day: date) -> Scope:
    [row] = view.rows(KNOWN_THEN, day=day, too_late=quarter_end(day + timedelta(days=1)))
    return replace(view.scope.at(day), known_at=row["known_then"])
