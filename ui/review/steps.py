"""The steps of a review: where it stands, what comes next, and the dialog that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import streamlit as st

from analytics.reviews import REPLY_DAYS, Review, Step
from analytics.words import count, day
from data import entries
from data.contracts import BY_KIND
from reports import desk, questions
from reports.desk import NoReview
from ui.ask import ask
from ui.entry import kept, name_of_writer, why_right
from ui.show import plain
from ui.store import open_store

LINE = ("prepared", "shared", "frozen", "held", "closed")
MISSING = {
    "stale data": "without data up to the cut-off",
    "no data": "without data",
    "unexplained": "red and unexplained",
}


@dataclass(frozen=True, slots=True)
class Next:
    """A step that can be taken: its key, what its button says, and what it does in a sentence."""

    key: str
    label: str
    icon: str
    does: str


SHARE = Next(
    "share",
    "Share with the CRO",
    ":material/send:",
    "The CRO gets its edition and the reply sheet. Silence is shown as “no reply”, never as acceptance.",
)
FREEZE = Next(
    "freeze",
    "Freeze",
    ":material/lock:",
    "The figures are kept as they are now, with their definitions, thresholds and weights.",
)
HELD = Next("held", "The meeting was held", ":material/groups:", "The meeting took place.")
FINAL = Next("final", "Minutes are final", ":material/description:", "The minutes follow from what was agreed.")
OURS = Next("us", "We acknowledge the minutes", ":material/done:", "We agree with the minutes.")
THEIRS = Next("cro", "The CRO acknowledges the minutes", ":material/done_all:", "The CRO agrees with the minutes.")
PLAN = Next("plan", "Plan the meeting", ":material/event:", "When both sides meet, and up to when the figures count.")
CLOSE = Next("close", "Close the review", ":material/task_alt:", "Its actions are followed up in the register.")


def today() -> date:
    """The day of the clock, in UTC."""
    return datetime.now(UTC).date()


TAKEN = (
    "shared_on", "frozen_on", "held_on", "minutes_final_on", "acknowledged_us_on", "acknowledged_cro_on", "closed_on",
)  # fmt: skip
"""The columns that say which steps were taken."""
CHANGED = "Somebody took a step of this review since the page was drawn. Close this, look at it, and go on from there."


def now_text() -> str:
    """The moment of the clock, for a code that nobody else gets."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"


def next_of(found: Review) -> tuple[Next, ...]:
    """What can be done next, the first thing first; nothing where the review is closed."""
    match found.step:
        case Step.PREPARING:
            return SHARE, FREEZE
        case Step.SHARED:
            return (FREEZE,)
        case Step.FROZEN:
            return (HELD,)
        case Step.CLOSED:
            return ()
    if found.minutes_final_on is None:
        return FINAL, CLOSE
    if found.acknowledged_us_on is None:
        return OURS, CLOSE
    return (THEIRS, CLOSE) if found.acknowledged_cro_on is None else (CLOSE,)


def next_words(found: Review, now: date) -> str:
    """The next thing to do, in a few words."""
    following = next_of(found)
    return waits(found, now) or (following[0].label if following else "Nothing: it is closed")


def waits(found: Review, now: date) -> str:
    """What is waited for before the next step; empty where nothing is."""
    if found.step is Step.SHARED and found.reply_due and found.reply_due >= now:
        return f"Wait for the reply, due {day(found.reply_due)}; then freeze"
    if found.step is Step.FROZEN and found.meets_on and found.meets_on >= now:
        return f"Meet on {day(found.meets_on)}"
    return ""


def line(found: Review) -> None:
    """The steps as a line, each with its day and who took it."""
    days = {
        "prepared": (None, found.prepared_by), "shared": (found.shared_on, found.shared_by),
        "frozen": (found.frozen_on, found.frozen_by), "held": (found.held_on, found.held_by),
        "closed": (found.closed_on, found.closed_by),
    }  # fmt: skip
    with st.container(horizontal=True, key="review-steps", gap="small"):
        for name in LINE:
            when, who = days[name]
            done = name == "prepared" or when is not None
            with st.container(width=190, border=True, height="stretch"):
                st.markdown(f"**{'✓' if done else '○'} {name.capitalize()}**")
                said = ", ".join(part for part in (day(when) if when else "", plain(who or "")) if part)
                waits = ""
                if name == "shared" and found.shared_on and not found.frozen_on and found.reply_due:
                    waits = f"reply due {day(found.reply_due)}"
                elif name == "held" and not when and found.meets_on:
                    waits = f"planned for {day(found.meets_on)}"
                st.caption(said or waits or ("–" if done else "not yet"))
                if said and waits:
                    st.caption(waits)


def buttons(found: Review) -> None:
    """What comes next as the one primary button, and what may be done in its place."""
    for place, step in enumerate(next_of(found)):
        label = "Freeze without a reply" if step is FREEZE and place else step.label
        label = "Close as it is" if step is CLOSE and place else label
        kind: Any = "tertiary" if place else "primary"
        if st.button(label, type=kind, icon=step.icon, key=f"review-{step.key}"):
            _ask(found, step)
    if found.step in (Step.PREPARING, Step.SHARED, Step.FROZEN) and st.button(
        PLAN.label, type="tertiary", icon=PLAN.icon, key="review-plan"
    ):
        _ask(found, PLAN)


def _ask(found: Review, step: Next) -> None:
    st.dialog(step.label, width="medium")(_asked)(found, step)


def _asked(found: Review, step: Next) -> None:
    st.markdown(plain(step.does))
    _ASKED[step.key](found)


def _plan(found: Review) -> None:
    with st.form("plan", border=False):
        meets = st.date_input("Meeting planned for", value=found.meets_on, format="YYYY-MM-DD")
        cut = found.cut_off
        if not found.frozen_on:
            cut = _day("Cut-off", found.cut_off, future=True)
        who, reason = _who("plan")
        pressed = st.form_submit_button("Keep", type="primary", icon=":material/save:")
    if pressed:
        _keep("plan", found, who, reason, meets_on=meets if isinstance(meets, date) else "", cut_off=cut)


def _share(found: Review) -> None:
    with st.form("share", border=False):
        on = _day("Shared on", today())
        due = _day("Reply due", today() + timedelta(days=REPLY_DAYS), future=True)
        who, reason = _who("share")
        pressed = st.form_submit_button("Share", type="primary", icon=SHARE.icon)
    if pressed:
        _keep("share", found, who, reason, shared_on=on, shared_by=who, reply_due=due)


def _freeze(found: Review) -> None:
    lacks = ask(questions.missing, found.review_id, today())
    numbers = [(sum(one.kind == kind for one in lacks), words) for kind, words in MISSING.items()]
    said = [f"{number} {words}" for number, words in numbers if number]
    st.markdown(f"**Missing:** {plain('; '.join(said))}." if said else "**Nothing is missing.**")
    if red := [one.what for one in lacks if one.kind == "unexplained"]:
        st.warning(
            f"{count(len(red), 'figure')} will be frozen as “unexplained”: {plain(', '.join(red))}.",
            icon=":material/help:",
        )
    with st.form("freeze", border=False):
        who, reason = _who("freeze")
        pressed = st.form_submit_button("Freeze these figures", type="primary", icon=FREEZE.icon)
    if pressed and _named(who):
        _frozen(found, who, reason)


def _frozen(found: Review, who: str, reason: str) -> None:
    """Keep the content, then the row that says that it is frozen: content without that row means nothing."""
    if _moved_on(found):
        st.error(CHANGED)
        return
    try:
        with st.spinner("The figures are worked out and kept ..."):
            seen = ask(questions.opened, found.review_id, today())
            parts, row = desk.frozen_rows(seen.found, seen.pack, who, today())
            done = all(
                kept("review-freeze", kind, rows, who, reason=reason)
                for kind, rows in (("review_packs", parts), ("reviews", [_row(found, row)]))
            )
    except (NoReview, ValueError) as problem:
        st.error(f"It was not frozen. {plain(problem)}")
        return
    if done:
        st.rerun()
    st.error("It was not frozen: the review stands where it stood. Mend what is said above and freeze again.")


def _held(found: Review) -> None:
    planned = found.meets_on if found.meets_on and found.meets_on <= today() else today()
    _one_day(found, "held", "Held on", planned, "held_on", "held_by", "Keep")


def _final(found: Review) -> None:
    _one_day(found, "final", "Final on", today(), "minutes_final_on", "", "Keep")


def _us(found: Review) -> None:
    _one_day(found, "us", "Acknowledged on", today(), "acknowledged_us_on", "acknowledged_us_by", "Acknowledge")


def _cro(found: Review) -> None:
    with st.form("cro", border=False):
        on = _day("Acknowledged on", today())
        by = st.text_input("Who acknowledged for the CRO")
        who, reason = _who("cro")
        pressed = st.form_submit_button("Keep", type="primary", icon=THEIRS.icon)
    if not pressed:
        return
    if by.strip():
        _keep("cro", found, who, reason, acknowledged_cro_on=on, acknowledged_cro_by=by.strip())
    else:
        st.warning("Write who acknowledged for the CRO.")


def _close(found: Review) -> None:
    if lacks := [words for words, when in _minutes(found) if when is None]:
        st.warning(f"Not done yet: {', '.join(lacks)}.")
    _one_day(found, "close", "Closed on", today(), "closed_on", "closed_by", "Close this review")


def _minutes(found: Review) -> tuple[tuple[str, date | None], ...]:
    return (
        ("final minutes", found.minutes_final_on),
        ("our acknowledgement", found.acknowledged_us_on),
        ("the CRO's acknowledgement", found.acknowledged_cro_on),
    )


_ASKED: dict[str, Callable[[Review], None]] = {
    "plan": _plan, "share": _share, "freeze": _freeze, "held": _held, "final": _final, "us": _us, "cro": _cro,
    "close": _close,
}  # fmt: skip


def _one_day(found: Review, key: str, label: str, first: date, column: str, by: str, button: str) -> None:
    """A step that needs a day and a name."""
    with st.form(key, border=False):
        on = _day(label, first)
        who, reason = _who(key)
        pressed = st.form_submit_button(button, type="primary", icon=":material/save:")
    if pressed:
        _keep(key, found, who, reason, **{column: on}, **({by: who} if by else {}))


def _day(label: str, first: date, *, future: bool = False) -> date:
    chosen = st.date_input(label, value=first, max_value=None if future else max(first, today()), format="YYYY-MM-DD")
    return chosen if isinstance(chosen, date) else first


def _who(key: str) -> tuple[str, str]:
    """In a form: the name of whoever takes the step, and why it is right where that was asked."""
    reason = why_right(f"review-{key}")
    return name_of_writer(f"review-{key}").strip(), reason


def _named(who: str) -> bool:
    if not who.strip():
        st.warning("Write your name first: it stands in the ledger.")
    return bool(who.strip())


def _keep(key: str, found: Review, who: str, reason: str, **cells: date | str) -> None:
    if not _named(who):
        return
    if _moved_on(found):
        st.error(CHANGED)
        return
    row = {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in cells.items()}
    if kept(f"review-{key}", "reviews", [_row(found, row)], who, reason=reason):
        st.rerun()


def _moved_on(found: Review) -> bool:
    """Whether somebody took a step of the review since it was read."""
    [row] = entries.current(open_store(), BY_KIND["reviews"], {"review_id": found.review_id}) or [{}]
    days = [getattr(found, name) for name in TAKEN]
    return [row.get(name, "") for name in TAKEN] != [when.isoformat() if when else "" for when in days]


def _row(found: Review, cells: dict[str, str]) -> dict[str, str]:
    """A row of the kind reviews: what it must have, and what the step writes."""
    return {
        "review_id": found.review_id, "cro_id": found.cro_id, "quarter": found.quarter,
        "cut_off": found.cut_off.isoformat(),
    } | cells  # fmt: skip
