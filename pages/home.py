"""Home: the Monday page, and the scorecard matrix below it."""

import streamlit as st

from analytics import home, matrix
from analytics.early_warning import early_warning
from analytics.findings import Clock
from analytics.freshness import late_returns, next_due
from analytics.kpi import Domain
from analytics.sentences import sentences
from analytics.words import count, day
from charts import scorecard as chart_scorecard
from ui import monday
from ui.ask import ask
from ui.behind import labelled, opened, row
from ui.guard import require_shell
from ui.looked import last_look
from ui.returns import calendar
from ui.scope import address, scope
from ui.show import chart, look, plain, rows
from ui.start import guide, heading

require_shell()
seen = scope()
if seen is None:
    guide()
    st.stop()

heading("Which CRO needs attention, and why?", seen)
opened()
if standing := ask(home.standing):
    st.markdown(f"**{plain(standing)}**")
for sentence in ask(sentences):
    said, evidence = st.columns([8, 1.3], vertical_alignment="center")
    said.markdown(plain(sentence.text))
    evidence.page_link(
        f"../pages/{sentence.page}.py", label="Evidence", icon=":material/arrow_forward:", icon_position="right",
        query_params=address(**sentence.parameters),
    )  # fmt: skip
monday.late_returns(ask(late_returns, *calendar()), ask(next_due, *calendar()))

left, right = st.container(key="monday").columns([2.4, 1], gap="medium")
with left:
    look_before, today = last_look(), Clock(*calendar())
    monday.early_warning(ask(early_warning, look_before, today), look_before, seen.as_of)
with right:
    due, ours, ending = ask(home.due_soon), ask(home.waiting_for_us), ask(home.expiring)
    st.subheader("What comes next")
    for title, table, columns, key in (
        (f"{count(len(due), 'item')} due in 30 days", due, monday.NEXT_DUE, "due-in-30-days"),
        (f"{count(len(ours), 'item')} wait for us", ours, monday.WE_OWE, "waiting-for-us"),
        (f"{count(len(ending), 'agreement')} expiring in 90 days", ending, monday.ENDING, "expiring-in-90-days"),
    ):  # fmt: skip
        with st.expander(title, expanded=key == "due-in-30-days" and not table.empty):
            height = 260 if len(table) > 6 else None
            rows(table, key=key, columns=columns, height=height, behind=lambda line: row(*line["row"]))

st.subheader("Scorecard")
domains = ask(matrix.domains_in_use)
shown = st.segmented_control(
    "Open a domain to see its KPIs",
    ["All domains", *domains],
    default="All domains",
    key="domain",
    bind="query-params",
    required=True,
)
whole = shown in (None, "All domains")
table = ask(matrix.by_domain) if whole else ask(matrix.by_kpi, Domain(shown))
chart(
    chart_scorecard.figure(table, look(), as_of=seen.as_of),
    table.drop(columns=["order", "column_order", "history"]),
    key=f"scorecard-{shown}".lower().replace(" ", "-"),
    alt=f"Scorecard of the CROs as of {day(seen.as_of)}: score and bands by {'domain' if whole else 'KPI'}.",
    behind=None if whole else lambda line: labelled(line["cro_id"], column="column")(line),
)
st.caption(
    f"{len(domains)} of {len(Domain)} domains in use. CRO performance leaves out what the CRO did not cause; "
    "study status counts all causes. Green from 80 points, red under 60, then the caps: a red domain or a red active "
    "study holds a CRO at amber, two red domains make it red."
)
