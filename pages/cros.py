"""CROs: how is each one doing? Then one of them: what made its score, and what moved it."""

import streamlit as st

from analytics import cro as numbers
from analytics import moves
from analytics.changes import before
from analytics.scope import quarter_name
from analytics.score import scorecard
from charts import bullets, contributions
from ui import cros
from ui.ask import ask
from ui.choose import choose
from ui.guard import require_shell
from ui.scope import scope
from ui.show import chart, look, nothing, rows
from ui.start import heading

TABS = ("What made the score", "KPIs", "Studies", "Open items")

require_shell()
seen = scope()
heading("How is each CRO doing, and what made it so?", seen)
if seen is None:
    nothing("No CRO has an engagement yet.", "engagements")
    st.stop()
now = ask(scorecard)
if not now.scores:
    st.info("No CRO matches the filters. Widen them.", icon=":material/filter_alt_off:")
    st.stop()

end, then = ask(before)
since = quarter_name(end)
one = choose("CRO", now.names, cros.CRO, placeholder="All CROs")
if one is None:
    cros.listed(numbers.overview(now, then), since)
    st.stop()

score, was = now.scores[one], then.scores.get(one)
cros.head(now, then, one, since)
cros.domains(score, was, since)
made, kpis, studies, items = st.tabs(TABS, key="about", on_change="rerun", bind="query-params")

if made.open:
    with made:
        found = numbers.contributions(score)
        chart(
            contributions.figure(found, look(), as_of=seen.as_of),
            found,
            key="contributions",
            alt="Points of the score that each KPI takes off 100.",
            columns=cros.CONTRIBUTIONS,
        )
        st.subheader(f"What moved it since {since}")
        moved = moves.moves(now, then, one, ask(moves.factors))
        if moved.empty:
            st.info(moves.unmoved(score, was), icon=":material/check:")
        else:
            rows(moved, key="moves", columns=cros.MOVES)

if kpis.open:
    with kpis:
        found = numbers.bullets(score, was)
        chart(
            bullets.figure(found, look(), as_of=seen.as_of),
            found,
            key="kpis",
            alt="The KPIs of the CRO between their red and green thresholds.",
            columns=cros.BULLETS,
        )
        with st.expander("How sure?", icon=":material/help:"):
            st.dataframe(numbers.sureness(score), hide_index=True, key="sureness")

if studies.open:
    with studies:
        cros.studies(numbers.engagements(now, one))

if items.open:
    with items:
        cros.open_items(ask(numbers.open_items, one))
