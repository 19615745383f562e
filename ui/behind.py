"""From a figure to its rows, and from a row to the upload that brought it: a dialog that the address names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pandas as pd
import streamlit as st

from analytics import behind
from analytics.catalogue import BY_ID
from analytics.responsiveness import cro_names
from analytics.words import day
from data.contracts import BY_KIND
from data.store.history import State, states
from ui.ask import ask
from ui.columns import BEHIND, COLUMNS
from ui.scope import scope
from ui.show import FROM, ROWS, follow, picked_row, plain, rows
from ui.store import open_store

KPIS = {name: kpi.id for kpi in BY_ID.values() for name in (kpi.label, kpi.label.removesuffix(" by the CRO"))}
"""KPI by the label that a table gives it."""
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
HISTORY = {
    "upload": st.column_config.NumberColumn("Upload", format="%d"),
    "status_date": COLUMNS["status_date"],
    "changed": st.column_config.TextColumn("What it changed in the row", width="large"),
    "who": "By",
    "what": "How",
    "file": "File",
    "at": st.column_config.DatetimeColumn("Loaded, UTC", format="D MMM YYYY, HH:mm"),
    "reason": "Reason",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a KPI with what narrows it, or a kind with the parts of a key."""

    what: str
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it stands in the address: `R02~NORVEK~E-1`."""
        return "~".join(part.replace("%", "%25").replace("~", "%7E") for part in (self.what, *self.parts))

    @classmethod
    def of(cls, text: str) -> "Asked":
        what, *parts = (unquote(part) for part in text.split("~"))
        return cls(what, tuple(parts))


def figure(kpi: str, cro: str = "", engagement: str = "", month: str = "") -> str:
    """What the address names to show the rows of a KPI, all or of one CRO, engagement or month."""
    parts = [cro, engagement, month]
    while parts and not parts[-1]:
        parts.pop()
    return Asked(kpi, tuple(parts)).text


def row(kind: str, *key: str) -> str:
    """What the address names to show one row of a kind with its history."""
    return Asked(kind, key).text


def milestone(found: Mapping[str, Any]) -> str | None:
    """The same for a line of a table of study milestones: its `engagement`, and the `milestone` as it is called."""
    engagement, name = str(found["engagement"]), str(found["milestone"])
    code = ask(behind.milestone_code, engagement, name)
    return row("milestones", engagement, code, "") if code else None


def labelled(cro: str = "", engagement: str = "", column: str = "label") -> Callable[[Mapping[str, Any]], str | None]:
    """For tables with a line a KPI: from a line to the rows of its KPI."""

    def to(found: Mapping[str, Any]) -> str | None:
        kpi = KPIS.get(str(found[column]))
        return figure(kpi, cro, engagement) if kpi else None

    return to


def of_cro(kpi: str, column: str = "label", month: str = "") -> Callable[[Mapping[str, Any]], str | None]:
    """For tables with a line a CRO, by its name in `column` and its month in `month`: to the rows of one KPI."""

    def to(found: Mapping[str, Any]) -> str | None:
        ids = [cro for cro, name in ask(cro_names).items() if name == found[column]]
        when = str(found[month])[:7] if month else ""
        return figure(kpi, ids[0], month=when) if len(ids) == 1 else None

    return to


def of_line(kpi: str, line: str, names: Mapping[str, str]) -> Callable[[Mapping[str, Any]], str | None]:
    """For tables with a line a CRO or, where `line` is so, an engagement, which `names` calls by its code."""

    def to(found: Mapping[str, Any]) -> str | None:
        called = str(found["label"]).removesuffix(", no forecast")
        if line == "cro":
            return of_cro(kpi)({"label": called})
        ids = [engagement for engagement, name in names.items() if name == called]
        return figure(kpi, engagement=ids[0]) if len(ids) == 1 else None

    return to


def link(kpi: str, *, cro: str = "", engagement: str = "", month: str = "", label: str = "Rows", key: str = "") -> None:
    """A small button that opens the rows of a KPI; `key` where the same one stands on a page twice."""
    asked = figure(kpi, cro, engagement, month)
    st.button(
        label, key=f"rows-{asked}-{key}", type="tertiary", icon=":material/table_rows:", on_click=follow, args=(asked,)
    )


def opened() -> None:
    """Open what the address names, if anything. Once a page, since a run can open one dialog."""
    told = st.query_params.get(ROWS)
    if not told or scope() is None:
        return
    asked = Asked.of(told)
    if asked.what in BY_ID and len(asked.parts) <= 3 and _month(asked.parts[2:]):
        title, draw = f"Rows behind: {BY_ID[asked.what].label}", _figure
    elif asked.what in BY_KIND:
        title, draw = f"One row of {_called(asked.what)}", _one
    else:
        st.warning(f"{plain(told)} is no figure and no row that is known here.", icon=":material/link_off:")
        return
    st.dialog(title, width="large", icon=":material/table_rows:", on_dismiss=_close)(draw)(asked)


def _month(parts: tuple[str, ...]) -> bool:
    return all(MONTH.fullmatch(part) for part in parts)


def _close() -> None:
    st.query_params.pop(ROWS, None)
    if table := st.session_state.pop(FROM, None):
        # Otherwise the line stays selected, and selecting it again opens nothing.
        st.session_state[table] = {"selection": {"rows": []}}


def _figure(asked: Asked) -> None:
    found, seen = ask(behind.rows_behind, asked.what, *asked.parts), scope()
    whose = " · ".join(plain(part) for part in asked.parts if part) or "everything in scope"
    st.markdown(f"**{plain(found.total)}**")
    if seen is not None:
        st.caption(f"{whose} · as of {day(seen.as_of)}, {seen.baseline} baseline · what hurts most comes first")
    if found.rows.empty:
        st.info("There is no row to show.", icon=":material/table_rows:")
        return
    key = f"behind-{asked.text}"
    rows(found.rows, key=key, columns=COLUMNS | BEHIND, height=_height(found.rows, 320), picked=lambda: None)
    place = picked_row(key)
    if place is None:
        st.caption("Select a row to see which upload brought it, and what it was before.")
        return
    source = behind.SOURCES[BY_ID[asked.what].fact]
    _made_of(ask(behind.made_of, asked.what, found.ids[place]), f"{key}-{place}", source.private)


def _made_of(parts: list[tuple[str, pd.DataFrame]], key: str, private: tuple[str, ...]) -> None:
    """The rows of kinds behind a row: the only one with its history, or several to choose from."""
    if len(parts) == 1 and len(parts[0][1]) == 1:
        _history(parts[0][0], parts[0][1].iloc[0], f"{key}-history", private)
        return
    for kind, frame in parts:
        st.subheader(f"{_called(kind).capitalize()}: {len(frame):,}", anchor=False)
        own = f"{key}-{kind}"
        rows(frame, key=own, height=_height(frame, 240), picked=lambda: None)
        place = picked_row(own)
        if place is not None:
            _history(kind, frame.iloc[place], f"{own}-history", private)


def _one(asked: Asked) -> None:
    found = ask(behind.row_of, asked.what, asked.parts)
    if found.empty:
        st.info("There is no such row among what the filters let through.", icon=":material/filter_alt:")
        return
    _history(asked.what, found.iloc[0], f"row-{asked.text}", ())


def _history(kind: str, found: "pd.Series[Any]", key: str, private: tuple[str, ...]) -> None:
    """Where a row comes from: its upload in words, then all its states."""
    seen = scope()
    if seen is None:
        return
    with open_store().read() as cursor:
        told = states(cursor, kind, {name: str(found[name]) for name in BY_KIND[kind].keys}, seen.known_at)
    newest = told[0].told
    where = f"{newest.what} {newest.file}".strip()
    dated = f", data as of {day(newest.status_date)}" if newest.status_date else ""
    reason = f". Reason: {newest.reason}" if newest.reason else ""
    st.markdown(
        f"**{plain(' / '.join(str(found[name]) for name in BY_KIND[kind].keys if found[name] != ''))}** "
        f"of {_called(kind)} stands as upload {newest.number} told it: "
        f"{plain(where)} by {plain(newest.who)}{dated}{plain(reason)}."
    )
    rows(_table(told, private), key=key, columns=HISTORY)
    cells = {name: text for name, text in told[0].cells.items() if text and name not in private}
    with st.expander("The row as it stands", icon=":material/table_rows:"):
        st.dataframe(pd.DataFrame([cells]), hide_index=True, key=f"{key}-cells")


def _table(told: list[State], private: tuple[str, ...]) -> pd.DataFrame:
    """One line a state, the newest first, and one for an upload that took the row away."""
    lines = []
    for state in told:
        if state.gone and state.until is not None:
            lines.append((state.until, "the row was taken back"))
        lines.append((state.told, _changed(state, private)))
    return pd.DataFrame(
        [
            {
                "upload": upload.number, "status_date": upload.status_date, "changed": said, "who": upload.who,
                "what": f"{upload.what}, since undone" if upload.undone else upload.what, "file": upload.file,
                "at": upload.at, "reason": upload.reason,
            }
            for upload, said in lines
        ]
    )  # fmt: skip


def _changed(state: State, private: tuple[str, ...]) -> str:
    changed = [
        f"{change.column}: {change.before or 'empty'} → {change.after or 'empty'}"
        for change in state.changed
        if change.column not in private
    ]
    return "; ".join(changed) or ("something that is not shown" if state.changed else "the row came in")


def _called(kind: str) -> str:
    return kind.replace("_", " ")


def _height(table: pd.DataFrame, most: int) -> int:
    return min(38 + 35 * len(table), most)
