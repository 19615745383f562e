"""How long do we wait, and who waits?"""

import streamlit as st

from analytics import responsiveness as numbers
from analytics.catalogue import of_domain
from analytics.headline import headline
from analytics.kpi import Domain
from charts import both_ways, monthly, share, states
from ui import forecast, waiting
from ui.ask import ask
from ui.behind import of_cro, opened
from ui.compare import compare
from ui.guard import require_shell
from ui.kpi_line import kpi_line
from ui.scope import scope
from ui.show import chart, drawn, look, nothing, plain, rows
from ui.start import heading
from ui.trends import trends

require_shell()
asked = scope()
heading("How long do we wait, and who waits?", asked)
opened()
if asked is None or not ask(numbers.counted):
    nothing("No requests yet.", "requests")
    st.stop()


kpi_line(ask(headline, ("R01", "R02", "R03", "R04")))
st.caption(
    "What we asked of the CROs, without data queries. A request that is still open counts with the time it has waited "
    "so far (it is censored): a CRO that does not answer never looks faster for it."
)
TABS = [
    "Waiting", "Service levels", "Open now", "Forecast", "Priority and topic", "Both ways", "Data queries", "Trend",
    "Compare",
]  # fmt: skip
wait, levels, open_now, ahead, kinds, ways, queries, trend, against = st.tabs(
    TABS, on_change="rerun", key="tab", bind="query-params"
)

if wait.open:
    with wait:
        waiting.curves("cro")

if levels.open:
    with levels:
        table = ask(numbers.sla_states)
        figure = states.figure(table, look(), as_of=asked.as_of)
        chart(figure, table, key="sla-states", alt="Requests of each CRO that met the SLA, missed it or are pending.",
              behind=of_cro("R02"))  # fmt: skip
        picked = st.segmented_control(
            "By month", list(waiting.MONTHLY), default="R02", key="monthly", bind="query-params", required=True,
            format_func=waiting.MONTHLY.get,
        )  # fmt: skip
        table, target = ask(numbers.by_month, picked), waiting.target(picked)
        figure = monthly.figure(table, look(), **target, as_of=asked.as_of)
        chart(figure, table, key="by-month", alt=f"{waiting.MONTHLY[picked]} of each CRO by month of opening.",
              behind=of_cro(picked, month="month"))  # fmt: skip
        if gaps := numbers.unreached(table):
            st.caption(plain(gaps))

if open_now.open:
    with open_now:
        waiting.open_now("cro")

if ahead.open:
    with ahead:
        forecast.requests("cro")

if kinds.open:
    with kinds:
        by = st.segmented_control(
            "By", ["priority", "topic", "cro"], default="topic", key="by", bind="query-params", required=True,
            format_func={"priority": "Priority", "topic": "Topic", "cro": "CRO"}.get,
        )  # fmt: skip
        table = ask(numbers.groups, by)
        figure = share.figure(table, look(), **waiting.bands("R02"), title=numbers.spread(table), as_of=asked.as_of)
        drawn(figure, key="groups", alt=f"Share answered within the SLA by {by}.")
        rows(table, key="by-group", columns=waiting.GROUPS, behind=of_cro("R02") if by == "cro" else None)

if ways.open:
    with ways:
        table = ask(numbers.both_ways)
        figure = both_ways.figure(table, look(), unit="business hours", as_of=asked.as_of)
        chart(figure, table, key="both-ways", alt="Median hours to a first response, each CRO to us and we to it.",
              behind=of_cro("R01"))  # fmt: skip
        st.subheader("What waits for us")
        waiting.oldest("sponsor")

if queries.open:
    with queries:
        kpi_line(ask(headline, ("Q04",)))
        st.caption("Most data queries are answered by sites. They are in none of the figures of the other tabs.")
        waiting.curves("queries")
        waiting.open_now("queries")

if trend.open:
    with trend:
        trends([*of_domain(Domain.RESPONSIVENESS), "Q04"])

if against.open:
    with against:
        compare([*of_domain(Domain.RESPONSIVENESS), "Q04"])
