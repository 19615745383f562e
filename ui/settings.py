"""Thresholds and weights: what holds, for whom and on what it rests; and a form that sets one."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analytics import targets
from analytics.catalogue import BY_ID, DIRECTIONS, RATED
from analytics.headline import limits_words
from analytics.kpi import Kpi, contradicts
from analytics.scope import Scope, newest
from analytics.thresholds import Threshold
from analytics.words import SHORT_UNITS, count, day
from charts.theme import SYMBOL
from data import commands
from data.contracts import BY_KIND
from data.store import Stamp
from ui.ask import ask
from ui.columns import DATE
from ui.show import plain, rows
from ui.store import open_store

TOLD = "_target_told"
BASES = BY_KIND["targets"]["basis"].choices
IN_FORCE: dict[str, Any] = {
    "label": st.column_config.TextColumn("KPI", pinned=True),
    "domain": "Domain",
    "whom": st.column_config.TextColumn("For", help="The most particular holds: engagement, then CRO, then all."),
    "limits": "Thresholds",
    "weight": st.column_config.NumberColumn("Weight", help="Within its domain; 0 switches it off.", format="%.6g"),
    "scored": st.column_config.CheckboxColumn("Scored", help="What is not scored is shown beside the score."),
    "since": st.column_config.DateColumn("Since", format=DATE),
    "basis": st.column_config.TextColumn("Rests on", width="large"),
}
COMING: dict[str, Any] = {
    "label": "KPI",
    "whom": "For",
    "since": st.column_config.DateColumn("Holds from", format=DATE),
    "green": "Green",
    "red": "Red",
    "weight": "Weight",
}


def settings(seen: Scope) -> None:
    """What holds at the as-of date, what is agreed for later, and the form."""
    st.subheader("Thresholds and weights", anchor=False)
    if told := st.session_state.pop(TOLD, None):
        st.success(plain(told), icon=":material/check:")
    held = ask(targets.in_force)
    if held.empty:
        st.info("No KPI has a row yet, so none is in use.", icon=":material/straighten:")
    else:
        st.markdown(plain(_summary(held, seen.as_of)))
        for row in held[held["contradicts"].astype(bool)].to_dict("records"):
            st.error(plain(f"{row['label']}, {row['whom']}: red is better than green, {row['limits']}. Set it anew."))
        rows(held[list(IN_FORCE)], key="in-force", columns=IN_FORCE, height=min(38 + 35 * len(held), 420))
    later = ask(targets.coming)
    if not later.empty:
        st.markdown(f"**Agreed, not in force yet: {len(later)}**")
        rows(later[list(COMING)], key="coming", columns=COMING)
    with st.expander("Set a target", icon=":material/edit:"):
        _form(seen)


def _summary(held: pd.DataFrame, as_of: date) -> str:
    """`30 KPIs in use on 31 Oct 2026; 28 of them at default thresholds. Different: ...`."""
    general = held[(held["cro_id"] == "") & (held["engagement_id"] == "")]
    default, own = int(general["since"].isna().sum()), held.drop(general.index)
    many = "all" if default == len(general) else f"{default} of them"
    said = f"{count(len(general), 'KPI')} in use on {day(as_of)}; {many} at default thresholds."
    if own.empty:
        return f"{said} They are the same for every CRO."
    named = [f"{row['label']} for {row['whom']}" for row in own.head(3).to_dict("records")]
    more = [f"and {len(own) - 3} more"] if len(own) > 3 else []
    return f"{said} Different: {'; '.join([*named, *more])}."


def _form(seen: Scope) -> None:
    whose = ask(targets.whose)
    first, second, third = st.columns(3)
    kpi = BY_ID[first.selectbox("KPI", [one.id for one in RATED], format_func=_label, key="target-kpi")]
    cro, engagement = second.selectbox("For", list(whose), format_func=lambda key: whose[key], key="target-whom")
    starts = third.date_input("Holds from", value=seen.as_of, format="YYYY-MM-DD", key="target-from")
    held: Threshold = ask(targets.held, kpi.id, cro, engagement)
    st.caption(plain(f"Now: {limits_words(kpi, held.green, held.red)}, weight {held.weight:g} ({held.words})."))
    green, red, weight = _numbers(kpi, held, f"{kpi.id}-{cro}-{engagement}")
    first, second, third = st.columns(3)
    basis = first.selectbox("Rests on", BASES, index=BASES.index("agreed"), key="target-basis")
    agreed = second.date_input("Agreed on", value=None, format="YYYY-MM-DD", key="target-agreed")
    clause = third.text_input("Clause", key="target-clause", help="Of the contract.")
    who = st.text_input(
        "Your name", value=st.session_state.get("who", ""), key="target-who", help="Stands in the ledger."
    )
    if not st.button("Save", type="primary", key="target-save"):
        return
    if wrong := _wrong(kpi, green, red, weight, starts, who):
        st.error(plain(wrong))
        return
    st.session_state["who"] = who
    _save({
        "kpi_id": kpi.id, "cro_id": ask(targets.written_cro, kpi.id, cro, engagement), "engagement_id": engagement,
        "effective_from": _text(starts), "green": _text(green), "red": _text(red), "weight": _text(weight),
        "basis": basis, "agreed_on": _text(agreed), "clause": clause.strip(),
    }, who, f"{kpi.label} for {whose[cro, engagement]}")  # fmt: skip


def _numbers(kpi: Kpi, held: Threshold, key: str) -> tuple[float | None, float | None, float | None]:
    """Green, red and weight, beginning with those that hold; `key` makes them begin anew for another choice."""
    unit = SHORT_UNITS.get(kpi.unit, f" {kpi.unit}").strip()
    first, second, third = st.columns(3)
    green, red = (
        place.number_input(
            f"{SYMBOL[side]} {side.capitalize()} {words}" + (f", {unit}" if unit else ""),
            value=None if value is None else float(value), step=None, format="%g", key=f"target-{side}-{key}",
        )
        for place, side, words, value in (
            (first, "green", "from" if kpi.better == "higher" else "up to", held.green),
            (second, "red", "under" if kpi.better == "higher" else "over", held.red),
        )
    )  # fmt: skip
    weight = third.number_input(
        "Weight", value=held.weight, min_value=0.0, max_value=100.0, format="%g", key=f"target-weight-{key}",
        help="Within its domain; 0 switches the KPI off.",
    )  # fmt: skip
    return green, red, weight


def _wrong(kpi: Kpi, green: Any, red: Any, weight: Any, starts: Any, who: str) -> str:
    """What keeps a target from being saved; nothing where it is fine."""
    if green is None or red is None or weight is None or not isinstance(starts, date) or not who.strip():
        return "A target needs green, red, a weight, the day from which it holds, and your name."
    if contradicts(kpi.better, green, red):
        return f"Red must not be better than green. Of {kpi.label} {kpi.better} is better."
    return ""


def _save(target: dict[str, str], who: str, named: str) -> None:
    now, store = datetime.now(UTC), open_store()
    with store.read() as cursor:
        told, _ = newest(cursor)
    # A target has a day of its own; that of the upload is that of the data, so that no page moves on by it.
    stamp = Stamp(
        who=who.strip(), role="user", at=now, status_date=min(now.date(), told or now.date()),
        reason="set on the settings page",
    )  # fmt: skip
    saved = commands.edit(store, "targets", [target], stamp, kpis=DIRECTIONS)
    if saved.accepted and saved.upload is None:
        st.info("This holds already; nothing was saved.")
    elif saved.accepted:
        st.session_state[TOLD] = (
            f"Saved: {named}, from {target['effective_from']}. Upload {saved.upload} in the ledger."
        )
        st.rerun()
    for file in saved.files:
        for problem in file.problems:
            st.error(plain(f"{problem.column}: {problem.message}"))


def _label(kpi: str) -> str:
    return f"{BY_ID[kpi].label} ({kpi})"


def _text(value: Any) -> str:
    """As a file would have it: always six decimals, so that no point can be taken for one of thousands."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else f"{value:.6f}"
