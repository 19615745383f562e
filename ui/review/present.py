"""Presenting: one topic a screen, in large type, moved by the keyboard, with room to write down what is agreed."""

from pathlib import Path

import streamlit as st

from reports.desk import Opened
from ui.review import blocks, minutes
from ui.show import plain

STYLE = Path(__file__).with_name("present.css")
PRESENT, TOPIC = "present", "topic"
"""Parameters of the address: whether the meeting is on, and at which topic."""
AGREED = "agreed"
"""The topic that is read back: it shows what is agreed now, not what was when the figures were frozen."""
KEPT = "_presented"


def begin() -> None:
    """Begin: from a callback."""
    st.session_state.pop(KEPT, None)
    st.query_params[PRESENT] = "1"


def _leave() -> None:
    st.session_state.pop(KEPT, None)
    st.query_params.pop(PRESENT, None)
    st.query_params.pop(TOPIC, None)


def kept(code: str) -> Opened | None:
    """The draft with which the meeting began: its figures stand still while actions are written down."""
    told = st.session_state.get(KEPT)
    return told if isinstance(told, Opened) and told.found.review_id == code else None


def keep(seen: Opened) -> None:
    """Keep a draft for the meeting."""
    st.session_state[KEPT] = seen


def present(seen: Opened) -> None:
    """The screen of the topic that the address names, the first one otherwise.

    Without what is ours alone: the CRO sits at the table.
    """
    st.html(STYLE)
    sections = seen.pack.for_cro().sections
    keys = [one.key for one in sections]
    told = st.query_params.get(TOPIC)
    place = keys.index(told) if told in keys else 0
    _bar(seen, keys, place)
    section = sections[place]
    with st.container(key="present-topic"):
        if section.key == AGREED:
            st.title(plain(section.title), anchor=False)
            minutes.read_back(seen.found)
        else:
            blocks.section(section, seen.pack.cut_off, f"present-{section.key}", large=True)
    minutes.write_down(seen.found)
    if section.key != AGREED:
        minutes.listed(seen.found)


def _bar(seen: Opened, keys: list[str], place: int) -> None:
    """Where the meeting is, and the keys that move it."""
    last = len(keys) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="present-bar"):
        state = "🔒 FROZEN" if seen.pack.frozen_on else "✎ DRAFT"
        st.markdown(f"**{plain(f'{seen.found.cro}, {seen.found.quarter}')}** · {state}", width="stretch")
        st.markdown(f"**{place + 1} of {len(keys)}**", width="content")
        _move("Previous", "Left", keys[max(place - 1, 0)], ":material/arrow_back:", off=place == 0)
        _move("Next", "Right", keys[min(place + 1, last)], ":material/arrow_forward:", off=place == last)
        st.button("Leave", key="present-leave", on_click=_leave, icon=":material/close:", shortcut="Esc")
    st.progress((place + 1) / len(keys))
    # A button has one key: these are pressed by the keyboard alone.
    with st.container(key="present-keys"):
        _move("Back a page", "PageUp", keys[max(place - 1, 0)], off=place == 0)
        _move("On a page", "PageDown", keys[min(place + 1, last)], off=place == last)
        _move("To the first topic", "Home", keys[0])
        _move("To the last topic", "End", keys[last])


def _move(label: str, shortcut: str, topic: str, icon: str | None = None, *, off: bool = False) -> None:
    st.button(label, key=f"present-{shortcut}", on_click=_go, args=(topic,), icon=icon, shortcut=shortcut, disabled=off)


def _go(topic: str) -> None:
    st.query_params[TOPIC] = topic
