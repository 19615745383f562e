"""What a load would do to each table, in numbers and cell by cell, and what was found, as tables."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from analytics.words import count
from data.intake import FileResult, Loaded, Problem
from ui.show import rows

SHOWN_ROWS = 5
OPEN_UP_TO = 20
"""So many changed cells are shown without a click."""
WORDS = {"error": "must be mended", "question": "needs an answer", "doubt": "is it right?", "warning": "look at it"}
ORDER = list(WORDS)
TALL = 66
"""Height of a row of the grid, in pixels: from 65 on, long texts are wrapped."""
OF_COMMANDS = re.compile(
    r",? or say --kind KIND| \(--profile NAME[^)]*\)|(?P<rest>(,? or say|[^.]*, say) --.*$)", re.DOTALL
)
"""The part of a message that says how a question is answered on the command line; here it is answered by a click."""


def totals(answer: Loaded) -> None:
    """One line a table: what it is, how it was read, and what would become of its rows."""
    lines = [_line(file) for file in answer.files]
    # A column that says nothing anywhere is left out: on a narrow screen the numbers must be in sight.
    silent = [name for name in ("Read with", "Closed", "Left out") if not any(line[name] for line in lines)]
    st.dataframe(pd.DataFrame(lines).drop(columns=silent), hide_index=True, key="upload-totals")


def _line(file: FileResult) -> dict[str, str | int]:
    counts = file.counts
    return {
        "File": file.file,
        "Kind": file.kind or "not found",
        "Read with": f"profile {file.headings.profile}" if file.headings.profile else "",
        "Rows": counts.rows,
        "New": counts.new,
        "Changed": counts.changed,
        "Unchanged": counts.unchanged,
        "Closed": counts.removed,
        "Rejected": counts.rejected,
        "Left out": sum(one.rows for one in file.left_out),
    }


def left_out(file: FileResult) -> str:
    """`Left out: 2 rows from row 1 (above the headings); row 25 (a total).`; empty where nothing was."""
    parts = (
        f"{count(one.rows, 'row')} from row {one.first:,} ({one.why})"
        if one.rows > 1
        else f"row {one.first:,} ({one.why})"
        for one in file.left_out
    )
    said = "; ".join(parts)
    return f"Left out: {said}." if said else ""


def becomes(file: FileResult, key: str) -> None:
    """What a table would change cell by cell, add and close."""
    if file.changes:
        _changes(file, key)
    _keys(file.added, file.counts.new, "new row", ":material/add:", f"{key}-new")
    _keys(file.closed, file.counts.removed, "row closed: not in the file any more", ":material/close:", f"{key}-closed")


def _changes(file: FileResult, key: str) -> None:
    table = pd.DataFrame(
        [(cell.key, cell.column, cell.before or "", cell.after or "") for cell in file.changes],
        columns=["Row", "Column", "From", "To"],
    )
    more = "" if len(table) < 1000 else ", the first 1,000 shown"
    label = f"{count(file.counts.changed, 'changed row')}: {count(len(table), 'cell')}{more}"
    with st.expander(label, expanded=len(table) <= OPEN_UP_TO, icon=":material/edit:"):
        rows(table, key=f"{key}-changes")


def _keys(keys: Sequence[str], number: int, what: str, icon: str, key: str) -> None:
    if not keys:
        return
    shown = f", the first {len(keys):,} shown" if number > len(keys) else ""
    one, colon, why = what.partition(":")
    many = one.replace("row", "rows") + colon + why
    with st.expander(f"{count(number, what, many)}{shown}", icon=icon):
        st.dataframe(pd.DataFrame({"Row": list(keys)}), hide_index=True, key=key)


def findings(problems: Sequence[Problem], label: str, key: str, *, expanded: bool = False) -> None:
    """Findings, the same in several rows in one line, and below it all of them with a CSV."""
    if not problems:
        return
    with st.expander(f"{count(len(problems), label)}", expanded=expanded, icon=":material/list:"):
        st.dataframe(
            grouped(problems), hide_index=True, key=f"{key}-grouped", row_height=TALL,
            column_config={"What to do": st.column_config.TextColumn(width=520)},
        )  # fmt: skip
        if st.toggle("One by one, with a CSV of them", key=f"{key}-one-by-one"):
            rows(listed(problems), key=f"{key}-all-problems")


def grouped(problems: Sequence[Problem]) -> pd.DataFrame:
    """One line a column, rule and severity: how many, in which rows, an example and what to do about it."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.column, problem.rule), []).append(problem)
    ordered = sorted(groups.items(), key=lambda group: (ORDER.index(group[0][0]), -len(group[1])))
    return pd.DataFrame(
        [
            {
                "": WORDS[severity], "Column": column, "For example": found[0].value, "What to do": said(found[0]),
                "Times": len(found), "Rows": rows_of(found), "Rule": rule.replace("_", " "),
            }
            for (severity, column, rule), found in ordered
        ]
    )  # fmt: skip


def listed(problems: Iterable[Problem]) -> pd.DataFrame:
    """Every problem, in the order of the file."""
    return pd.DataFrame(
        [
            (problem.row, problem.column, problem.value, problem.rule, problem.message, problem.severity)
            for problem in problems
        ],
        columns=["row", "column", "value", "rule", "message", "severity"],
    ).astype({"row": "Int64"})


def of_a_row(file: FileResult, problem: Problem) -> bool:
    """Whether a finding is about a row of data, and not about the headings or the whole table."""
    return bool(file.counts.rows) and problem.row is not None and problem.row > file.header_row


def said(problem: Problem) -> str:
    """What a finding says on the page."""
    return OF_COMMANDS.sub(lambda found: "." if found["rest"] else "", problem.message)


def rows_of(problems: Sequence[Problem]) -> str:
    """The numbers of the first rows: `3, 4, 7 and 12 more`."""
    numbers = [str(problem.row) for problem in problems if problem.row is not None]
    if not numbers:
        return "the file"
    more = f" and {len(numbers) - SHOWN_ROWS:,} more" if len(numbers) > SHOWN_ROWS else ""
    return ", ".join(numbers[:SHOWN_ROWS]) + more
