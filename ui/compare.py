"""CROs beside each other: one KPI of all of them, or all KPIs of some of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics import sides
from analytics.catalogue import BY_ID
from analytics.funnel import Funnel, funnel
from analytics.kpi import Domain, Kpi, Median
from analytics.matrix import domain_band
from analytics.score import scorecard
from analytics.shrink import Order, order
from analytics.verdict import Verdict
from analytics.words import BAND_WORDS, SHORT_UNITS
from analytics.words import score as points
from charts import curves as curves_chart
from charts import funnel as funnel_chart
from charts.theme import SYMBOL
from charts.verdicts import SYMBOLS
from ui.ask import ask
from ui.behind import figure, of_cro
from ui.choose import choose
from ui.columns import written
from ui.scope import scope
from ui.show import chart, drawn, look, plain, rows

KPI, SOME = "compare-kpi", "beside"
"""The parameters of the address that say by what, and which CROs, are compared."""
MOST, ALL_AT_ONCE = 6, 12
"""CROs that are chosen where there are many, and up to how many all are shown."""
LINES = 70
"""Height of a row of three lines: over 64 pixels Streamlit wraps the text of cells."""
WORD_COLOURS = {Verdict.BETTER: "blue", Verdict.WORSE: "red"}
POINTS: dict[str, Any] = {
    "cro_id": None,
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "verdict": st.column_config.TextColumn("Against the others", help="Outside the 99.8 % limits, or not."),
    "value": st.column_config.NumberColumn("Value", format="%.2f"),
    "numerator": st.column_config.NumberColumn("Numerator", format="%.6g"),
    "denominator": st.column_config.NumberColumn("Denominator", format="%.6g"),
    "n": st.column_config.NumberColumn("n", format="%.6g"),
    "low95": st.column_config.NumberColumn("95 % from", format="%.2f"),
    "high95": st.column_config.NumberColumn("95 % to", format="%.2f"),
    "low998": st.column_config.NumberColumn("99.8 % from", format="%.2f"),
    "high998": st.column_config.NumberColumn("99.8 % to", format="%.2f"),
    "z": st.column_config.NumberColumn("z", format="%.2f"),
    "note": "Note",
}
RANKS: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "word": st.column_config.TextColumn("Against the rest", help="Log-rank test, at 5 %."),
    "n": st.column_config.NumberColumn("Cases", format="%.0f"),
    "open": st.column_config.NumberColumn("Not over yet", format="%.0f"),
    "median": "Median",
}
TESTS: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "p": st.column_config.NumberColumn("p", format="%.4f"),
    "chi2": st.column_config.NumberColumn("Chi²", format="%.2f"),
    "observed": st.column_config.NumberColumn("Over", format="%.0f"),
    "expected": st.column_config.NumberColumn("Expected", format="%.1f", help="At the pace of all together."),
    "strata": st.column_config.NumberColumn("Strata", help="Priorities that took part."),
    "reason": "Why not",
}
PLACES: dict[str, Any] = {
    "place": "Place",
    "cro_id": None,
    "cro": "CRO",
    "value": st.column_config.NumberColumn("Value", format="%.2f"),
    "shrunk": st.column_config.NumberColumn("Shrunk", format="%.2f"),
    "numerator": None,
    "denominator": None,
    "n": st.column_config.NumberColumn("n", format="%.6g"),
}
CELLS: dict[str, Any] = {
    "kpi": None,
    "label": "KPI",
    "domain": "Domain",
    "cro_id": None,
    "cro": "CRO",
    "text": "Value",
    "counted": "Rests on",
    "band": "Band",
    "word": "Against the threshold",
    "value": st.column_config.NumberColumn("Number", format="%.2f"),
    "low": st.column_config.NumberColumn("95 % from", format="%.2f"),
    "high": st.column_config.NumberColumn("95 % to", format="%.2f"),
    "numerator": st.column_config.NumberColumn("Numerator", format="%.6g"),
    "denominator": st.column_config.NumberColumn("Denominator", format="%.6g"),
    "n": st.column_config.NumberColumn("n", format="%.6g"),
    "unit": "Unit",
    "green": "Green from",
    "red": "Red beyond",
    "basis": "Threshold from",
    "reason": "Why there is none",
}


def compare(kpis: Sequence[str]) -> None:
    """All CROs in scope by one of the KPIs: the funnel of a share or rate, the curves of a duration."""
    asked = scope()
    picked = choose("KPI", {kpi: BY_ID[kpi].label for kpi in kpis if sides.comparable(BY_ID[kpi])}, KPI)
    if picked is None or asked is None:
        return
    kpi = BY_ID[picked]
    if isinstance(kpi.measure, Median):
        _durations(kpi)
    else:
        _shares(kpi)


def _shares(kpi: Kpi) -> None:
    seen, asked = ask(funnel, kpi.id), scope()
    if seen.reason:
        st.info(f"No comparison: {plain(seen.reason)}.", icon=":material/info:")
        return
    figure = funnel_chart.figure(
        seen.points.assign(label=seen.points["cro"]), look(), curve=seen.curve, centre=seen.centre, phi=seen.phi,
        unit=_unit(kpi), better=kpi.better.value, what=kpi.label, size=kpi.counts,
        as_of=asked.as_of if asked else None,
    )  # fmt: skip
    alt = f"{kpi.label} of each CRO against its number of {kpi.counts}, with the limits of chance."
    behind = of_cro(kpi.id, "cro")
    chart(figure, seen.points[[*POINTS]], key=f"compare-{kpi.id}", alt=alt, columns=POINTS, behind=behind)
    _how_sure(_funnel_sureness(seen), ask(order, kpi.id))


def _durations(kpi: Kpi) -> None:
    steps, table, asked = ask(sides.curves, kpi.id), ask(sides.against_the_rest, kpi.id), scope()
    as_of = asked.as_of if asked else None
    few = tuple(table.loc[table["word"] == Verdict.TOO_FEW, "cro"])
    figure = curves_chart.figure(steps, look(), unit=kpi.unit, start=_start(kpi), few=few, as_of=as_of)
    alt = f"{kpi.label}: share of {kpi.counts} not over yet, by {kpi.unit}, for each CRO."
    drawn(figure, key=f"compare-{kpi.id}", alt=alt)
    shown = table[["cro", "word", "n", "open"]].assign(
        word=[_symbolled(word) for word in table["word"]],
        median=["not reached" if pd.isna(m) else f"{m:,.{kpi.digits}f} {_unit(kpi)}" for m in table["median"]],
    )
    rows(shown, key=f"rest-{kpi.id}", columns=RANKS, behind=of_cro(kpi.id, "cro"))
    with st.popover("How sure?", icon=":material/help:"):
        st.write(
            f"Each CRO against all others together, by the log-rank test: are its {kpi.counts} over as soon as they "
            "would be at the pace of all? Unfinished ones count for as long as they have lasted. Requests are compared "
            "within their priority. Under p = 0.05 the word is better or worse; of twenty CROs that do not differ, "
            "one gets it by chance."
        )
        st.dataframe(table[[*TESTS]], hide_index=True, column_config=TESTS, key=f"tests-{kpi.id}")
        st.write("What differs most from the rest stands first. Durations are not ranked.")


def _start(kpi: Kpi) -> str:
    return "the request was raised" if kpi.fact == "fact_request" else "it began"


def _symbolled(word: str) -> str:
    return f"{SYMBOLS[word]} {word}" if word in SYMBOLS else word


def _unit(kpi: Kpi) -> str:
    return SHORT_UNITS.get(kpi.unit, kpi.unit).strip()


def _funnel_sureness(seen: Funnel) -> list[str]:
    """Centre, limits, over-dispersion, and what a comparison does not do."""
    law = {"binomial": "binomial, interpolated", "poisson": "Poisson"}.get(seen.kind, seen.kind)
    said = [
        f"The line is all CROs in scope together ({seen.centre:,.2f}), not the mean of their percentages.",
        f"The limits are exact ({law}): where 95 % and 99.8 % of CROs of that size would be if all were alike. Only "
        "outside the 99.8 % limits is better or worse than the others; between the two a note says so.",
    ]
    if seen.phi > 1:
        said.append(
            f"The CROs differ by more than chance (φ = {seen.phi:.2f}, mean of the squared z, the extreme ones pulled "
            "in): the limits are widened by its square root, so that only what stands out even among these is named."
        )
    return [*said, "It compares CROs with each other; it changes no colour, no points and no score."]


def _how_sure(sentences: Sequence[str], ranked: Order) -> None:
    with st.popover("How sure?", icon=":material/help:"):
        for sentence in sentences:
            st.markdown(plain(sentence))
        if ranked.reason:
            st.markdown(f"No order: {plain(ranked.reason)}.")
            return
        st.markdown(
            f"An order that small numbers do not lead: each CRO is given {ranked.pseudo:g} cases at the value of all. "
            "For ranking only."
        )
        st.dataframe(ranked.rows, hide_index=True, column_config=PLACES)


def side_by_side(first: Mapping[str, str]) -> None:
    """CROs as columns on every KPI in use; `first`: id to name, those to begin with first where there are many."""
    cros = _some(first)
    if not cros:
        st.info("Choose up to six CROs.", icon=":material/view_column:")
        return
    found = ask(sides.sides, cros)
    if found.empty:
        st.info("No KPI is in use for them yet.", icon=":material/info:")
        return
    table = pd.concat([_scores(found), _table(found)], ignore_index=True)
    st.dataframe(
        written(table, list(table.columns[1:])),
        hide_index=True,
        key="sides-table",
        row_height=LINES,
        height=40 + LINES * len(table),
        column_config={"KPI": st.column_config.TextColumn(pinned=True, width=160)}
        | {name: st.column_config.TextColumn(width=150) for name in table.columns[1:]},
    )
    st.caption(
        "Scores are of 100 points, and count every CRO by itself. Below them, in a cell: the value, what it rests on, "
        f"and the word against the threshold. {SYMBOL['green']} green "
        f"{SYMBOL['amber']} amber {SYMBOL['red']} red {SYMBOL['too_few']} too few. CROs stand by name, not in an order."
    )
    with st.expander("Numbers behind it", icon=":material/table_rows:"):
        st.caption("Select a line to see the rows behind it.")
        rows(found, key="sides", columns=CELLS, behind=lambda line: figure(line["kpi"], line["cro_id"]))


def _scores(found: pd.DataFrame) -> pd.DataFrame:
    """The score and those of the domains in use, in rows of the same columns."""
    card, cros = ask(scorecard), dict(zip(found["cro_id"], found["cro"], strict=True))
    used = [domain for domain in Domain if any(domain in card.scores[cro].domains for cro in cros)]
    whole: dict[str, str] = {"KPI": "Score of all domains"}
    for cro, name in cros.items():
        score = card.scores[cro]
        whole[name] = f"{SYMBOL[score.band]} {points(score.value) if score.value is not None else 'not rated'}"
    lines = [whole]
    for domain in used:
        own = {cro: (domain_band(card.scores[cro], domain), card.scores[cro].domains.get(domain)) for cro in cros}
        cells = {
            cros[cro]: f"{SYMBOL[band]} {BAND_WORDS[band] if value is None else points(value)}"
            for cro, (band, value) in own.items()
        }
        lines.append({"KPI": f"{domain.value}: score"} | cells)
    return pd.DataFrame(lines)


def _table(found: pd.DataFrame) -> pd.DataFrame:
    """Rows are KPIs with their domain; a column a CRO."""
    columns = dict(zip(found["cro_id"], found["cro"], strict=True))
    told = found.assign(cell=[_cell(row) for row in found.to_dict("records")])
    wide = told.pivot(index="kpi", columns="cro_id", values="cell")
    wide = wide.loc[list(dict.fromkeys(found["kpi"])), list(columns)]
    wide.columns = pd.Index(columns.values())
    wide.insert(0, "KPI", [f"{BY_ID[kpi].domain.value}: {BY_ID[kpi].label}" for kpi in wide.index])
    return wide.reset_index(drop=True)


def _cell(row: Mapping[Any, Any]) -> str:
    """Value, what it rests on, and the word; the word, and why, where there is no value."""
    symbol = "–" if row["band"] == "not_applicable" else SYMBOL[row["band"]]
    counted = f" ({row['counted']})" if row["counted"] else ""
    if pd.isna(row["value"]):
        return f"{symbol} {row['word']}{counted}: {row['reason']}" if counted else f"{symbol} {row['word']}"
    return f"{symbol} {row['text']}{counted}, {row['word']}"


def _some(first: Mapping[str, str]) -> tuple[str, ...]:
    """The CROs chosen, in the address by their codes; up to twelve are all shown unless some are chosen."""
    widget = f"choice-{SOME}"
    told = [cro for cro in st.query_params.get_all(SOME) if cro in first]
    many = len(first) > ALL_AT_ONCE
    if told or widget not in st.session_state:
        st.session_state[widget] = (told or list(first))[:MOST] if many else told
    picked = st.multiselect(
        "CROs",
        list(first),
        key=widget,
        format_func=lambda cro: first.get(cro, cro),
        max_selections=MOST if many else None,
        placeholder="Choose up to six" if many else "All",
        on_change=lambda: _keep(widget),
    )
    return tuple(picked) if picked or many else tuple(first)


def _keep(widget: str) -> None:
    picked = st.session_state[widget]
    if picked:
        st.query_params[SOME] = picked
    else:
        st.query_params.pop(SOME, None)
