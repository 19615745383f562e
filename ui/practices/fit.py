"""What the tab of the fit shows: what each side answers of the other, set beside what is measured, and the form."""

import os
import secrets
from typing import Any

import streamlit as st

from analytics.kpis.relationship import HIDDEN_BELOW
from analytics.practices import fit as numbers
from charts import answers
from ui.ask import ask
from ui.entry import kept
from ui.scope import scope
from ui.show import chart, look, plain, rows

COMMENTS = "CRO_SURVEY_COMMENTS"
"""The setting of the server: `show` lets everybody who sees the page read what was added in words."""
TURN, TOLD = "fit-turn", "fit-told"
SIDES: dict[str, Any] = {
    "label": st.column_config.TextColumn("Who on whom", pinned=True),
    "value": st.column_config.NumberColumn("Health", format="%.0f", help="Median of the forms, 0 to 100."),
    "gap": st.column_config.NumberColumn("Against ours", format="%+.0f", help="Plus: they see it better than we do."),
    "n": "Answers",
    **{numbers.part_name(part): f"Gave {numbers.part_name(part)}" for part in numbers.PARTS},
    "quarters": "Quarters",
    "waiting": st.column_config.NumberColumn("Not shown yet", help="They wait until enough of them are together."),
    "reason": "Why not",
}
ANSWERS: dict[str, Any] = {
    "dimension": None,
    "direction": None,
    "label": st.column_config.TextColumn("Dimension", pinned=True),
    "side": "Who on whom",
    **{
        name: st.column_config.NumberColumn(f"Gave {mark}", format="%.0f") for mark, name in enumerate(numbers.MARKS, 1)
    },
    "n": "Answers",
    "mean": st.column_config.NumberColumn("Mean", format="%.1f"),
    "reason": "Why not",
}
GAPS: dict[str, Any] = {
    "label": st.column_config.TextColumn("Dimension", pinned=True),
    **{
        direction: st.column_config.NumberColumn(label, format="%.1f", help="Mean answer, 1 to 5.")
        for direction, label in numbers.DIRECTIONS.items()
    },
    "gap": st.column_config.NumberColumn(
        "They on us less we on them", format="%+.1f", help="Plus: they see it better."
    ),
    "above": st.column_config.NumberColumn(
        "Itself less ours", format="%+.1f", help="Plus: the CRO rates itself higher."
    ),
    "n": st.column_config.TextColumn("Answers", help="In the order of the columns."),
}
TREND: dict[str, Any] = {
    "label": st.column_config.TextColumn("Who on whom", pinned=True),
    "quarters": "Quarter",
    "value": st.column_config.NumberColumn("Health", format="%.0f", help="Median of the forms, 0 to 100."),
    "change": st.column_config.NumberColumn("Against before", format="%+.0f", help="Against the one shown before it."),
    "n": "Answers",
    "reason": "Why not",
}


def fit(cro: str) -> None:
    """What both sides answered of one CRO, the gap, the trend, what is measured of the same, and the form."""
    _form(cro)
    sides = ask(numbers.sides, cro)
    if not sides["n"].any():
        st.info("No answers to the survey in the period. Answer it here, or load **surveys**.", icon=":material/forum:")
        return
    _sides(cro, sides)
    _measured(cro)
    _trend(cro)
    _comments(cro)


def _sides(cro: str, sides: Any) -> None:
    st.markdown(plain(numbers.summary(sides)))
    found = ask(numbers.distribution, cro)
    gaps = numbers.gaps(found)
    for sentence in (*numbers.largest(gaps), ask(numbers.recommended, cro)):
        st.markdown(plain(sentence))
    seen = scope()
    chart(
        answers.figure(found, look(), as_of=seen.as_of if seen else None),
        found,
        key="fit-answers",
        alt="How often each answer from 1 to 5 was given, by dimension and side.",
        columns=ANSWERS,
    )
    st.caption(
        f"What fewer than {HIDDEN_BELOW} people answered is hidden, so that nobody is recognised. Quarters with fewer "
        "wait for those that follow and are shown with them. All studies of the CRO count, whatever is filtered: a "
        "filter could single somebody out."
    )
    st.subheader("The gap between the sides")
    rows(gaps[list(GAPS)], key="fit-gaps", columns=GAPS)
    told = [name for name in SIDES if name not in ("reason", "waiting") or sides[name].astype(bool).any()]
    rows(sides[told], key="fit-sides", columns=SIDES)


def _measured(cro: str) -> None:
    st.subheader("Beside what is measured")
    for sentence in ask(numbers.measured, cro):
        st.markdown(f"- {plain(sentence)}")


def _trend(cro: str) -> None:
    st.subheader("By quarter")
    rows(ask(numbers.trend, cro)[list(TREND)], key="fit-trend", columns=TREND)
    st.caption(
        f"A quarter with fewer than {HIDDEN_BELOW} answers is pooled with the next one, and said so; where both "
        "together have fewer, or the one before was shown alone, nothing is shown."
    )


def _comments(cro: str) -> None:
    st.subheader("In words")
    show = os.environ.get(COMMENTS, "").strip().lower() == "show"
    if not show:
        st.caption("Comments are kept and not shown here: whoever runs the server decides who may read them.")
        return
    found = ask(numbers.comments, cro, show)
    if not found:
        st.caption(f"No comments among the answers that are shown; below {HIDDEN_BELOW} answers none is.")
    for side, texts in found.items():
        st.markdown(f"**{plain(side)}**")
        for text in texts:
            st.text(text)


def _form(cro: str) -> None:
    """One form, for one person: about a minute, and no name."""
    if told := st.session_state.pop(TOLD, ""):
        st.success(plain(told), icon=":material/check:")
    about, asked = ask(numbers.engagements, cro), ask(numbers.quarters, cro)
    with st.expander("Answer the survey: one minute, without your name", icon=":material/rate_review:"):
        if not about:
            st.info("No engagement of this CRO has begun: there is nothing to answer about.")
            return
        turn = st.session_state.setdefault(TURN, 0)
        with st.form(f"fit-form-{turn}", border=False):
            same = _about(cro, about, asked, f"fit-{turn}")
            st.caption("1 not at all, 5 wholly. Leave out what you cannot judge.")
            given = _questions(f"fit-{turn}")
            comment = st.text_area(
                "Anything to add?", key=f"fit-{turn}-comment", max_chars=1000, height=80,
                help="Write nothing by which you could be recognised.",
            )  # fmt: skip
            sent = st.form_submit_button("Send", type="primary", icon=":material/send:")
        if sent:
            _send(given, comment, same)


def _about(cro: str, about: dict[str, str], asked: list[str], key: str) -> dict[str, str]:
    study, quarter, who, role = st.columns([2.4, 1.6, 2, 2])
    return {
        "engagement_id": study.selectbox(
            "Study", list(about), format_func=lambda code: about[code], key=f"{key}-{cro}-study"
        ),
        "quarter": quarter.selectbox(
            "Quarter", asked, key=f"{key}-quarter",
            help="A quarter whose answers are shown takes no more: one more could be told by the difference.",
        ),
        "direction": who.selectbox(
            "Who on whom", list(numbers.DIRECTIONS), format_func=lambda code: numbers.DIRECTIONS[code],
            key=f"{key}-direction",
        ),
        "role": role.text_input(
            "Your role", key=f"{key}-role", max_chars=80, help="May stay empty. Kept with the answer, shown nowhere."
        ).strip(),
    }  # fmt: skip


def _questions(key: str) -> dict[str, int | None]:
    """The answer to each question; None where it was left out."""
    given: dict[str, int | None] = {}
    places = st.columns(2)
    for number, (dimension, name) in enumerate(numbers.NAMES.items()):
        given[dimension] = places[number % 2].segmented_control(
            f"{name}: {numbers.ASKED[dimension]}", [1, 2, 3, 4, 5], key=f"{key}-{dimension}"
        )
    given["recommend"] = st.segmented_control(
        "Would you recommend working with them? 0 never, 10 by all means", list(range(11)), key=f"{key}-recommend"
    )
    return given


def _send(given: dict[str, int | None], comment: str, same: dict[str, str]) -> None:
    """Keep the form under a random code; what was filled in stays where it cannot be kept."""
    filled = numbers.form(secrets.token_hex(8), given, comment, **same)
    if not filled:
        st.warning("Answer at least one question: nothing was kept yet.")
        return
    if kept("fit", "surveys", filled, who="survey"):
        st.session_state[TURN] += 1
        st.session_state[TOLD] = (
            f"Thank you: {len(filled)} of {len(given)} questions answered, kept without your name. They are shown once "
            f"the quarter is over and {HIDDEN_BELOW} answers are together."
        )
        st.rerun()
