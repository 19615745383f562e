"""What may be right and looks wrong: one line each, and why it is right, in the words of whoever loads it."""

from collections.abc import Sequence

import streamlit as st

from analytics.words import count
from data.intake import FileResult, Problem
from data.intake.load import Question
from ui.decided import Decided, ours
from ui.preview import of_a_row, rows_of, said
from ui.show import plain
from ui.trial import UNLOCKING


def doubts(file: FileResult, decided: Decided) -> None:
    """Draw the doubts about a table, and what needs a reason before it loads; keep what is answered."""
    for question, found in grouped(file).items():
        decided.questions[question] = _said(found)
    # One that is answered may not be asked any more; its answer can still be seen and changed.
    own = [question for question in decided.questions if question[0] == file.file and _open(question, file, decided)]
    if not own:
        return
    with st.container(border=True):
        st.markdown("**Is this right?** Say why, or mend it: the reason stands in the history.")
        for question in own:
            _ask(question, decided)


def unanswered(decided: Decided, files: Sequence[FileResult]) -> int:
    """How many questions of `doubts` have no answer yet."""
    return sum(not decided.answers.get(question) for file in files for question in grouped(file))


def grouped(file: FileResult) -> dict[Question, list[Problem]]:
    """The findings that want a reason: by rule and column of ours."""
    found: dict[Question, list[Problem]] = {}
    for problem in file.problems:
        if wants_reason(file, problem):
            found.setdefault((file.file, problem.rule, ours(file, problem.column)), []).append(problem)
    return found


def wants_reason(file: FileResult, problem: Problem) -> bool:
    """Whether a finding is settled by saying why it is right."""
    return problem.severity == "doubt" or (problem.rule in UNLOCKING and problem.blocks and of_a_row(file, problem))


def _open(question: Question, file: FileResult, decided: Decided) -> bool:
    return question in grouped(file) or (question[1] in UNLOCKING and bool(decided.answers.get(question)))


def _said(found: Sequence[Problem]) -> str:
    first = found[0]
    where = f"**{plain(first.column)}**" if first.column else "**The file**"
    rows = f", row {plain(rows_of(found))}" if first.row is not None else ""
    times = f" ({count(len(found), 'time')})" if len(found) > 1 else ""
    return f"{where}{rows}{times}: {plain(said(first))}"


def _ask(question: Question, decided: Decided) -> None:
    st.markdown(decided.questions[question])
    table, rule, column = question
    key = f"why-{decided.ids[0]}-{table}-{rule}-{column}"
    answer = st.text_input(
        f"Why is it right? {plain(column)} {plain(rule)}", value=decided.answers.get(question, ""), key=key,
        max_chars=300, placeholder="Why is it right?", label_visibility="collapsed",
    ).strip()  # fmt: skip
    before = decided.answers.get(question, "")
    decided.answer(question, answer)
    if rule in UNLOCKING and bool(answer) != bool(before):
        st.rerun()
