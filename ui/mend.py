"""Rows with problems, to be mended in place; what is changed is checked again on the server."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.words import count
from data.intake import FileResult, Problem
from data.intake.corrections import Corrections
from ui.decided import Decided
from ui.doubts import wants_reason
from ui.preview import TALL, findings, of_a_row, said
from ui.show import plain

ROW, WHY, LEAVE = "_row", "_why", "_leave"
MANY = 10
"""From so many rows on, what is wrong is told by rule as well."""


def mend(file: FileResult, decided: Decided) -> None:
    """Draw the rows of a table that have problems, as an editor."""
    wrong = by_row(file)
    rows = [(row, texts) for row, texts in file.kept_out.rows if row in wrong]
    if not rows:
        return
    key = decided.key(file.file)
    with st.container(border=True, key=f"mend-box-{key}"):
        shown = f" The first {len(rows):,} are here; mend the others in the file." if len(wrong) > len(rows) else ""
        st.markdown(
            f"**{count(len(wrong), 'row')} to mend.** Write over the cells, or tick what is no row of data; then check "
            f"again.{shown}"
        )
        if len(rows) >= MANY:
            blocking = [
                problem
                for problem in file.problems
                if of_a_row(file, problem) and problem.blocks and not wants_reason(file, problem)
            ]
            findings(blocking, "finding", f"{key}-wrong")
        _editor(file, rows, wrong, decided, key)


def whole(file: FileResult) -> None:
    """Say what is wrong with a table as a whole."""
    for problem in file.problems:
        if problem.severity == "error" and not of_a_row(file, problem):
            where = f"**{plain(problem.column)}**: " if problem.column else ""
            st.error(f"{where}{plain(said(problem))}", icon=":material/error:")


def by_row(file: FileResult) -> dict[int, list[Problem]]:
    """What must be mended in each row; what only wants a reason is asked for elsewhere."""
    found: dict[int, list[Problem]] = {}
    for problem in file.problems:
        if problem.row is not None and problem.blocks and of_a_row(file, problem) and not wants_reason(file, problem):
            found.setdefault(problem.row, []).append(problem)
    return found


def _editor(
    file: FileResult,
    rows: Sequence[tuple[int, tuple[str, ...]]],
    wrong: dict[int, list[Problem]],
    decided: Decided,
    key: str,
) -> None:
    headings = file.kept_out.headings
    places = [str(place) for place in range(len(headings))]
    frame = pd.DataFrame(
        [(row, _why(wrong[row]), *texts) for row, texts in rows], columns=[ROW, WHY, *places], dtype=object
    )
    frame.insert(1, LEAVE, False)
    edited = st.data_editor(
        frame, hide_index=True, key=f"mend-{key}", disabled=[ROW, WHY], height="auto" if len(rows) > 8 else "content",
        row_height=TALL, column_order=[ROW, LEAVE, WHY, *_wrong_first(headings, wrong)],
        column_config={
            ROW: st.column_config.NumberColumn("Row", format="%d", pinned=True, width="small"),
            LEAVE: st.column_config.CheckboxColumn("Leave out", pinned=True, width="small",
                help="It is no row of data, such as a note. It is named among what is left out."),
            WHY: st.column_config.TextColumn("What is wrong", pinned=True, width=320),
            **{place: st.column_config.TextColumn(heading or f"column {int(place) + 1}")
               for place, heading in zip(places, headings)},
        },
    )  # fmt: skip
    cells = changed(rows, edited[places].fillna("").to_numpy().tolist())
    gone = [int(row) for row, leave in zip(edited[ROW], edited[LEAVE]) if leave]
    check, fetch = st.columns([1, 3])
    if check.button(
        "Check again", key=f"check-{key}", type="primary", disabled=not (cells or gone), icon=":material/refresh:"
    ):
        decided.correct(file.file, cells)
        decided.discard(file.file, gone)
        st.rerun()
    if file.rejected_csv:
        fetch.download_button(
            "These rows with the reasons, as CSV", data=lambda: file.rejected_csv, file_name=rejected_name(file.file),
            mime="text/csv", on_click="ignore", key=f"rejected-{key}", icon=":material/download:",
        )  # fmt: skip


def changed(rows: Sequence[tuple[int, tuple[str, ...]]], texts: Sequence[Sequence[object]]) -> Corrections:
    """The cells that somebody has written over."""
    return {
        (row, place): str(now).strip()
        for (row, before), after in zip(rows, texts)
        for place, (was, now) in enumerate(zip(before, after))
        if was != str(now)
    }


def rejected_name(table: str) -> str:
    """The name of the file that rejected rows come back in."""
    return f"{table.removesuffix('.csv')}.rejected.csv"


def _why(problems: Sequence[Problem]) -> str:
    return " ".join(f"{one.column}: {said(one)}" if one.column else said(one) for one in problems)


def _wrong_first(headings: Sequence[str], wrong: dict[int, list[Problem]]) -> list[str]:
    """The columns with problems, then the others: what is to be mended must be in sight."""
    named = {problem.column for problems in wrong.values() for problem in problems}
    places = range(len(headings))
    return [str(place) for place in sorted(places, key=lambda place: headings[place] not in named)]
