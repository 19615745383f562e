"""Which figures a load moves: the same question before and after it, so that only the data moves them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.headline import value_text, word
from analytics.kpi import Band, Better, better
from analytics.scope import Scope, newest
from analytics.score import Scorecard, score_band, scorecard
from analytics.view import View
from analytics.words import BAND_WORDS
from analytics.words import score as points
from data.contracts import ALL, Contract

Turn = Literal["better", "worse", ""]
BESIDE = tuple(BY_ID[kpi] for kpi in ("C02", "T08", "C04"))
"""Not part of a score, and the first that a project manager looks at: CPI, SPI(t), variance at completion."""
ORDER = (Band.GREEN, Band.AMBER, Band.RED)
NEITHER = "–"

NUMBER = "SELECT 1 FROM uploads WHERE number = $number"
TOUCHED = "SELECT DISTINCT {names} FROM {kind} WHERE valid_from = $number OR valid_to = $number"
CROS_OF = """
SELECT DISTINCT cro_id FROM engagements
WHERE engagement_id IN (SELECT unnest($engagements::VARCHAR[])) AND (valid_to IS NULL OR valid_to = $number)
"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure: `what`, of `who`, as it is printed `before` and `after`, with the word for its band each time.

    A figure that was not there has `–` for its value and no word.
    """

    what: str
    who: str
    before: str
    after: str
    band_before: str
    band_after: str
    turn: Turn

    def __str__(self) -> str:
        """`CPI of ABC-301 (E-014) 0.93 → 0.88, amber`."""
        told = f"{self.what} of {self.who} {self.before} → {self.after}"
        return f"{told}, {self.band_after}" if self.band_after else told


@dataclass(frozen=True, slots=True)
class Figures:
    """What is compared: the scorecard, and KPIs by engagement that are not part of it."""

    card: Scorecard
    beside: Sequence[Row]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure on one side: how it is printed and rated, and the number behind it."""

    what: str
    who: str
    text: str
    word: str
    band: Band
    value: float | None
    good: Better = Better.HIGHER


Level = Callable[[Figures], dict[str, _Figure]]
"""Figures of one kind, each under a name of its own."""


def moved_by(cursor: DuckDBPyConnection, number: int, kept: dict[tuple[Scope, str], Any] | None = None) -> list[Moved]:
    """The figures that upload `number` moves, asked inside its transaction, once its rows and entry are written.

    Both sides are as of the newest status date with the upload, before it and after it: so what only the passing of a
    month changes is not taken for the upload's doing. Empty where the upload is not made, or no CRO is touched. `kept`
    keeps the side before for the next question to the same state of the store.
    """
    as_of, _ = newest(cursor, number)
    cros = touched(cursor, number) if as_of and cursor.execute(NUMBER, {"number": number}).fetchone() else []
    if as_of is None or not cros:
        return []
    then = Scope(as_of=as_of, known_at=number - 1, cros=tuple(cros))
    now = Scope(as_of=as_of, known_at=number, cros=tuple(cros))
    # What was known before is committed, so another cursor can ask for it at the same time.
    with cursor.cursor() as other, ThreadPoolExecutor(1) as beside:
        before = beside.submit(figures, View(other, then, kept))
        after = figures(View(cursor, now))
        return moved(before.result(), after)


def touched(cursor: DuckDBPyConnection, number: int) -> list[str]:
    """The CROs of which upload `number` opens or closes a row; all of them where a row holds for all.

    Ask it as `moved_by`: in the upload's transaction, or later, while it is the newest.
    """
    engagements: set[str] = set()
    cros: set[str] = set()
    for contract in ALL:
        for row in _touched_rows(cursor, contract, number):
            if row.get("engagement_id"):
                engagements.add(row["engagement_id"])
            elif row.get("cro_id"):
                cros.add(row["cro_id"])
            elif contract.holds_for_all:
                return _ids(cursor, "SELECT DISTINCT cro_id FROM engagements WHERE valid_to IS NULL", {})
    cros |= set(_ids(cursor, CROS_OF, {"engagements": sorted(engagements), "number": number}))
    return sorted(cros)


def _touched_rows(cursor: DuckDBPyConnection, contract: Contract, number: int) -> Iterator[dict[str, Any]]:
    names: list[str] = [name for name in ("engagement_id", "cro_id") if name in contract.names] or [contract.keys[0]]
    statement = TOUCHED.format(names=", ".join(names), kind=contract.kind)
    for row in cursor.execute(statement, {"number": number}).fetchall():
        yield dict(zip(names, row))


def _ids(cursor: DuckDBPyConnection, question: str, bound: Mapping[str, Any]) -> list[str]:
    return sorted(row[0] for row in cursor.execute(question, bound).fetchall())


def figures(view: View) -> Figures:
    """What can move, in one scope."""
    beside = view.once("figures beside the score", lambda: kpi_rows(view, BESIDE, ("engagement",)))
    return Figures(scorecard(view), beside)


def moved(before: Figures, after: Figures) -> list[Moved]:
    """The figures that are printed or rated otherwise after than before.

    Overall scores first, then the status of studies, domains, KPIs by engagement (all causes count) and by CRO; among
    these first what changes its band, and what gets worse before what gets better.
    """
    found: list[Moved] = []
    for level in LEVELS:
        was, now = level(before), level(after)
        pairs = [(was.get(name), now.get(name)) for name in dict.fromkeys([*now, *was])]
        found += sorted((_moved(*pair) for pair in pairs if _differ(*pair)), key=_importance)
    return found


def _differ(was: _Figure | None, now: _Figure | None) -> bool:
    texts = [figure.text if figure else NEITHER for figure in (was, now)]
    rated_otherwise = was is not None and now is not None and was.band is not now.band
    return texts[0] != texts[1] or (rated_otherwise and texts[1] != NEITHER)


def _moved(was: _Figure | None, now: _Figure | None) -> Moved:
    known = now or was
    assert known is not None
    texts = [(figure.text, figure.word) if figure else (NEITHER, "") for figure in (was, now)]
    turn = _turn(was, now) if was and now else ""
    return Moved(known.what, known.who, texts[0][0], texts[1][0], texts[0][1], texts[1][1], turn)


def _turn(was: _Figure, now: _Figure) -> Turn:
    if was.value is not None and now.value is not None and was.value != now.value:
        return "better" if better(now.good, now.value, was.value) else "worse"
    if was.band.rated and now.band.rated and was.band is not now.band:
        return "better" if ORDER.index(now.band) < ORDER.index(was.band) else "worse"
    return ""


def _importance(move: Moved) -> tuple[bool, int]:
    return move.band_before == move.band_after, ("worse", "better", "").index(move.turn)


def _overall(figures: Figures) -> dict[str, _Figure]:
    names = figures.card.names
    return {cro: _score("Overall", names[cro], each.value, each.band) for cro, each in figures.card.scores.items()}


def _studies(figures: Figures) -> dict[str, _Figure]:
    scores = figures.card.study_scores
    return {each: _score("Study score", name, scores[each].value, scores[each].band)
            for each, name in _studies_by_engagement(figures).items()}  # fmt: skip


def _domains(figures: Figures) -> dict[str, _Figure]:
    return {
        f"{cro} {domain}": _score(domain.value, figures.card.names[cro], value, score_band(value))
        for cro, score in figures.card.scores.items()
        for domain, value in score.domains.items()
    }


def _kpis(figures: Figures) -> dict[str, _Figure]:
    rows = [part.row for score in figures.card.study_scores.values() for part in score.parts]
    names = _studies_by_engagement(figures)
    return {f"{row['engagement']} {row['kpi']}": _kpi(row, names[row["engagement"]], "_all")
            for row in [*figures.beside, *rows]}  # fmt: skip


def _cro_kpis(figures: Figures) -> dict[str, _Figure]:
    scores = figures.card.scores
    return {
        f"{cro} {part.kpi}": _kpi(part.row, figures.card.names[cro]) for cro in scores for part in scores[cro].parts
    }


LEVELS: tuple[Level, ...] = (_overall, _studies, _domains, _kpis, _cro_kpis)


def _studies_by_engagement(figures: Figures) -> dict[str, str]:
    """`ABC-301 (E-014)` by engagement."""
    studies = figures.card.studies
    return {each: f"{study} ({each})" for each, study in zip(studies["engagement_id"], studies["study_id"])}


def _score(what: str, who: str, value: float | None, band: Band) -> _Figure:
    return _Figure(what, who, points(value), band.value if band.rated else BAND_WORDS[band], band, value)


def _kpi(row: Row, who: str, suffix: str = "") -> _Figure:
    """The figure of a row of the engine; `suffix` `_all` for all causes."""
    kpi = BY_ID[row["kpi"]]
    counted = {**row, **{name: row[f"{name}{suffix}"] for name in ("value", "band", "n")}}
    state = counted["band"]
    said = state.value if state.rated else word(row, suffix)
    return _Figure(kpi.label, who, value_text(counted), said, state, counted["value"], kpi.better)
