"""What was asked of the CRO, and what shows that it is met: a tab of a study, and a table over all studies."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.practices import requirements as numbers
from charts.theme import SYMBOL
from ui.ask import ask
from ui.behind import figure, row
from ui.columns import COLUMNS, written
from ui.entry import entry
from ui.show import plain, rows

HEADED: dict[str, Any] = {
    "said": st.column_config.TextColumn("State", help="From dates and bands, as of the day that is chosen."),
    "requirement": st.column_config.TextColumn("What was asked", width=260),
    "evidence": st.column_config.TextColumn("What shows it", width="large"),
    "priority": "Priority",
    "criterion": st.column_config.TextColumn("Counts as met when", width="medium"),
    "category": "About",
    "study": COLUMNS["study"],
    "cro": COLUMNS["cro"],
    "engagement": None,
    "evidence_type": None,
    "evidence_id": None,
}
"""The columns headed None are there for whoever selects a line, and are not shown."""
HIDDEN = ["engagement", "evidence_type", "evidence_id"]
OWN = ["said", "requirement", "evidence", "priority", "criterion", "category", *HIDDEN]
ALL = ["said", "study", "cro", "requirement", "evidence", "criterion", "category", *HIDDEN]
WRITTEN = ("requirement", "evidence_type", "evidence_id", "priority", "acceptance_criterion", "category")
LABELS = {
    "requirement": "What was asked",
    "evidence_type": "Shown by a",
    "evidence_id": "Which one",
    "acceptance_criterion": "Counts as met when",
    "category": "About",
}


def requirements(engagement: str) -> None:
    """Each requirement of one engagement with its evidence and its state, and the table to write them."""
    found = ask(numbers.traced, engagement)
    if found.empty:
        st.info(
            "Nothing is written down yet of what was asked of the CRO. Say each requirement in one sentence, whether "
            "it must be met, and what shows it: a milestone, a deliverable or a KPI. The lines below are usual: "
            "change them, delete what does not fit, and keep them.",
            icon=":material/checklist:",
        )
    else:
        st.markdown(f"**{plain(numbers.finding(found))}** {plain(numbers.outcome(found))}")
        _table(found, OWN, f"requirements-{engagement}")
        st.caption(
            "Not covered: no evidence is named, or it is not there. No verdict: too few cases, or not reported. "
            "Select a line to see the rows behind it."
        )
        st.subheader("Write or change them", anchor=False)
    entry(
        "requirements", WRITTEN, fixed={"engagement_id": engagement}, code="RQ", labels=LABELS,
        choices={"evidence_id": ask(numbers.evidence, engagement)}, begin=ask(numbers.usual, engagement),
    )  # fmt: skip


def across() -> None:
    """The must-haves of all engagements in scope that are missed, at risk or without evidence."""
    found = ask(numbers.concerns)
    st.markdown(f"**{plain(numbers.across(found))}**")
    if not found.empty:
        _table(found, ALL, "requirements-all")


def _table(found: pd.DataFrame, shown: list[str], key: str) -> None:
    table = found.assign(
        said=[f"{SYMBOL[light]} {state}" for light, state in zip(found["light"], found["state"], strict=True)],
        priority=["must" if must else "should" for must in found["must"]],
    )[shown]
    height = min(38 + 35 * len(table), 560)
    rows(table, key=key, columns=HEADED, height=height, behind=_behind, written=written(table, ["said"]))


def _behind(line: Mapping[str, Any]) -> str | None:
    """What the address names to open the evidence of a line; nothing where it has none."""
    engagement, code = str(line["engagement"]), str(line["evidence_id"])
    match line["evidence_type"] if code else "":
        case "milestone":
            return row("milestones", engagement, code, "")
        case "deliverable":
            return row("deliverables", code)
        case "kpi":
            return figure(code, engagement=engagement)
    return None
