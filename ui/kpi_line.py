"""The line of KPIs at the head of a page: value, what it rests on and one plain word; method and limits on demand."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.catalogue import BY_ID
from analytics.headline import Row, beside, counted, how_sure, value_text, word
from analytics.kpi import Band
from analytics.words import day
from charts.theme import SYMBOL
from ui.behind import link
from ui.practices.feedback import make
from ui.scope import scope
from ui.show import plain

COLOURS = {Band.GREEN: "blue", Band.AMBER: "orange", Band.RED: "red"}


def kpi_line(rows: Sequence[Row], *, cro: str = "", engagement: str = "") -> None:
    """One tile a row of `analytics.headline.headline`; `cro`, `engagement` where they are those of one."""
    for tile, row in zip(tiles(len(rows), f"kpis-{rows[0]['kpi']}"), rows, strict=True):
        with tile:
            _tile(row, cro, engagement)


def tiles(number: int, key: str) -> list[DeltaGenerator]:
    """So many boxes side by side, on as many lines as they need to be legible."""
    with st.container(key=f"tiles-{key}"):
        return [column.container(border=True, height="stretch") for column in st.columns(number)]


def band_word(band: Band, text: str) -> str:
    """The word for a band as coloured markdown, with its symbol."""
    said = f"{SYMBOL[band]} {plain(text)}"
    return f":{COLOURS[band]}[**{said}**]" if band in COLOURS else f"**{said}**"


def _tile(row: Row, cro: str, engagement: str) -> None:
    kpi = BY_ID[row["kpi"]]
    st.metric(kpi.label, value_text(row), help=plain(kpi.definition))
    said, rests = word(row), counted(row)
    more = "" if f"({rests})" in said else f" · {plain(rests)}"
    st.markdown(f"{band_word(row['band'], said)}{more}")
    if more := beside(row):
        st.caption(plain(more[:1].upper() + more[1:]))
    with st.container(horizontal=True, gap="small"):
        with st.popover("How sure?", type="tertiary", icon=":material/help:"):
            for sentence in how_sure(row):
                st.markdown(plain(sentence))
            seen = scope()
            if seen is not None:
                st.caption(f"As of {day(seen.as_of)}, {seen.baseline} baseline.")
        link(kpi.id, cro=cro)
        if row["band"] is Band.RED and st.button(
            "Make an action", key=f"act-{kpi.id}-{cro}-{engagement}", type="tertiary", icon=":material/add_task:"
        ):
            make(cro, engagement, kpi.id, f"{kpi.label}: {value_text(row)}, {said}")
