"""What do we know, and who still has to tell us?"""

import streamlit as st

from analytics import freshness
from charts import freshness as months
from ui import fetch, returns
from ui.ask import ask
from ui.demo import leave_demo
from ui.guard import require_shell
from ui.ledger import ledger
from ui.scope import scope
from ui.settings import settings
from ui.show import chart, look, nothing
from ui.start import heading, steps
from ui.templates import templates
from ui.upload import upload
from ui.what_if import what_if

require_shell()
seen = scope()
heading("What do we know, and who still has to tell us?", seen)
leave_demo()
loading, told, fresh, forms, set_up = st.tabs(
    ["Upload", "Ledger", "Freshness", "Templates", "Settings"], on_change="rerun", key="data", bind="query-params"
)

if loading.open:
    with loading:
        if seen is None:
            st.markdown("Nothing is loaded yet. **Engagements, milestones and budget are enough to begin**.")
        upload()
        if seen is None:
            steps()
        else:
            fetch.my_return(seen.as_of)

if told.open:
    with told:
        ledger()

if fresh.open:
    with fresh:
        if seen is None:
            nothing("Nobody has told anything yet.", "engagements")
        else:
            calendar = returns.calendar()
            returns.complete(ask(freshness.completeness, *calendar))
            returns.due(ask(freshness.next_due, *calendar))
            returns.late(ask(freshness.late_returns, *calendar))
            table = ask(freshness.months)
            figure = months.figure(table, look(), as_of=seen.as_of)
            chart(figure, table, key="months-reported", alt="Months that each active engagement has reported or not.")
            returns.by_kind(ask(freshness.returns, *calendar))

if forms.open:
    with forms:
        if seen is not None:
            fetch.my_return(seen.as_of)
        fetch.set_up()
        templates()

if set_up.open:
    with set_up:
        if seen is None:
            nothing("There is nothing yet that a threshold could hold for.", "engagements")
        else:
            settings(seen)
            what_if()
