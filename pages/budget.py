"""Budget: what will it cost, and why is that not what we signed?"""

import streamlit as st

from analytics import budget, earned_value
from analytics.catalogue import BY_ID
from analytics.headline import headline
from charts import completion, exposure, indices, waterfall
from ui import budget as columns
from ui import forecast
from ui import why as change
from ui.ask import ask
from ui.behind import of_cro, of_line, opened
from ui.choose import choose
from ui.guard import require_shell
from ui.kpi_line import kpi_line
from ui.scope import scope
from ui.show import chart, look, nothing, plain, rows
from ui.start import heading

LINES = {"cro": "CRO", "engagement": "Study"}
TABS = (
    "Exposure",
    "Why it grew",
    "Why it changed",
    "At completion",
    "Forecast",
    "Before signature",
    "CPI and SPI",
    "Fee and pass-through",
)

require_shell()
seen = scope()
heading("What will it cost, and why is that not what we signed?", seen)
opened()
names = {} if seen is None else ask(budget.choices)
if seen is None or not names:
    nothing("No engagements with a contract value yet.", "engagements")
    st.stop()

kpi_line(ask(headline, budget.HEADLINE))
money = ask(budget.currency)
by = st.segmented_control(
    "By", list(LINES), default="cro", format_func=LINES.get, key="line", bind="query-params", required=True
)
st.caption(plain(money.words))
line = LINES[by]
grown, why, changed, end, ahead, signed, index, types = st.tabs(
    TABS, key="budget", on_change="rerun", bind="query-params"
)

if grown.open:
    with grown:
        found = ask(budget.exposure, by)
        chart(
            exposure.figure(found, look(), currency=money.code, as_of=seen.as_of),
            columns.whole(found),
            key=f"exposure-by-{by}",
            alt=f"Contract, change orders and forecast at completion of the fee by {line}.",
            columns=columns.exposure(money.code, line),
            behind=of_line("C09", by, names),
        )
        st.caption(plain(f"Fee only: pass-through cost has its own tab. {budget.silent(found)}"))

if why.open:
    with why:
        one = choose("Of", names, "of", placeholder="Everything in scope")
        found, own = ask(budget.steps_of, one)
        chart(
            waterfall.figure(found, look(), currency=own.code, title=budget.growth(found, own.code), as_of=seen.as_of),
            columns.whole(found),
            key="from-contract-to-forecast",
            alt="From the original contract to the forecast at completion, by who initiated each change.",
            columns={"step": "Step", "kind": None, "amount": columns.amount("Amount", own.code)},
        )
        st.caption("Fee of the engagements with a forecast. Plus adds cost.")

if changed.open:
    with changed:
        change.tab(engagement=choose("Of", names, "of", placeholder="Everything in scope") or "", only=change.MONEY)

if end.open:
    with end:
        found = ask(earned_value.completion, by)
        chart(
            completion.figure(found, look(), as_of=seen.as_of),
            columns.whole(found, apart=("value", "low", "high")),
            key=f"at-completion-by-{by}",
            alt=f"Variance at completion by {line} in percent of the budget, with its range.",
            columns=columns.completion(line),
            behind=of_line("C04", by, names),
        )
        st.caption(plain(earned_value.against(seen.baseline)))
        with st.popover("How sure?", type="tertiary", icon=":material/help:"):
            st.markdown(plain(" ".join(earned_value.how_sure())))

if ahead.open:
    with ahead:
        forecast.budget(by)

if signed.open:
    with signed:
        columns.signatures(ask(budget.signatures), money.code)

if index.open:
    with index:
        found, limits = ask(earned_value.indices), BY_ID["C02"]
        chart(
            indices.figure(found, look(), green=limits.green, red=limits.red, as_of=seen.as_of),
            found,
            key="cpi-and-spi",
            alt="CPI and SPI to date by month, a panel for each CRO.",
            columns={"cro": "CRO", "month": "Month", "cpi": "CPI", "spi": "SPI", "n": "Engagements"},
            behind=of_cro("C02", "cro", "month"),
        )
        st.caption(plain(earned_value.copied(ask(earned_value.not_physical))))

if types.open:
    with types:
        found = ask(budget.cost_types, by)
        st.subheader(plain(budget.pass_through(found, money.code)), anchor=False)
        rows(
            columns.types(found),
            key=f"fee-and-pass-through-by-{by}",
            columns=columns.cost_types(money.code, line, seen.baseline),
            behind=of_line("AC", by, names),
        )
