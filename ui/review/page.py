"""The page of the reviews: their list with all that was agreed, or one of them."""

from collections.abc import Callable

import streamlit as st

from analytics.reviews import Review
from analytics.words import day
from reports import questions
from reports.content import Pack
from reports.desk import NoReview, Opened
from ui.ask import ask
from ui.review import blocks, listing, minutes, packs, present, replies, steps
from ui.review.listing import REVIEW
from ui.show import plain

PART = "part"
"""The parameter of the address that says which part of a review is shown."""
SUMMARY = "summary"
EVERYTHING = "Everything"

Part = Callable[[Review], None]
Shown = Callable[[Opened], None]


def chosen() -> str:
    """The code of the review that the address names; empty where it names none."""
    return st.query_params.get(REVIEW, "")


def presenting() -> bool:
    """Whether the meeting is on."""
    return bool(chosen()) and st.query_params.get(present.PRESENT) == "1"


def review() -> None:
    """One review: its head, its next step, and its parts; on the screen of the meeting one topic alone."""
    found: Review | None = ask(questions.found, chosen())
    if found is None:
        st.button("All reviews", icon=":material/arrow_back:", on_click=_close, type="tertiary")
        st.error(f"There is no review {plain(chosen())}. Go back to the list and prepare it.")
        return
    if presenting():
        _with(present.present)(found)
        return
    _head(found)
    parts = _parts(found)
    for tab, part in zip(st.tabs(list(parts), key=PART, on_change="rerun", bind="query-params"), parts.values()):
        if tab.open:
            with tab:
                part(found)


def _with(part: Shown) -> Part:
    """A part that shows the content of the review, which takes a while where it is a draft."""

    def shown(found: Review) -> None:
        try:
            seen = _opened(found)
        except NoReview as problem:
            st.error(plain(problem))
            return
        if seen.damaged:
            st.error(f"Do not use these figures: {plain(seen.damaged)}. Look at the history of uploads on Data.")
        part(seen)

    return shown


def _opened(found: Review) -> Opened:
    """The review with its content. While a draft is presented its figures stand still."""
    held = present.kept(found.review_id) if presenting() else None
    if held is not None:
        return held
    seen: Opened = ask(questions.opened, found.review_id, steps.today())
    if presenting() and not found.frozen_on:
        present.keep(seen)
    return seen


def _close() -> None:
    for name in (REVIEW, present.PRESENT, present.TOPIC):
        st.query_params.pop(name, None)


def _head(found: Review) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button("All reviews", icon=":material/arrow_back:", on_click=_close, type="tertiary")
        st.button(
            "Present", icon=":material/present_to_all:", on_click=present.begin, key="review-present",
            help="One topic a screen, moved by the arrow keys.",
        )  # fmt: skip
    st.header(plain(listing.title(found)), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.frozen_on:
            st.badge("FROZEN", icon=":material/lock:", color="blue")
        else:
            st.badge(found.figures.upper(), icon=":material/edit_note:", color="orange")
        st.markdown(plain(_state(found)), width="content")
    steps.line(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if wait := steps.waits(found, steps.today()):
            st.markdown(f"**Next:** {plain(wait)}", width="content")
        steps.buttons(found)


def _state(found: Review) -> str:
    cut = f"Cut-off {day(found.cut_off)}"
    if found.frozen_on:
        return f"{cut} · frozen on {day(found.frozen_on)} by {found.frozen_by}, known at upload {found.known_at}"
    return f"{cut} · the figures still follow the data"


def _parts(found: Review) -> dict[str, Part]:
    parts: dict[str, Part] = {"First screen": _with(_first), "All topics": _with(_topics)}
    if not found.frozen_on:
        parts["What is missing"] = _with(lambda seen: replies.missing(seen.found, seen.pack))
    parts["Replies"] = _with(lambda seen: replies.replies(seen.found, seen.pack))
    if found.frozen_on:
        parts["Restated since"] = _restated
    parts["Packs"] = _with(lambda seen: packs.packs(seen.found, seen))
    parts["Minutes"] = minutes.minutes
    return parts


def _first(seen: Opened) -> None:
    """The summary, with the days by whose they are and the way from contract to forecast."""
    topics = {section.key: section for section in seen.pack.sections}
    blocks.section(topics[SUMMARY], seen.pack.cut_off, "first")
    blocks.section(topics["actions"], seen.pack.cut_off, "first-actions")
    for key in ("timeline", "finance"):
        blocks.charts(topics[key], seen.pack.cut_off, f"first-{key}")


def _topics(seen: Opened) -> None:
    pack: Pack = seen.pack
    titles = {"": EVERYTHING} | {section.key: section.title for section in pack.sections}
    chosen_topic = st.selectbox("Topic", list(titles), format_func=lambda key: titles[key], key="review-topic", index=1)
    for section in pack.sections:
        if chosen_topic in ("", section.key):
            blocks.section(section, pack.cut_off, f"topic-{section.key}")
            if section.key == present.AGREED:
                minutes.listed(seen.found)


def _restated(found: Review) -> None:
    key = f"restated-{found.review_id}"
    st.markdown("What the frozen figures would be by what is known now. The frozen ones do not change.")
    if st.button("Compare with what is known now", key="review-restated", icon=":material/compare_arrows:"):
        st.session_state[key] = True
    if not st.session_state.get(key):
        return
    try:
        blocks.table(ask(questions.restated, found.review_id, steps.today()), "restated")
    except NoReview as problem:
        st.error(plain(problem))
