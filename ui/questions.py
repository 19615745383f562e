"""What a table leaves open, asked in plain words with the answers to choose from."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.words import count
from data.contracts import BY_KIND, Type
from data.intake import FileResult, Problem
from data.intake.encoding import ENCODINGS, NAMES
from data.intake.reading import Reading
from ui.allowed import allowed
from ui.decided import Decided, ours
from ui.preview import of_a_row, said
from ui.show import plain

THEIRS, ROWS, OURS = "In the file", "Rows", "Is our"
EMPTY = "(leave it empty)"
DIFFERENT = 100
"""So many different texts of a column are offered for choosing; with more, the column is the wrong one."""
UNKNOWN_CRO = "unknown_cro"
VALUES = ("choices", "reference", UNKNOWN_CRO)
"""Rules under which a text stands for something of ours that can be chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers to a question of a rule, and the decision that an answer about a column of ours is."""

    answers: Mapping[str, str]
    decision: Callable[[str, str], Reading]


CHOICES: dict[str, Choice] = {
    "date_order": Choice(
        {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"},
        lambda column, answer: Reading(dates={column: answer}),  # type: ignore[dict-item]
    ),
    "decimal_mark": Choice(
        {"point": "a point: 1,234.50", "comma": "a comma: 1.234,50"},
        lambda column, answer: Reading(decimals={column: answer}),  # type: ignore[dict-item]
    ),
    "unit": Choice(
        {"ones": "as they stand", "thousands": "in thousands", "millions": "in millions"},
        lambda column, answer: Reading(units={column: answer}),  # type: ignore[dict-item]
    ),
    "to_date": Choice(
        {"yes": "totals to date", "no": "amounts of each month"},
        lambda column, answer: Reading(to_date={column: answer == "yes"}),
    ),
}


ENCODING = "encoding"


def encoding(file: FileResult, decided: Decided) -> None:
    """Say openly in which encoding a file with letters beyond the plain ones was read, and let another be chosen."""
    for problem in file.problems:
        if problem.rule == ENCODING and problem.row is None:
            st.info(plain(said(problem)), icon=":material/abc:")
            if problem.value in ENCODINGS:
                now = ENCODINGS.index(problem.value)
                chosen = st.selectbox(
                    "Encoding of the file", ENCODINGS, index=now, key=f"encoding-{decided.key(file.file)}",
                    format_func=NAMES.__getitem__,
                )  # fmt: skip
                if chosen != problem.value:
                    decided.write_as(file.file, chosen)
                    st.rerun()


def questions(file: FileResult, decided: Decided) -> None:
    """Draw what is asked of a table as a whole, then the texts that stand for something of ours."""
    for place, problem in enumerate(asked(file)):
        _choose(file, problem, decided, f"ask-{decided.key(file.file)}-{place}")
    for column, texts in _unknown(file).items():
        _values(file, column, texts, decided)


def asked(file: FileResult) -> list[Problem]:
    """The questions with answers to choose from, each column once."""
    open_ = [one for one in file.problems if one.severity == "question" and one.rule in CHOICES]
    # A question about rows of data is not one about how the column is written.
    open_ = [one for one in open_ if not of_a_row(file, one)]
    return list({(one.rule, one.column): one for one in reversed(open_)}.values())[::-1]


def _choose(file: FileResult, problem: Problem, decided: Decided, key: str) -> None:
    choice = CHOICES[problem.rule]
    st.markdown(f":material/help: {plain(said(problem))}")
    answer = st.segmented_control(
        f"How is {plain(problem.column)} written?", list(choice.answers), key=key, label_visibility="collapsed",
        format_func=lambda option: choice.answers[option],
    )  # fmt: skip
    if answer:
        decided.read(file.file, choice.decision(ours(file, problem.column), answer))
        st.rerun()


def create_cros(files: Sequence[FileResult], decided: Decided) -> None:
    """Ask once for all tables whether CROs that nobody knows are to be created."""
    unknown = sorted({one.value for file in files for one in file.problems if one.rule == UNKNOWN_CRO and one.blocks})
    if not unknown and not decided.create_cros:
        return
    names = f": {plain(', '.join(unknown))}" if unknown else ""
    create = st.checkbox(
        f"Create the CROs that are not known yet{names}", value=decided.create_cros, key=f"create-{decided.ids[0]}"
    )
    if create != decided.create_cros:
        decided.create_cros = create
        st.rerun()


def _unknown(file: FileResult) -> dict[str, Counter[str]]:
    """By column of ours: texts that it cannot have, and in how many rows they stand."""
    found: dict[str, Counter[str]] = {}
    if file.kind is None:
        return found
    contract = BY_KIND[file.kind]
    for problem in file.problems:
        column = ours(file, problem.column)
        if problem.blocks and problem.value and column in contract.names and _mappable(problem, contract[column].type):
            found.setdefault(column, Counter())[problem.value] += 1
    return found


def _mappable(problem: Problem, type_: Type) -> bool:
    return problem.rule in VALUES or (problem.rule == "type" and type_ is Type.FLAG)


def _values(file: FileResult, name: str, texts: Counter[str], decided: Decided) -> None:
    column = BY_KIND[file.kind or ""][name]
    options = allowed(column)
    if not options or len(texts) > DIFFERENT:
        return
    key = f"values-{decided.key(file.file)}-{name}"
    heading = next((one.heading for one in file.headings.matched if ours(file, one.heading) == name), name)
    label = f"{plain(heading)}: {count(len(texts), 'text')} that {'is' if len(texts) == 1 else 'are'} none of ours"
    # A text in one row is more likely a slip, to be mended in the row; one in many is how the sender writes.
    with st.expander(label, expanded=max(texts.values()) > 1, icon=":material/translate:", key=key):
        st.caption("Choose what it stands for, once for all rows; or mend single cells below.")
        frame = pd.DataFrame({THEIRS: list(texts), ROWS: list(texts.values()), OURS: [None] * len(texts)})
        edited = st.data_editor(
            frame.astype({OURS: "string"}), hide_index=True, key=f"edit-{key}", disabled=[THEIRS, ROWS],
            placeholder="choose", height="content", column_config={
                OURS: st.column_config.SelectboxColumn(
                    f"{OURS} {name}", options=[*options, *([] if column.required or column.key else [EMPTY])],
                    format_func=lambda option: options.get(str(option), str(option)), width="large",
                )
            },
        )  # fmt: skip
        chosen = {
            theirs: "" if own == EMPTY else str(own)
            for theirs, own in zip(edited[THEIRS], edited[OURS])
            if pd.notna(own)
        }
        if st.button("Use these values", key=f"use-{key}", disabled=not chosen):
            decided.map_values(file.file, name, chosen)
            st.rerun()
