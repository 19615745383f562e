"""What the page of the CROs shows: their list, and one of them."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics import cro as numbers
from analytics.kpi import Band, Domain
from analytics.score import Score, Scorecard, score_band
from analytics.words import BAND_WORDS, count, day, signed
from analytics.words import score as points
from charts.theme import SYMBOL
from ui.behind import row
from ui.choose import set_choice
from ui.columns import DATE
from ui.kpi_line import band_word, tiles
from ui.scope import address
from ui.show import picked_row, plain, rows

CRO = "cro"
"""The parameter of the address that says which CRO is shown."""

LIST: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "light": st.column_config.TextColumn("Performance", help="Late items that others caused are left out."),
    "score": st.column_config.TextColumn("Score", help="0 to 100: the mean of the domains in use."),
    "studies": st.column_config.TextColumn("Study status", help="Of the active studies, all causes counted."),
    "coverage": st.column_config.TextColumn(
        "Coverage", help="Weight that is rated, of the weight in use, and how many domains are in use."
    ),
    "stale": st.column_config.NumberColumn("Stale KPIs", help="They keep the points that they last had."),
    "data_to": st.column_config.DateColumn(
        "Data to", format=DATE, help="Up to when every active study was told of; of any where none is active."
    ),
    "why": st.column_config.TextColumn("Held by", width=150, help="Why the light is worse than the score."),
}
STUDIES: dict[str, Any] = {
    "study": st.column_config.TextColumn("Study", pinned=True),
    "title": "Title",
    "status": st.column_config.TextColumn("Study status", help="All causes counted."),
    "score": "Score",
    "why": st.column_config.TextColumn("Off target, or held by", width="large"),
    "active": st.column_config.CheckboxColumn("Active"),
    "last_told": st.column_config.DateColumn("Data to", format=DATE),
}
CONTRIBUTIONS: dict[str, Any] = {
    "kpi": "KPI",
    "domain": "Domain",
    "points": st.column_config.NumberColumn("Points of 100", format="%.1f"),
    "weight": st.column_config.NumberColumn("Weight"),
    "contribution": st.column_config.NumberColumn("Takes off the score", format="%.2f"),
    "stale": st.column_config.CheckboxColumn("Stale"),
}
BULLETS: dict[str, Any] = {
    "label": "KPI",
    "unit": "Unit",
    "text": "In words",
    "value": "Value",
    "green": "Green from",
    "red": "Red beyond",
    "better": "Better",
    "low": "Lowest",
    "high": "Highest",
    "previous": "Last quarter",
    "band": "Band",
    "n": "n",
    "word": "How sure",
    "stale": st.column_config.CheckboxColumn("Stale"),
}
SINCE = {"request": "Asked", "change order": "Requested"}
DAYS = {"milestone": "Days late", "deliverable": "Days late", "action": "Days late"}
OWNER = {"request": "Priority", "action": "Owner", "deliverable": "Responsible"}
SIDED = ("request", "change order", "action")


def light(band: Band) -> str:
    """Symbol and word of a band."""
    return f"{SYMBOL[band]} {BAND_WORDS[band]}"


def listed(found: pd.DataFrame, since: str) -> None:
    """The list, as of `analytics.cro.overview`; a chosen row opens its CRO."""
    used = [domain.value for domain in Domain if domain.value in found]
    table = pd.DataFrame({"cro": found["cro"], "light": found["band"].map(light), "score": found["score"].map(_points)})
    table["change"] = [_change(numbers.number(change)) for change in found["change"]]
    table["studies"], table["why"] = found["studies"], found["why"]
    for name in used:
        table[name] = found[name].map(_domain)
    table["coverage"] = [
        f"{share:.0f} % of {number}" for share, number in zip(found["coverage"], found["domains"], strict=True)
    ]
    table["stale"], table["data_to"] = found["stale"], found["data_to"]
    st.markdown(f"**{plain(numbers.summary(found))}** Select a row to open the CRO.")
    columns = LIST | {"change": st.column_config.TextColumn(f"Since {since}", help="Points of the score.")}
    names = list(found["cro_id"])
    rows(
        table,
        key="cros",
        columns=columns,
        height=min(38 + 35 * len(table), 900),
        picked=lambda: _open(names),
    )
    st.caption("Red before amber before green, then the lower score first. Green from 80, red under 60.")


def head(now: Scorecard, then: Scorecard, cro: str, since: str) -> None:
    """Both lights, the score, and what they rest on."""
    score, own = now.scores[cro], numbers.engagements(now, cro)
    st.button("All CROs", icon=":material/arrow_back:", on_click=_close, type="tertiary")
    st.header(plain(now.names[cro]), anchor=False)
    st.markdown(plain(numbers.verdict(score)))
    before = then.scores.get(cro)
    change = numbers.difference(score.value, before.value if before else None)
    performance, status, coverage, moved = tiles(4, "cro")
    with performance:
        st.metric("CRO performance", points(score.value), help="0 to 100: the mean of the domains in use.")
        st.markdown(band_word(score.band, BAND_WORDS[score.band]))
        with st.popover("How sure?", type="tertiary", icon=":material/help:"):
            for sentence in numbers.score_sureness(score):
                st.markdown(plain(sentence))
    with status:
        st.metric("Study status", numbers.study_words(own), help="Of the active studies, all causes counted.")
        st.markdown(band_word(numbers.study_light(own), BAND_WORDS[numbers.study_light(own)]))
    with coverage:
        st.metric("Coverage", f"{score.coverage:.0f} %", help="Weight that is rated, of the weight in use.")
        stale = numbers.stale(score)
        st.markdown(
            f"{score.domains_in_use} of {len(Domain)} domains in use"
            + (f", {count(len(stale), 'stale KPI')}" if stale else "")
        )
    with moved:
        st.metric(
            f"Since {since}",
            _change(change) or "–",
            help="Points of the score.",
        )
        told = numbers.data_to(own)
        st.markdown(f"Data to {day(told.date()) if pd.notna(told) else 'no date'}")


def domains(now: Score, then: Score | None, since: str) -> None:
    """A tile a domain in use."""
    found = numbers.domains(now, then)
    line = st.container(horizontal=True, key="domains")
    for domain, value, change in found:
        with line.container(width=165):
            band = Band.UNRATED if value is None else score_band(value)
            st.metric(domain.value, points(value))
            st.markdown(band_word(band, BAND_WORDS[band]))
            moved = signed(change)
            st.caption(f"{moved} since {since}" if moved else f"as in {since}" if change is not None else "–")


def studies(own: pd.DataFrame) -> None:
    """The engagements of a CRO; a chosen row opens its study."""
    table = own.assign(status=own["status"].map(light), score=own["score"].map(_points))[list(STUDIES)]
    rows(table, key="cro-studies", columns=STUDIES, picked=lambda: None)
    place = picked_row("cro-studies")
    if place is not None:
        chosen = own.iloc[place]
        st.switch_page("../pages/studies.py", query_params=address(engagement=chosen["engagement"]))
    st.caption("Choose a row to open the study.")


def open_items(found: pd.DataFrame) -> None:
    """What is open, a table a kind; kinds with nothing open are named at the end."""
    for kind, title in numbers.KINDS.items():
        own = found[found["kind"] == kind]
        if own.empty:
            continue
        st.subheader(f"{title}: {len(own)}")
        shown = ["item", "study", "since", "days"] + ["side"] * (kind in SIDED) + ["owner"] * (kind in OWNER)
        shown += ["value", "currency"] * (kind == "change order")
        rows(
            own[[*shown, "row"]],
            key=f"open-{kind.replace(' ', '-')}s",
            columns=_item_columns(kind),
            height=None if len(own) < 8 else 300,
            behind=lambda line: row(*line["row"]),
        )
    none = [title.lower() for kind, title in numbers.KINDS.items() if kind not in set(found["kind"])]
    if none:
        st.caption(f"None: {', '.join(none)}.")


def _item_columns(kind: str) -> dict[str, Any]:
    return {
        "item": st.column_config.TextColumn("What", width="large"),
        "study": "Study",
        "since": st.column_config.DateColumn(SINCE.get(kind, "Due"), format=DATE),
        "days": st.column_config.NumberColumn(DAYS.get(kind, "Days open"), help="Minus is still to come."),
        "side": "Waits for",
        "owner": OWNER.get(kind, ""),
        "value": st.column_config.NumberColumn("Value", format="localized"),
        "currency": "Currency",
        "row": None,
    }


def _change(value: float | None) -> str:
    """Whole points, or a tenth of one where that is all; nothing where it is not known."""
    return signed(value) or signed(value, 1) or ("no change" if value is not None else "")


def _points(value: float | None) -> str:
    return points(numbers.number(value))


def _domain(value: float | None) -> str:
    known = numbers.number(value)
    return "–" if known is None else f"{SYMBOL[score_band(known)]} {points(known)}"


def _open(ids: list[str]) -> None:
    place = picked_row("cros")
    if place is not None:
        set_choice(CRO, ids[place])


def _close() -> None:
    set_choice(CRO, None)
