"""Parts of the responsiveness page that several of its tabs share."""

import streamlit as st

from analytics import responsiveness as numbers
from analytics import words
from analytics.catalogue import BY_ID
from analytics.sides import limit
from charts import ageing as ageing_chart
from charts import curves as curves_chart
from ui.ask import ask
from ui.behind import of_cro, row
from ui.columns import DATE
from ui.scope import scope
from ui.show import chart, drawn, look, rows

WAITS: dict[numbers.Who, dict[numbers.Wait, str]] = {
    "cro": {"response": "First response", "resolution": "Resolution"},
    "sponsor": {"response": "First response", "resolution": "Resolution"},
    "queries": {"resolution": "Resolution", "response": "First response"},
}
KPIS = {("cro", "response"): "R01", ("cro", "resolution"): "R03", ("queries", "resolution"): "Q04"}
"""The KPI whose rows a curve of a CRO rests on."""
BY = {"cro": "CRO", "priority": "Priority", "topic": "Topic", "month": "Month opened", "all": "All together"}
MONTHLY = {"R02": "Answered within the SLA", "R01": "First response", "R03": "Resolution"}
UNITS = {
    "R02": ("%", "share"),
    "R01": ("h", "median, in business hours,"),
    "R03": ("days", "median, in business days,"),
}
OPEN_COLUMNS = {
    "request": "Request", "study": "Study", "cro": "CRO", "engagement": "Engagement", "topic": "Topic",
    "priority": "Priority", "opened": st.column_config.DateColumn("Opened", format=DATE),
    "age_days": st.column_config.NumberColumn("Open for", format="%d days"),
    "answered": st.column_config.CheckboxColumn("Answered", help="It had a first answer, and is not settled."),
    "escalation": st.column_config.NumberColumn("Escalation", help="Level reached, 0 to 3."), "sla": "Response SLA",
}  # fmt: skip
GROUPS = {
    "label": "Of", "value": st.column_config.NumberColumn("Within SLA", format="%.1f %%"),
    "low": st.column_config.NumberColumn("95 % from", format="%.1f %%"),
    "high": st.column_config.NumberColumn("to", format="%.1f %%"), "numerator": "Met", "denominator": "Judged",
    "n": None, "band": None, "requests": "Requests", "pending": "Pending", "open": "Open",
    "over_30_days": "Open over 30 days",
    "median": st.column_config.NumberColumn("Median, business hours", format="%.1f"),
    "p90": st.column_config.NumberColumn("9 of 10 within, business hours", format="%.1f", help="Empty: not reached."),
}  # fmt: skip


def curves(who: numbers.Who) -> None:
    """How long what was asked stays open: curves, their medians, and how sure they are."""
    asked = scope()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wait = st.segmented_control(
            "Until", list(WAITS[who]), default=next(iter(WAITS[who])), key=f"wait-{who}", bind="query-params",
            required=True, format_func=lambda option: WAITS[who][option],
        )  # fmt: skip
        by = st.segmented_control(
            "By", list(BY), default="cro", key=f"curves-by-{who}", bind="query-params", required=True,
            format_func=lambda option: BY[option],
        )  # fmt: skip
        priority = st.selectbox(
            "Priority", ["", *ask(numbers.priorities)], key=f"priority-{who}", bind="query-params", width=140,
            format_func=lambda option: option or "All",
        )  # fmt: skip
        whole = st.toggle("All requests ever, not only the last 12 months", key=f"whole-{who}", bind="query-params")
    seen = ask(numbers.waits, wait, by, who, priority, whole)
    as_of = asked.as_of if asked else None
    few = tuple(seen.summary.loc[seen.summary["n"] < numbers.ROWS[who].min_n, "label"])
    figure = curves_chart.figure(
        seen.curves, look(), sla=seen.line if seen.share == 1 else None, unit=seen.unit, few=few, as_of=as_of
    )
    alt = f"Share of requests still open by {seen.unit} since they were asked, by {BY[by]}."
    drawn(figure, key=f"curves-{who}", alt=alt)
    kpi = KPIS.get((who, wait)) if by == "cro" else None
    rows(numbers.medians(seen), key=f"{who}-{wait}-by-{by}", behind=of_cro(kpi, "") if kpi else None)
    _how_sure(seen)


def _how_sure(seen: numbers.Waits) -> None:
    with st.popover("How sure?", icon=":material/help:"):
        st.write(
            f"{words.count(seen.n, 'request')}, of which {seen.waiting:,} are still waiting. Each of these counts "
            "as waiting up to the as-of date and is then censored (Kaplan and Meier); the interval of a median is "
            "read off the 95 % band of its curve (Brookmeyer and Crowley)."
        )
        if seen.share is not None and seen.share < 1:
            st.write(
                f"The SLA differs by priority, so no one line is drawn: {100 * seen.share:.0f} % of the requests have "
                f"{seen.line:g} {seen.unit}. Choose a priority to see its own."
            )
        if seen.untimed:
            st.write(f"{words.count(seen.untimed, 'request')} without a time of day: their hours are not reported.")
        st.write(
            "What the median would be if only what is over were counted: **misleading**, too low where much waits."
        )
        st.dataframe(numbers.misled(seen), hide_index=True)


def open_now(who: numbers.Who) -> None:
    """What is open, by age, and the oldest by name."""
    asked, table = scope(), ask(numbers.ageing, who)
    figure = ageing_chart.figure(table, look(), as_of=asked.as_of if asked else None)
    chart(figure, table, key=f"ageing-{who}", alt="Open requests of each CRO by days since they were asked.")
    st.subheader("The oldest, by name")
    oldest(who)


def oldest(who: numbers.Who) -> None:
    """The table of what has been open longest."""
    table = ask(numbers.oldest, who)
    if table.empty:
        st.success("Nothing is open here.", icon=":material/check:")
        return
    rows(table, key=f"oldest-{who}", columns=OPEN_COLUMNS, behind=lambda line: row("requests", line["request"]))


def target(kpi_id: str) -> dict[str, object]:
    """What the chart by month needs to know of a KPI."""
    kpi, (unit, what) = BY_ID[kpi_id], UNITS[kpi_id]
    return {"threshold": ask(limit, kpi_id).green, "unit": unit, "better": kpi.better.value, "what": what}


def bands(kpi_id: str) -> dict[str, object]:
    """The thresholds of a KPI as a chart of shares needs them."""
    kpi, held = BY_ID[kpi_id], ask(limit, kpi_id)
    return {"green": held.green, "red": held.red, "unit": kpi.unit, "better": kpi.better.value}
