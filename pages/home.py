"""Home: the Monday page, and the scorecard matrix below it."""

import streamlit as st

from analytics import home, matrix
from analytics.early_warning import early_warning
from analytics.findings import Clock
from analytics.freshness import late_returns, next_due
from analytics.kpi import Domain
from analytics.score import SCALE
from analytics.sentences import sentences
from analytics.words import count
from ui import matrix as scorecard_matrix
from ui import monday
from ui.ask import ask
from ui.behind import opened, row
from ui.guard import require_shell
from ui.looked import last_look
from ui.returns import calendar
from ui.review.records import coming
from ui.scope import scope
from ui.show import plain, rows
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
monday.sentences(ask(sentences))
monday.late_returns(ask(late_returns, *calendar()), ask(next_due, *calendar()))

left, right = st.container(key="monday").columns([2.4, 1], gap="medium")
with left:
    look_before, today = last_look(), Clock(*calendar())
    monday.early_warning(ask(early_warning, look_before, today), look_before)
with right:
    due, ours, ending = ask(home.due_soon), ask(home.waiting_for_us), ask(home.expiring)
    st.subheader("What comes next")
    for title, table, columns, key in (
        (f"{count(len(due), 'item')} due in 30 days", due, monday.NEXT_DUE, "due-in-30-days"),
        (home.how_many_wait(ours), ours, monday.WE_OWE, "waiting-for-us"),
        (home.expiring_words(ending["days"]), monday.in_words(ending), monday.ENDING, "expiring-in-90-days"),
    ):  # fmt: skip
        with st.expander(title, expanded=key == "due-in-30-days" and not table.empty):
            height = 260 if len(table) > 6 else None
            rows(table[list(columns)], key=key, columns=columns, height=height, behind=lambda line: row(*line["row"]))
    coming()

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
scorecard_matrix.matrix(table, "" if whole else str(shown), seen.as_of)
st.caption(
    f"{len(domains)} of {len(Domain)} domains in use. CRO performance leaves out what the CRO did not cause; "
    f"study status counts all causes. {SCALE}, then the caps: a red domain or a red active "
    "study holds a CRO at amber, two red domains make it red."
)
