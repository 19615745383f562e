"""What somebody has decided about the files that lie on the Upload tab; forgotten when they are accepted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from data.intake import FileResult
from data.intake.corrections import Corrections
from data.intake.encoding import Encoding
from data.intake.load import Question
from data.intake.reading import Reading, Target
from data.intake.told import Asked

DECIDED = "_upload_decided"


@dataclass(slots=True)
class Decided:
    """The decisions about the files with these ids; readings and the like go by the name of a table.

    `answers` say why something is right, and `questions` keep what was asked, since an answered one is asked no more.
    `profiles` are the names under which readings are to be kept. `edition` counts the decisions about a table: it is
    part of the keys of the widgets that edit it, so that they begin anew from what was decided. `left_out` are tables
    and `discarded` rows that are not to be loaded, `encodings` how the text of a file is written.
    """

    ids: tuple[str, ...] = ()
    readings: dict[str, Reading] = field(default_factory=dict)
    corrections: dict[str, Corrections] = field(default_factory=dict)
    answers: dict[Question, str] = field(default_factory=dict)
    questions: dict[Question, str] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)
    edition: dict[str, int] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    discarded: dict[str, frozenset[int]] = field(default_factory=dict)
    encodings: dict[str, Encoding] = field(default_factory=dict)
    profile: str = ""
    create_cros: bool = False
    valid_rows_only: bool = False
    cancelled: bool = False

    @property
    def asked(self) -> Asked:
        """How the files are to be read, as a value that later decisions do not change."""
        corrections = {name: dict(cells) for name, cells in self.corrections.items()}
        return Asked(
            readings=dict(self.readings), corrections=corrections, profile=self.profile,
            left_out=frozenset(self.left_out), discarded=dict(self.discarded), encodings=dict(self.encodings),
        )  # fmt: skip

    def read(self, table: str, reading: Reading) -> None:
        """Decide something more about how a table is read."""
        self.replace(table, self.readings.get(table, Reading()).with_(reading))

    def replace(self, table: str, reading: Reading) -> None:
        """Decide how a table is read, whatever was decided before."""
        self.readings[table] = reading
        self._begin_anew(table)

    def of_kind(self, table: str, kind: str) -> None:
        """Decide what a table is. What was decided of its columns was about another kind."""
        self.replace(table, Reading(kind=kind))

    def map_values(self, table: str, column: str, values: Mapping[str, str]) -> None:
        """Decide what texts of a column of ours stand for."""
        self.read(table, Reading(values={column: {text.strip().casefold(): ours for text, ours in values.items()}}))

    def correct(self, table: str, cells: Corrections) -> None:
        """Put other texts into cells of a table."""
        self.corrections[table] = {**self.corrections.get(table, {}), **cells}
        self._begin_anew(table)

    def discard(self, table: str, rows: Collection[int]) -> None:
        """Leave rows of a table out."""
        self.discarded[table] = self.discarded.get(table, frozenset()) | frozenset(rows)
        self._begin_anew(table)

    def write_as(self, table: str, encoding: Encoding) -> None:
        """Decide how the text of a file is written. What was mended in it was about other texts."""
        self.encodings[table] = encoding
        self.corrections.pop(table, None)
        self._begin_anew(table)

    def answer(self, question: Question, text: str) -> None:
        """Say why something is right; an empty text takes that back."""
        if text:
            self.answers[question] = text
        else:
            self.answers.pop(question, None)

    def forget(self, table: str) -> None:
        """Take everything back that was decided about a table."""
        self.readings.pop(table, None)
        self.corrections.pop(table, None)
        self.profiles.pop(table, None)
        self.discarded.pop(table, None)
        self.encodings.pop(table, None)
        for question in [question for question in self.questions if question[0] == table]:
            self.questions.pop(question)
            self.answers.pop(question, None)
        self._begin_anew(table)

    def about(self, table: str) -> bool:
        """Whether anything is decided about a table."""
        return any(table in decided for decided in (self.readings, self.corrections, self.discarded, self.encodings))

    def key(self, table: str) -> str:
        """A key for widgets of a table, a new one after each decision."""
        return f"{self.ids[0] if self.ids else ''}-{table}-{self.edition.get(table, 0)}"

    def _begin_anew(self, table: str) -> None:
        self.edition[table] = self.edition.get(table, 0) + 1


def decided(ids: Sequence[str]) -> Decided:
    """The decisions about the files with these ids.

    They stay while files are added. Where one is taken away they begin anew: what comes in its place may have the
    same name and other rows.
    """
    kept = cast("Decided | None", st.session_state.get(DECIDED))
    if kept is None or not set(kept.ids) <= set(ids):
        kept = st.session_state[DECIDED] = Decided()
    kept.ids = tuple(ids)
    return kept


def forget_all() -> None:
    """Begin anew with whatever lies on the tab."""
    st.session_state.pop(DECIDED, None)


def call_off() -> None:
    """Stop with the files that lie on the tab until they are to be looked at again."""
    if (kept := st.session_state.get(DECIDED)) is not None:
        kept.cancelled = True


def ours(file: FileResult, heading: str) -> str:
    """The column of ours that a heading was taken for; findings name the heading."""
    for one in file.headings.matched:
        if one.heading == heading and one.target:
            return Target.of(one.target).column
    return heading
