"""What if: weights and thresholds moved by hand, for this session; and whether the order hangs on a weight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import isfinite
from typing import Any

import pandas as pd
import streamlit as st

from analytics import targets
from analytics import what_if as numbers
from analytics.catalogue import BY_ID
from analytics.kpi import Domain, contradicts
from analytics.scope import Target
from analytics.words import SHORT_UNITS, signed
from analytics.words import score as points
from ui.ask import ask
from ui.cros import light
from ui.show import plain, rows

KEPT = "_what_if"
KPIS: dict[str, Any] = {
    "kpi": None,
    "label": st.column_config.TextColumn("KPI", pinned=True),
    "weight": st.column_config.NumberColumn(
        "Weight", required=True, min_value=0, max_value=100, format="%.6g", help="Within its domain; 0 switches it off."
    ),
    "green": st.column_config.NumberColumn("Green", required=True, format="%.6g"),
    "red": st.column_config.NumberColumn("Red", required=True, format="%.6g"),
    "unit": st.column_config.TextColumn("Unit", width="small"),
    "better": st.column_config.TextColumn("Better", width="small"),
    "domain": "Domain",
}
DOMAINS: dict[str, Any] = {
    "domain": st.column_config.TextColumn("Domain", width=110),
    "in_score": st.column_config.NumberColumn(
        "Weight",
        required=True,
        min_value=0,
        max_value=100,
        format="%.6g",
        width=80,
        help="In the score; 0 switches it off.",
    ),
}
COMPARED: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "light_now": "Light now",
    "now": st.column_config.TextColumn("Score now", width="small"),
    "light_then": "Light as moved",
    "then": st.column_config.TextColumn("Score as moved", width="small"),
    "change": st.column_config.TextColumn("Change", width="small", help="Points of the score."),
    "why": st.column_config.TextColumn("Held by, as moved", width="large"),
}
MOVES: dict[str, Any] = {
    "weight": st.column_config.TextColumn("Weight", pinned=True),
    "of": st.column_config.TextColumn("Its share of"),
    "by": st.column_config.NumberColumn("Moved by, points", format="%+d"),
    "swaps": st.column_config.NumberColumn("Pairs that swap"),
    "pairs": st.column_config.TextColumn("Which", width="large"),
    "ties": st.column_config.NumberColumn("Become ties"),
    "tied": st.column_config.TextColumn("Which become ties", width="large"),
}
METHOD = (
    f"A weight is its share in percent: that of a domain in the score, that of a KPI in its domain. Each is moved by "
    f"{numbers.POINTS} points up and down, one at a time, and the others share the rest in proportion. Two CROs swap "
    f"where they lie {numbers.TIE:g} points or more apart, before and after, the other way round; closer is a tie. "
    "Domains and KPIs in which no CRO is rated have no weight to move."
)


@dataclass
class Moves:
    """What is moved by hand: by KPI its green, red and weight, and the weight of domains. `turn` counts new starts."""

    kpis: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    domains: dict[Domain, float] = field(default_factory=dict)
    begun: dict[str, pd.DataFrame] = field(default_factory=dict)
    turn: int = 0

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(Target(kpi=kpi, green=green, red=red, weight=weight)
                     for kpi, (green, red, weight) in sorted(self.kpis.items()))  # fmt: skip

    @property
    def weights(self) -> tuple[tuple[Domain, float], ...]:
        return tuple((domain, self.domains[domain]) for domain in Domain if domain in self.domains)


def what_if() -> None:
    """Tables to write into, what that does to each CRO, and how much the order hangs on a weight."""
    st.subheader("What if", anchor=False)
    domains, kpis = ask(numbers.weights_in_use)
    if not kpis:
        st.info("No KPI that is scored has a row yet, so there is no weight to move.", icon=":material/tune:")
        return
    moves = st.session_state.setdefault(KEPT, Moves())
    st.caption(
        "Nothing here is saved: it lasts for this session, and nobody else sees it. What you write holds for every "
        "CRO, also where a contract says otherwise."
    )
    _write(moves, domains, kpis)
    if moves.kpis or moves.domains:
        _compared(moves)
    else:
        st.caption("Write another threshold or weight to see what it does to each CRO.")
    _robust(moves)


def _write(moves: Moves, domains: list[Domain], kpis: list[str]) -> None:
    held = _held(kpis)
    left, right = st.columns([1, 2.2])
    with left:
        equal = pd.DataFrame({"domain": [domain.value for domain in domains], "in_score": 1.0})
        whole = equal.assign(in_score=[moves.domains.get(domain, 1.0) for domain in domains])
        written = _editor(moves, "domains", equal, whole, DOMAINS)
        moves.domains = _domains(written)
    with right:
        whole = held.copy()
        for place, kpi in enumerate(held["kpi"]):
            if kpi in moves.kpis:
                whole.loc[place, ["green", "red", "weight"]] = list(moves.kpis[kpi])
        written = _editor(moves, "KPIs", held, whole, KPIS)
        moves.kpis = _kpis(held, written)
    # Below both: whether there is anything to take back is known once both are read.
    if left.button(
        "Back to what holds", icon=":material/undo:", disabled=not (moves.kpis or moves.domains), key="what-if-back"
    ):
        st.session_state[KEPT] = Moves(turn=moves.turn + 1)
        st.rerun()


def _held(kpis: list[str]) -> pd.DataFrame:
    """What holds for all CROs, a line a KPI that is scored."""
    found = ask(targets.in_force)
    general = found[found["kpi"].isin(kpis) & (found["cro_id"] == "") & (found["engagement_id"] == "")]
    named = general.assign(unit=[SHORT_UNITS.get(unit, unit).strip() or "–" for unit in general["unit"]])
    numeric = dict.fromkeys(("green", "red", "weight"), float)
    return named[list(KPIS)].astype(numeric).reset_index(drop=True)


def _editor(
    moves: Moves, name: str, held: pd.DataFrame, whole: pd.DataFrame, columns: Mapping[str, Any]
) -> pd.DataFrame:
    """The table as written: it begins with what was written before, also on coming back to this tab.

    While it is shown its beginning must stay as it is, since what is written is kept as differences to that.
    """
    digest = sha256(held.to_csv().encode()).hexdigest()[:8]
    key = f"what-if-{name}-{moves.turn}-{digest}"
    if key not in st.session_state or name not in moves.begun:
        moves.begun[name] = whole
    fixed = [str(column) for column in held if column not in ("green", "red", "weight", "in_score")]
    return st.data_editor(
        moves.begun[name], hide_index=True, key=key, column_config=dict(columns), disabled=fixed,
        height=min(38 + 35 * len(held), 318), alt=f"Weights and thresholds to be written: {name}.",
    )  # fmt: skip


def _domains(written: pd.DataFrame) -> dict[Domain, float]:
    found = {}
    for row in written.to_dict("records"):
        weight = _number(row["in_score"])
        if weight is None or weight < 0:
            st.warning(f"{row['domain']}: a weight is 0 or more.")
        elif weight != 1.0:
            found[Domain(row["domain"])] = weight
    return found


def _kpis(held: pd.DataFrame, written: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """What differs from what holds; what cannot be is told and left out."""
    found = {}
    for was, row in zip(held.to_dict("records"), written.to_dict("records"), strict=True):
        green, red, weight = (_number(row[name]) for name in ("green", "red", "weight"))
        kpi = BY_ID[was["kpi"]]
        if (green, red, weight) == (was["green"], was["red"], was["weight"]):
            continue
        if green is None or red is None or weight is None or weight < 0:
            st.warning(f"{kpi.label}: green and red are needed, and a weight of 0 or more. It stays as it is.")
        elif contradicts(kpi.better, green, red):
            st.warning(f"{kpi.label}: red must not be better than green, {kpi.better} is better. It stays as it is.")
        else:
            found[kpi.id] = (green, red, weight)
    return found


def _number(cell: Any) -> float | None:
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if isfinite(value) else None


def _compared(moves: Moves) -> None:
    found: numbers.Compared = ask(numbers.compared, moves.targets, moves.weights)
    st.markdown(f"**{plain(' '.join(numbers.compared_words(found)))}**")
    shown = pd.DataFrame(
        {
            "cro": found.rows["cro"],
            "light_now": found.rows["band_now"].map(light),
            "now": found.rows["now"].map(points),
            "light_then": found.rows["band_then"].map(light),
            "then": found.rows["then"].map(points),
            "change": [signed(change, 1) or ("–" if change is None else "0") for change in found.rows["change"]],
            "why": found.rows["why"],
        }
    )
    rows(shown, key="what-if", columns=COMPARED, height=min(38 + 35 * len(shown), 420))
    st.caption("Those that need attention now come first. A score is rounded down.")


def _robust(moves: Moves) -> None:
    found: numbers.Robustness = ask(numbers.robustness, moves.targets, moves.weights)
    moved = ", as moved" if moves.kpis or moves.domains else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"Does the order of the CROs hang on a weight{moved}?", anchor=False, width="content")
        with st.popover("How?", type="tertiary", icon=":material/help:"):
            st.markdown(METHOD)
    first, *others = numbers.sentences(found)
    st.markdown(f"**{plain(first)}**")
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in others))
    if found.moves:
        with st.expander(f"All {len(found.moves)} moves", icon=":material/table_rows:"):
            rows(numbers.moves_table(found), key="moves", columns=MOVES, height=420)
