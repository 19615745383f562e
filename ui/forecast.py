"""What will happen, as tabs: the milestones ahead, the end of the work and of its money, and the queues."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from analytics.budget import Line
from analytics.earned_value import against, grown
from analytics.forecast import words
from analytics.forecast.backtest import backtest
from analytics.forecast.chance import chances, only
from analytics.forecast.finish import FAR, finishes, finishes_of
from analytics.forecast.money import back_text, ends
from analytics.forecast.queue import queues
from charts import chances as chances_chart
from charts import finish as finish_chart
from charts import queue as queue_chart
from ui.ask import ask
from ui.behind import figure, milestone, of_cro
from ui.budget import amount
from ui.columns import COLUMNS, DATE, written
from ui.scope import scope
from ui.show import chart, look, nothing, plain, rows
from wording import count

Who = Literal["cro", "sponsor", "queries"]


def _date(label: str, meaning: str = "") -> Any:
    return st.column_config.DateColumn(label, format=DATE, help=meaning or None)


def _percent(label: str, meaning: str = "") -> Any:
    return st.column_config.NumberColumn(label, format="%.0f", help=meaning or None)


CHANCES: dict[str, Any] = COLUMNS | {
    "cro_id": None,
    "code": None,
    "chance": _percent("Chance, %", "That it is reached by its due date; 0 once that has passed."),
    "chance_low": _percent("from", "95 % interval of the chance, by bootstrap."),
    "chance_high": _percent("to"),
    "forecast": _date("CRO's forecast"),
    "p10": _date("Early", "One in ten comes before this day."),
    "p50": _date("Middle"),
    "p90": _date("Late", "One in ten comes after this day."),
    "cases": _percent("Past cases"),
    "own_cases": _percent("Of this CRO"),
    "basis": st.column_config.TextColumn("Errors of", help="Whose past errors they are: forecasts told, or baselines."),
    "reason": "Why there is no range",
}
FINISHES: dict[str, Any] = COLUMNS | {
    "cro_id": None,
    "month_end": _date("Reported to"),
    "planned": _date("Planned end"),
    "as_planned": _date("Rest as planned", "PF = 1"),
    "at_pace": _date("At the pace so far", "PF = SPI(t)"),
    "at_pace_and_value": _date("At both paces", "PF = SPI(t) x SPI"),
    "low": None,
    "high": None,
    "reason": "Why there is no end",
    "burn": st.column_config.NumberColumn("Spent a month", format="localized", help="Contract currency, three months."),
    "gone": _date("Budget gone"),
    "worked": _date("Work done", "At the rate of work of the same months."),
    "gone_reason": "About the budget",
    "short_days": st.column_config.Column(
        "Money for the work", help="Days between the end of the budget and of the work."
    ),
}
QUEUES: dict[str, Any] = {
    "cro_id": None,
    "label": "CRO",
    "open": _percent("Open now"),
    "came": st.column_config.NumberColumn("Come in a week", format="%.1f"),
    "went": st.column_config.NumberColumn("Settled a week", format="%.1f"),
    "expected": _percent("In four weeks"),
    "low": _percent("from", "80 % range"),
    "high": _percent("to"),
    "weeks": _percent("Weeks looked back"),
    "reason": "Why there is no forecast",
}


def _money(line: Line) -> dict[str, Any]:
    return {
        "label": {"cro": "CRO", "engagement": "Study"}[line],
        "n": st.column_config.NumberColumn("Engagements", help="Running, with work left and earned value reported."),
        "currency": "Currency",
        "bac": amount("Budget (BAC)", ""),
        "ev": amount("Earned (EV)", ""),
        "ac": amount("Spent (AC)", ""),
        "eac_low": amount("Lowest EAC", ""),
        "eac": amount("Rated EAC", "", "AC + (BAC - EV) / (CPI x SPI)"),
        "eac_high": amount("Highest EAC", ""),
        "own": amount("CRO's forecast", "", "Spent so far and what the CRO says is still to come."),
        "cpi": st.column_config.NumberColumn("CPI so far", format="%.2f"),
        "tcpi_bac": st.column_config.NumberColumn(
            "CPI needed for the budget", format="%.2f", help="TCPI: (BAC - EV) / (BAC - AC)."
        ),
        "tcpi_eac": st.column_config.NumberColumn("for the rated EAC", format="%.2f"),
        "tcpi_own": st.column_config.NumberColumn("for the CRO's forecast", format="%.2f"),
        "gone": _date("First budget gone", "Of those that are gone before their work is done."),
        "short": st.column_config.NumberColumn("Budgets gone early"),
        "reason": "Why a figure is missing",
    }


def timelines() -> None:
    """The milestones ahead, and the end of each study by earned schedule."""
    _milestones(ask(chances), "milestones-ahead")
    _ends(ask(finishes), "ends-of-studies", money=False)


def budget(line: Line) -> None:
    """When each budget is gone, and what it takes to come back to it."""
    _ends(ask(finishes), "budgets-and-work", money=True)
    found = ask(ends, line)
    st.subheader(plain(back_text(found)), anchor=False)
    amounts = ["bac", "ev", "ac", "eac_low", "eac", "eac_high", "own"]
    told = found.assign(**{name: found[name].round() for name in amounts})
    first = ["label", "n", "cpi", "tcpi_bac", "tcpi_eac", "tcpi_own", "currency"]
    rows(told[[*first, *told.columns.drop(first)]], key=f"come-back-{line}", columns=_money(line))
    seen = scope()
    if seen is not None:
        st.caption(
            plain(
                f"{against(seen.baseline)} Of running engagements with work left; the KPI TCPI counts those that are "
                "done or have ended too."
            )
        )
    _how_sure(words.MONEY)


def requests(who: Who = "cro") -> None:
    """The queues of open requests in four weeks."""
    found, seen = ask(queues, who), scope()
    if found.empty or seen is None:
        nothing("No requests yet.", "requests")
        return
    chart(
        queue_chart.figure(found, look(), as_of=seen.as_of),
        found,
        key=f"queues-{who}",
        alt="Open requests of each CRO now and in four weeks, with the 80 % range.",
        columns=QUEUES,
        behind=of_cro("R04"),
    )
    _how_sure(words.QUEUE)


def study(engagement: str) -> None:
    """The milestones ahead of one study, and the end of its work and of its money."""
    _milestones(ask(only, engagement), f"milestones-ahead-{engagement}")
    _ends(ask(finishes_of, engagement), f"end-{engagement}", money=False)


def _milestones(found: pd.DataFrame, key: str) -> None:
    seen = scope()
    if seen is None:
        return
    chart(
        chances_chart.figure(found, look(), as_of=seen.as_of),
        found,
        key=key,
        alt="Open milestones: due date, the CRO's own forecast, the 80 % range of dates, and the chance to be met.",
        columns=CHANCES,
        behind=milestone,
    )
    if told := words.untold(found):
        st.caption(plain(told))
    _how_sure(words.CHANCE, key)


def _ends(found: pd.DataFrame, key: str, money: bool) -> None:
    seen = scope()
    if seen is None:
        return
    chart(
        finish_chart.figure(found, look(), as_of=seen.as_of, far=FAR, money=money),
        found,
        key=key,
        alt="When each budget is gone and its work done." if money else "Planned end of each study, and its range.",
        columns=FINISHES,
        written=written(found, words={"short_days": _short, "burn": lambda amount: f"{amount:,.0f}"}),
        behind=_of_engagement,
    )
    if told := words.unended(found, money):
        st.caption(plain(told))
    if not money:
        if told := ask(grown):
            st.caption(plain(told))
        _how_sure(words.FINISH)


def _short(days: float) -> str:
    return f"{count(days, 'day')} short" if round(days) > 0 else "lasts"


def _of_engagement(found: Mapping[str, Any]) -> str:
    return figure("T08", engagement=str(found["engagement"]))


def _how_sure(sentences: tuple[str, ...], tested: str = "") -> None:
    """How it is made. `tested` is the key of a button that sets earlier forecasts against what came of them."""
    with st.popover("How sure?", type="tertiary", icon=":material/help:"):
        for sentence in sentences:
            st.markdown(plain(sentence))
        if tested and st.button("What did earlier forecasts come to?", key=f"backtest-{tested}"):
            for sentence in ask(backtest).sentences():
                st.markdown(plain(sentence))
