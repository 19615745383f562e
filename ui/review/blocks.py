"""The content of a pack as the page shows it: the same words and figures, nothing computed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.kpi import Band
from charts import pack as pack_chart
from charts.theme import SYMBOL, WORD
from reports.content import Block, Cell, Chart, Column, Figure, Figures, Section, Table, Text
from ui.columns import DATE, coloured
from ui.kpi_line import band_word, tiles
from ui.show import chart, drawn, look, picked_row, plain, rows

TALL = 560
SCORECARD: dict[str, Any] = {
    "KPI": st.column_config.TextColumn("KPI", pinned=True),
    "Domain": "Domain",
    "Value": "Value",
    "Status": st.column_config.TextColumn("Status", help="The band, and how it stands to its target."),
    "Rests on": "Rests on",
    "Before": st.column_config.TextColumn("Before", help="At the end of the quarter before."),
    "What we say": st.column_config.TextColumn("What we say", width="medium"),
    "What the CRO says": st.column_config.TextColumn("What the CRO says", width="medium"),
}
TALKED = ("KPI", "Value", "Status", "Before", "What we say", "What the CRO says")
"""Columns of the scorecard on a screen in the meeting."""


def section(found: Section, cut_off: str, key: str, *, large: bool = False) -> None:
    """A topic: its title, what was found, and what shows it; `large`: to be read from the other end of a table."""
    if large:
        st.title(plain(found.title), anchor=False)
    else:
        st.header(plain(found.title), anchor=False)
    st.markdown(f"**{plain(found.finding)}**")
    for place, block in enumerate(found.blocks):
        # What a chart finds may stand above already.
        if isinstance(block, Chart) and block.title == found.finding:
            block = replace(block, title=block.subtitle, subtitle="")
        _block(block, cut_off, f"{key}-{place}", large)


def charts(found: Section, cut_off: str, key: str) -> None:
    """The charts of a topic alone."""
    for place, block in enumerate(found.blocks):
        if isinstance(block, Chart):
            _chart(block, cut_off, f"{key}-{place}", large=False)


def table(block: Table, key: str) -> None:
    """A table of its own."""
    _table(block, key, large=False)


def _block(block: Block, cut_off: str, key: str, large: bool) -> None:
    match block:
        case Text():
            _text(block)
        case Figures(tiles=True):
            _tiles(block, key)
        case Figures():
            _scorecard(block, key, large)
        case Table():
            _table(block, key, large)
        case Chart():
            _chart(block, cut_off, key, large)
    if block.internal:
        st.caption("Ours alone: the CRO's edition does not have it.")


def _text(block: Text) -> None:
    if block.title:
        st.subheader(plain(block.title), anchor=False)
    st.markdown("\n".join(f"- {plain(line)}" for line in block.lines))


def standing(figure: Figure) -> str:
    """Its band as symbol and word, then how it stands to its target: `▼ red, misses its target`."""
    return f"{SYMBOL.get(figure.band, '·')} {_stands(figure)}"


def _stands(figure: Figure) -> str:
    band = WORD.get(figure.band, figure.band)
    said = [figure.word] if figure.word.startswith(band) else [band, *([figure.word] if figure.word else [])]
    return ", ".join([*said, *(["stale"] if figure.stale else [])])


def _coloured(figure: Figure) -> str:
    """The same as markdown in the colour of its band."""
    return band_word(Band(figure.band), _stands(figure)) if figure.band in set(Band) else plain(standing(figure))


def sure(figure: Figure) -> None:
    """What is needed to trust a figure."""
    told = (
        ("Definition", figure.definition), ("Rests on", figure.counted), ("Interval", figure.interval),
        ("Thresholds", figure.threshold), ("Before", figure.previous_text), ("Source", figure.source),
    )  # fmt: skip
    for name, text in told:
        if text:
            st.markdown(f"**{name}**: {plain(text)}")


def _tiles(block: Figures, key: str) -> None:
    for tile, figure in zip(tiles(len(block.figures), key), block.figures, strict=True):
        with tile:
            st.metric(plain(figure.label), figure.text, help=plain(figure.definition))
            word = WORD.get(figure.band, figure.band)
            st.markdown(band_word(Band(figure.band), word) if figure.band in set(Band) else plain(word))
            before = f"before {figure.previous_text}" if figure.previous_text else ""
            st.caption(plain(" · ".join(part for part in (figure.counted, before) if part)))
            with st.popover("How sure?", type="tertiary", icon=":material/help:"):
                sure(figure)


def _scorecard(block: Figures, key: str, large: bool) -> None:
    _title(block.title)
    table = pd.DataFrame(
        [
            (one.label, one.domain, one.text, standing(one), one.counted, one.previous_text, one.comment, one.reply)
            for one in block.figures
        ],
        columns=list(SCORECARD),
    )
    if large:
        shown = table[list(TALKED)].map(plain).assign(Status=[_coloured(one) for one in block.figures])
        _read(shown, key)
        return
    style = table.style.map(coloured, subset=["Status"]).map(lambda _: f"color: {look().ink}", subset=["KPI"])
    rows(
        table, key=key, columns=SCORECARD, height=min(38 + 35 * len(table), TALL), picked=lambda: None, written=style
    )  # fmt: skip
    place = picked_row(key)
    if place is None:
        st.caption("Select a line to see how sure it is.")
        return
    with st.container(border=True):
        figure = block.figures[place]
        st.markdown(f"**{plain(figure.label)}: {plain(figure.text)}** · {plain(standing(figure))}")
        sure(figure)


def _title(title: str) -> None:
    if title:
        st.subheader(plain(title), anchor=False)


def _table(block: Table, key: str, large: bool) -> None:
    _title(block.title)
    if not block.rows:
        st.caption(plain(block.empty))
        return
    if large:
        _read(_words(block).map(plain), key)
        return
    frame, heads = framed(block)
    rows(frame, key=key, columns=heads, height=min(38 + 35 * len(frame), TALL))


def _read(table: pd.DataFrame, key: str) -> None:
    """A table to be read from afar: all of it as markdown."""
    with st.container(key=f"read-{key}"):
        st.table(table.rename(columns=plain), border="horizontal", hide_index=True)


def _words(block: Table) -> pd.DataFrame:
    """The cells as they are said."""
    said = [[_said(cell, column) for cell, column in zip(row, block.columns, strict=True)] for row in block.rows]
    return pd.DataFrame(said, columns=_names(block.columns))


def _said(cell: Cell, column: Column) -> str:
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, str):
        return cell
    return f"{cell:,.{column.digits}f}"


def framed(block: Table) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A table with columns of numbers and days as such, and how they are headed."""
    names = _names(block.columns)
    cells: dict[str, Any] = {}
    heads: dict[str, Any] = {}
    for place, (name, column) in enumerate(zip(names, block.columns, strict=True)):
        own = [row[place] for row in block.rows]
        cells[name], heads[name] = _column(own, column)
    return pd.DataFrame(cells), heads


def _column(own: list[Cell], column: Column) -> tuple[Any, Any]:
    numbers = column.format in ("number", "money") and not any(isinstance(cell, str) for cell in own)
    if numbers:
        style = "localized" if column.format == "money" else f"%.{column.digits}f"
        return pd.Series(own, dtype=float), st.column_config.NumberColumn(format=style)
    if column.format == "day":
        days = pd.Series([_day(cell) for cell in own], dtype=object)
        return days, st.column_config.DateColumn(format=DATE)
    texts = ["" if cell is None else str(cell) for cell in own]
    return texts, st.column_config.TextColumn(width="large" if column.wide else None)


def _day(cell: Cell) -> date | None:
    try:
        return date.fromisoformat(str(cell)) if cell else None
    except ValueError:
        return None


def _names(columns: Sequence[Column]) -> list[str]:
    """The headings, each once: a frame cannot have two of a name."""
    names: list[str] = []
    for column in columns:
        name = column.name
        while name in names:
            name += " "
        names.append(name)
    return names


def _chart(block: Chart, cut_off: str, key: str, large: bool) -> None:
    figure = pack_chart.chart(
        look(), title=block.title, subtitle=block.subtitle, kind=block.kind, categories=block.categories,
        series=[(one.name, one.values, one.role) for one in block.series], unit=block.unit, digits=block.digits,
        as_of=date.fromisoformat(cut_off),
    )  # fmt: skip
    alt = f"{block.title} {block.subtitle}"
    if large:
        drawn(figure, key=key, alt=alt)
        return
    shown = [one for one in block.series if one.role != "hidden"]
    table = pd.DataFrame({"Of": list(block.categories)} | {one.name: list(one.values) for one in shown})
    heads = {one.name: st.column_config.NumberColumn(format=f"%.{block.digits}f") for one in shown}
    chart(figure, table, key=key, alt=alt, columns=heads)
