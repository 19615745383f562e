"""What one load would change, and what is wrong with its files, as tables."""

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from analytics.words import count
from data.intake import FileResult, Loaded, Problem
from ui.show import plain, rows

SHOWN_ROWS = 5
WORDS = {"error": "must be mended", "question": "needs an answer", "warning": "look at it"}
ORDER = list(WORDS)


def totals(answer: Loaded) -> None:
    """One line a file: its kind and what would become of its rows."""
    table = pd.DataFrame(
        [
            {
                "File": file.file, "Kind": file.kind or "not found", "Rows": file.counts.rows, "New": file.counts.new,
                "Changed": file.counts.changed, "Unchanged": file.counts.unchanged, "Rejected": file.counts.rejected,
                "Problems": len(file.problems),
            }
            for file in answer.files
        ]
    )  # fmt: skip
    st.dataframe(table, hide_index=True, key="upload-totals")


def show_file(file: FileResult, key: str) -> None:
    """The problems of a file, grouped, and what it would change, cell by cell."""
    if not (file.problems or file.changes or file.added):
        return
    with st.container(border=True):
        st.markdown(f"**{plain(file.file or 'rows')}** · {plain(file.kind or 'kind not found')}")
        if file.problems:
            _problems(file, key)
        if file.changes:
            _changes(file, key)
        if file.added:
            shown = f", the first {len(file.added):,} shown" if file.counts.new > len(file.added) else ""
            with st.expander(f"{count(file.counts.new, 'new row')}{shown}", icon=":material/add:"):
                st.dataframe(pd.DataFrame({"New": list(file.added)}), hide_index=True, key=f"{key}-new")


def _problems(file: FileResult, key: str) -> None:
    blocking = sum(problem.blocks for problem in file.problems)
    out = f"{blocking:,} of them keep a row or the file out" if blocking else "none of them keeps a row out"
    st.markdown(f"**{count(len(file.problems), 'finding')}**, {out}. The same in several rows stands in one line.")
    st.dataframe(
        grouped(file.problems), hide_index=True, key=f"{key}-problems", row_height=52,
        column_config={"What to do": st.column_config.TextColumn(width=520)},
    )  # fmt: skip
    with st.expander(f"All {len(file.problems):,}, one by one", icon=":material/list:"):
        rows(listed(file.problems), key=f"{key}-all-problems")


def _changes(file: FileResult, key: str) -> None:
    table = pd.DataFrame(
        [(cell.key, cell.column, cell.before or "", cell.after or "") for cell in file.changes],
        columns=["Row", "Column", "From", "To"],
    )
    more = "" if len(table) < 1000 else ", the first 1,000 shown"
    label = f"{count(file.counts.changed, 'changed row')}: {count(len(table), 'cell')}{more}"
    with st.expander(label, expanded=len(table) <= 20, icon=":material/edit:"):
        rows(table, key=f"{key}-changes")


def grouped(problems: Sequence[Problem]) -> pd.DataFrame:
    """One line a column, rule and severity: how many, in which rows, an example and what to do about it."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.column, problem.rule), []).append(problem)
    ordered = sorted(groups.items(), key=lambda group: (ORDER.index(group[0][0]), -len(group[1])))
    return pd.DataFrame(
        [
            {
                "": WORDS[severity], "Column": column, "For example": found[0].value, "What to do": found[0].message,
                "Times": len(found), "Rows": _rows(found), "Rule": rule.replace("_", " "),
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


def _rows(problems: Sequence[Problem]) -> str:
    numbers = [str(problem.row) for problem in problems if problem.row is not None]
    if not numbers:
        return "the file"
    more = f" and {len(numbers) - SHOWN_ROWS:,} more" if len(numbers) > SHOWN_ROWS else ""
    return ", ".join(numbers[:SHOWN_ROWS]) + more
