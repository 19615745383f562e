"""A KPI by month against its own past, wherever a page has it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics import sides
from analytics.catalogue import BY_ID
from analytics.control import ADDED, FIRM, Control, by_month, control
from analytics.verdict import Verdict
from analytics.words import SHORT_UNITS, count
from charts import xmr
from charts.verdicts import SYMBOLS
from ui.ask import ask
from ui.behind import figure as rows_of
from ui.choose import choose
from ui.compare import WORD_COLOURS
from ui.scope import scope
from ui.show import chart, look, plain

KPI, CRO = "trend-kpi", "trend-cro"
"""The parameters of the address that say whose trend of what is shown."""
NO_WORD = (None, Verdict.TOO_FEW)
TRIED = 6
"""KPIs of which the first with a word is shown first: each costs a question, and an empty chart tells nothing."""
MONTHS: dict[str, Any] = {
    "month": "Month",
    "value": st.column_config.NumberColumn("Value", format="%.2f"),
    "n": st.column_config.NumberColumn("Cases", format="%.0f"),
    "numerator": st.column_config.NumberColumn("Numerator", format="%.6g"),
    "denominator": st.column_config.NumberColumn("Denominator", format="%.6g"),
    "mean": st.column_config.NumberColumn("Mean", format="%.2f"),
    "low": st.column_config.NumberColumn("Lower limit", format="%.2f"),
    "high": st.column_config.NumberColumn("Upper limit", format="%.2f"),
    "signal": "Signal",
    "side": None,
}


def trends(kpis: Sequence[str], *, cro: str = "", engagement: str = "") -> None:
    """The control chart of one of the KPIs that have months: of a CRO or engagement, else of a chosen CRO, or all."""
    asked = scope()
    called = {} if cro or engagement else ask(sides.names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        monthly = [kpi for kpi in kpis if by_month(BY_ID[kpi])]
        first = next((kpi for kpi in monthly[:TRIED] if ask(control, kpi, cro, engagement).verdict not in NO_WORD), "")
        named = {kpi: BY_ID[kpi].label for kpi in sorted(monthly, key=lambda kpi: kpi != first)}
        picked = choose("KPI", named, KPI)
        if called:
            cro = choose("CRO", called, CRO, placeholder="All CROs together") or ""
    if picked is None or asked is None:
        return
    kpi, seen = BY_ID[picked], ask(control, picked, cro, engagement)
    limit = ask(sides.limit, picked, cro, engagement)
    figure = xmr.figure(
        seen.points, look(), unit=SHORT_UNITS.get(kpi.unit, kpi.unit).strip(), better=kpi.better.value,
        what=f"{kpi.label}, {called[cro]}" if cro in called else kpi.label, verdict=seen.verdict, since=seen.since,
        trial=seen.trial, reason=seen.reason, green=limit.green, red=limit.red, as_of=asked.as_of,
    )  # fmt: skip
    _word(picked, seen)
    chart(
        figure,
        seen.points,
        key="trend",
        alt=f"{kpi.label} by month, with its usual limits.",
        columns=MONTHS,
        behind=lambda line: rows_of(picked, cro, engagement, str(line["month"])[:7]),
    )


def _word(kpi: str, seen: Control) -> None:
    """The one word, and behind it what it rests on."""
    said = Verdict.TOO_FEW if seen.verdict is None else seen.verdict
    told = seen.points[seen.points["value"].notna()]
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"{SYMBOLS[said]} {said.value}"
        colour = WORD_COLOURS.get(said)
        st.markdown(
            f"Against its own past: {f':{colour}[**{text}**]' if colour else f'**{text}**'} · "
            f"{count(len(told), 'month')} with enough cases",
            width="content",
        )
        with st.popover("How sure?", icon=":material/help:", type="tertiary"):
            if kpi in ADDED:
                st.markdown("A month shows what it added, not all to date: else every month would repeat the others.")
            for sentence in _sureness(seen, told):
                st.markdown(plain(sentence))


def _sureness(seen: Control, told: pd.DataFrame) -> list[str]:
    """Limits, rules, and the months that were left out."""
    if told.empty:
        return [f"{(seen.reason or 'No month has enough cases').capitalize()}."]
    last, said = told.iloc[-1], []
    if pd.notna(last["mean"]):
        said.append(
            f"Mean {last['mean']:,.2f}, limits {last['low']:,.2f} to {last['high']:,.2f}: the mean ± 3/1.128 of the "
            "mean difference between one month and the next (XmR chart), never beyond what the value can be."
        )
        said.append(
            "A signal is a month outside the limits; seven rising or falling; two of three beyond two thirds of the "
            "way to a limit; seven on one side of the mean. The word is that of the newest signal of the last three "
            "months."
        )
    if seen.trial:
        said.append(f"Fewer than {FIRM} months: the limits are trial limits, and will move.")
    if seen.reason:
        said.append(f"{seen.reason.capitalize()}.")
    gaps = seen.points[seen.points["value"].isna()]
    if not gaps.empty:
        months = ", ".join(f"{row['month']} ({row['n'] or 0:.0f})" for row in gaps.to_dict("records"))
        said.append(f"Left out, with too few cases: {months}. No rule looks across them.")
    return [*said, "It compares the KPI with itself: it says nothing of the threshold, and changes no colour."]
