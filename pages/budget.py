"""Budget: what will it cost, and why is that not what we signed?"""

import streamlit as st

from analytics import budget, earned_value
from analytics.headline import headline
from analytics.sides import limit
from charts import completion, exposure, indices, waterfall
from ui import budget as columns
from ui import forecast
from ui import why as change
from ui.ask import ask
from ui.behind import of_cro, of_line, opened
from ui.choose import choose
from ui.columns import share_over_under, written
from ui.guard import require_shell
from ui.kpi_line import kpi_line
from ui.scope import scope
from ui.show import chart, look, nothing, plain, rows
from ui.start import heading
from wording import over_under

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
if told := ask(earned_value.grown):
    st.caption(plain(told))
money = ask(budget.currency)
grown, why, changed, end, ahead, signed, index, types = st.tabs(
    TABS, key="budget", on_change="rerun", bind="query-params"
)


def lines() -> str:
    """Whether a table has a row a CRO or a study, as chosen above it."""
    return st.segmented_control(
        "By", list(LINES), default="cro", format_func=LINES.get, key="line", bind="query-params", required=True
    )


if grown.open:
    with grown:
        by = lines()
        found = ask(budget.exposure, by)
        table = columns.whole(found)
        chart(
            exposure.figure(found, look(), currency=money.code, as_of=seen.as_of),
            table,
            key=f"exposure-by-{by}",
            alt=f"Contract, change orders and forecast at completion of the fee by {LINES[by]}.",
            columns=columns.exposure(money.code, LINES[by]),
            written=written(table, words={"over": lambda more: over_under(-more, money.code)}),
            behind=of_line("C09", by, names),
        )
        st.caption(plain(f"Fee only: pass-through cost has its own tab. {budget.silent(found)} {money.words}"))

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
        st.caption(plain(f"Fee of the engagements with a forecast. {own.words}"))

if changed.open:
    with changed:
        change.tab(engagement=choose("Of", names, "of", placeholder="Everything in scope") or "", only=change.MONEY)

if end.open:
    with end:
        by = lines()
        found = ask(earned_value.completion, by)
        table = columns.whole(found, apart=("value", "low", "high"))
        chart(
            completion.figure(found, look(), as_of=seen.as_of),
            table,
            key=f"at-completion-by-{by}",
            alt=f"Variance at completion by {LINES[by]} in percent of the budget, with its range.",
            columns=columns.completion(LINES[by]),
            written=written(table, words=dict.fromkeys(("value", "low", "high"), share_over_under)),
            behind=of_line("C04", by, names),
        )
        st.caption(
            plain(
                f"{earned_value.against(seen.baseline)} Amounts in the currency of the contracts, or in the reporting "
                "one where a line has several."
            )
        )
        with st.popover("How sure?", type="tertiary", icon=":material/help:"):
            st.markdown(plain(" ".join(earned_value.how_sure())))

if ahead.open:
    with ahead:
        forecast.budget(lines())

if signed.open:
    with signed:
        columns.signatures(ask(budget.signatures), money.code)
        st.caption(plain(money.words))

if index.open:
    with index:
        found, limits = ask(earned_value.indices), ask(limit, "C02")
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
        by = lines()
        found = ask(budget.cost_types, by)
        table = columns.types(found)
        st.subheader(plain(budget.pass_through(found, money.code)), anchor=False)
        rows(
            table,
            key=f"fee-and-pass-through-by-{by}",
            columns=columns.cost_types(money.code, LINES[by], seen.baseline),
            written=written(table, words={"left": lambda left: over_under(left, money.code)}),
            behind=of_line("AC", by, names),
        )
        st.caption(plain(money.words))
