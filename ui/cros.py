"""What the page of the CROs shows: their list, and one of them."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics import cro as numbers
from analytics.changes import difference
from analytics.kpi import Band, Domain
from analytics.matrix import domain_band
from analytics.score import SCALE, Score, Scorecard
from analytics.sentences import why_red
from analytics.words import BAND_WORDS, count, day, lateness, signed
from analytics.words import score as points
from charts.theme import SYMBOL
from ui.behind import row
from ui.choose import set_choice
from ui.columns import DATE, written
from ui.kpi_line import band_word, tiles
from ui.scope import address
from ui.show import picked_row, plain, rows

CRO = "cro"
"""The parameter of the address that says which CRO is shown."""

LIST: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "score": st.column_config.TextColumn(
        "Performance", help="0 to 100, the mean of the domains in use; late items that others caused are left out."
    ),
    "studies": st.column_config.TextColumn("Study status", help="Of the active studies, all causes counted."),
    "coverage": st.column_config.TextColumn(
        "Coverage", help="Weight that is rated, of the weight in use; what a stale KPI lacks is read at its worst."
    ),
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
    "why": st.column_config.TextColumn("Red, or held by", width="large"),
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
    "green_text": None,
    "red_text": None,
    "low": "Lowest",
    "high": "Highest",
    "previous": "Last quarter",
    "band": "Band",
    "n": "n",
    "word": "How sure",
    "stale": st.column_config.CheckboxColumn("Stale"),
}
SINCE = {"request": "Asked", "change order": "Requested"}
LATE = ("milestone", "deliverable", "action")
"""What has a due date: its days are said against it; those of the others count from when it was asked for."""
OWNER = {"request": "Priority", "action": "Owner", "deliverable": "Responsible"}
SIDED = ("request", "change order", "action")


def light(band: Band) -> str:
    """Symbol and word of a band."""
    return f"{SYMBOL[band]} {BAND_WORDS[band]}"


def listed(now: Scorecard, found: pd.DataFrame, since: str) -> None:
    """The list, as of `analytics.cro.overview`; a chosen row opens its CRO."""
    used = [domain for domain in Domain if domain.value in found]
    table = pd.DataFrame({"cro": found["cro"]})
    table["score"] = [
        f"{SYMBOL[band]} {_points(score) if pd.notna(score) else BAND_WORDS[band]}"
        for band, score in zip(found["band"], found["score"], strict=True)
    ]
    table["change"] = [_change(numbers.number(change)) for change in found["change"]]
    table["studies"] = [
        f"{SYMBOL[numbers.study_light(numbers.engagements(now, cro))]} {words}"
        for cro, words in zip(found["cro_id"], found["studies"], strict=True)
    ]
    for domain in used:
        table[domain.value] = [_domain(now.scores[cro], domain) for cro in found["cro_id"]]
    table["coverage"] = [
        f"{share:.0f} %{f', {stale} stale' if stale else ''}"
        for share, stale in zip(found["coverage"], found["stale"], strict=True)
    ]
    table["data_to"], table["why"] = found["data_to"], found["why"]
    st.markdown(f"**{plain(numbers.summary(found))}** Select a row to open the CRO.")
    columns = LIST | {"change": st.column_config.TextColumn(f"Since {since}", help="Points of the score.", width=95)}
    columns |= {domain.value: st.column_config.TextColumn(width=max(70, 9 * len(domain.value))) for domain in used}
    names = list(found["cro_id"])
    rows(
        table,
        key="cros",
        columns=columns,
        height=min(38 + 35 * len(table), 900),
        picked=lambda: _open(names),
        written=written(table, ["score", "studies", *(domain.value for domain in used)]),
    )
    st.caption(
        f"Red before amber before green, then the lower score first. {SCALE}. "
        f"{SYMBOL['too_few']} too few, {SYMBOL['not_reported']} not reported."
    )


def head(now: Scorecard, then: Scorecard, cro: str, since: str, light_since: str) -> None:
    """Both lights, since when that of the CRO is what it is, the score, and what they rest on."""
    score, own = now.scores[cro], numbers.engagements(now, cro)
    st.button("All CROs", icon=":material/arrow_back:", on_click=_close, type="tertiary")
    st.header(plain(now.names[cro]), anchor=False)
    said = numbers.verdict(score)
    if score.band is Band.RED:
        said = f"{points(score.value)} of 100, red: {why_red(now, cro)}."
    st.markdown(plain(said))
    before = then.scores.get(cro)
    change = difference(score.value, before.value if before else None)
    performance, status, coverage, moved = tiles(4, "cro")
    with performance:
        st.metric("CRO performance", points(score.value), help="0 to 100: the mean of the domains in use.")
        st.markdown(f"{band_word(score.band, BAND_WORDS[score.band])} {plain(light_since)}")
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
            band = domain_band(now, domain)
            st.metric(domain.value, points(value))
            st.markdown(band_word(band, BAND_WORDS[band]))
            moved = signed(change)
            st.caption(f"{moved} since {since}" if moved else f"as in {since}" if change is not None else "–")


def studies(own: pd.DataFrame) -> None:
    """The engagements of a CRO; a chosen row opens its study."""
    table = own.assign(status=own["status"].map(light), score=own["score"].map(_points))[list(STUDIES)]
    rows(table, key="cro-studies", columns=STUDIES, picked=lambda: None, written=written(table, ["status"]))
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
        table = own[[*shown, "row"]]
        rows(
            table,
            written=written(table, words={"days": _overdue} if kind in LATE else {}),
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
        "days": st.column_config.NumberColumn("Against the date" if kind in LATE else "Days open"),
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


def _overdue(days: float) -> str:
    """`12 days late`, `due in 34 days`, `due today`: days since a due date."""
    if days > 0:
        return lateness(days)
    return f"due in {count(-days, 'day')}" if days else "due today"


def _domain(score: Score, domain: Domain) -> str:
    """Symbol and score; the symbol alone where it is not rated."""
    value = score.domains.get(domain)
    return f"{SYMBOL[domain_band(score, domain)]} {'' if value is None else points(value)}".strip()


def _open(ids: list[str]) -> None:
    place = picked_row("cros")
    if place is not None:
        set_choice(CRO, ids[place])


def _close() -> None:
    set_choice(CRO, None)
