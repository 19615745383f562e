"""Actions and feedback: tabs of the page of the reviews, and the dialog in which an action is made."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics import sides
from analytics.catalogue import BY_ID
from analytics.kpi import Band
from analytics.practices import effect as effects
from analytics.practices import feedback as numbers
from analytics.words import SHORT_UNITS, count, lateness
from charts import effect as effect_chart
from data.contracts import BY_KIND
from ui.ask import ask
from ui.behind import KPIS, row
from ui.choose import choose, set_choice
from ui.columns import DATE, written
from ui.entry import day_of_writing, entry, kept, name_of_writer, why_right
from ui.scope import address, scope
from ui.show import chart, look, picked_row, plain, rows

LOOP = "action"
"""The parameter of the address that says of which action the effect is shown."""
WRITTEN = (
    "description", "type", "engagement_id", "kpi_id", "owner", "owner_organisation", "raised_by", "raised", "due",
    "closed", "escalation_level", "effect",
)  # fmt: skip
LABELS = {
    "description": "What is to be done",
    "owner": "Who does it",
    "owner_organisation": "Whose side",
    "due": "By when",
    "raised_by": "Raised by",
    "engagement_id": "Study",
    "kpi_id": "KPI",
}
OPEN = ["what", "cro", "study", "owner", "side", "due", "days", "figure", "level", "level_since", "type"]
FEEDBACK = ["what", "from_whom", "cro", "study", "type", "owner", "raised", "due", "closed", "effect"]
OURS = {"cro": "CRO", "sponsor": "Us"}
RECENT = 5
"""Closed actions of a CRO that are shown with the open ones."""


def _date(label: str, **more: Any) -> Any:
    return st.column_config.DateColumn(label, format=DATE, **more)


COLUMNS: dict[str, Any] = {
    "what": st.column_config.TextColumn("What", pinned=True, width="large"),
    "from_whom": st.column_config.TextColumn("From", help="Who raised it."),
    "cro": "CRO",
    "study": "Study",
    "type": "Type",
    "owner": "Who",
    "side": st.column_config.TextColumn("Side", help="Whose side the owner is on."),
    "due": _date("Due"),
    "days": st.column_config.NumberColumn("Against the date"),
    "figure": "KPI",
    "level": st.column_config.NumberColumn("Level", help="Level of escalation, 1 to 3."),
    "level_since": _date("At it since", help="As of when it was first told at this level."),
    "raised": _date("Raised"),
    "closed": _date("Closed"),
    "closed_before": _date("Closed before", help="It was told as closed on this day."),
    "effect": st.column_config.TextColumn("What became of it", width="large"),
    "verdict": "Did it help?",
    "before": st.column_config.NumberColumn("Before", format="%.1f", help="The KPI, months before together, its unit."),
    "after": st.column_config.NumberColumn("After", format="%.1f", help="The KPI, months after together, its unit."),
    "why": st.column_config.TextColumn("Why", width="large"),
    "action": "Code",
}
SIDES: dict[str, Any] = {
    "label": st.column_config.TextColumn("Who raised it", pinned=True),
    "raised": st.column_config.NumberColumn("Raised in the period"),
    "open": "Open",
    "overdue": "Overdue",
    "met": "Closed on time",
    "n": st.column_config.NumberColumn("Of", help="Due by the as-of date, or closed by it."),
    "share": st.column_config.NumberColumn("On time", format="%.0f %%"),
    "low": st.column_config.NumberColumn("At least", format="%.0f %%", help="95 % interval (Wilson)."),
    "high": st.column_config.NumberColumn("At most", format="%.0f %%", help="95 % interval (Wilson)."),
    "pending": st.column_config.NumberColumn("Not due yet", help="In neither number."),
    "undated": st.column_config.NumberColumn("No due date", help="In neither number."),
}


def actions() -> None:
    """What is open, with a way to make an action and to write into the table of them."""
    found = ask(numbers.open_actions)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(numbers.summary(found))}**", width="content")
        if st.button("Make an action", key="make-new", icon=":material/add_task:"):
            make("", "", "", "")
    if not found.empty:
        _listed(found, OPEN, "actions-open")
        st.caption("What is overdue longest comes first, then what is due next. Select a line to see its history.")
    _edit()


def _listed(found: pd.DataFrame, shown: list[str], key: str) -> None:
    """A list of actions; a selected line opens the row with its history."""
    table = found[[*shown, *(["action"] if "action" not in shown else [])]]
    rows(
        table,
        key=key,
        columns=COLUMNS,
        height=min(38 + 35 * len(table), 560),
        behind=lambda line: row("actions", line["action"]),
        written=written(table, words={"days": lateness if "closed" in shown else _against} if "days" in shown else {}),
    )


def _against(days: float) -> str:
    """Days since the due date of what is open, in words."""
    if pd.isna(days):
        return "–"
    if days > 0:
        return f"{count(days, 'day')} late"
    return f"in {count(-days, 'day')}" if days else "on the day"


def _edit() -> None:
    """All actions of one CRO in a table to be written into, on demand."""
    if not st.toggle("Write into a table", key="edit-actions", bind="query-params"):
        return
    names = ask(sides.names)
    cro = choose("CRO", names, "actions-of") if names else None
    if cro is None:
        st.caption("No CRO in scope has an engagement.")
        return
    studies, whole = ask(numbers.writable, cro)
    fixed = {"cro_id": cro}
    if not whole:
        study = choose("Study", studies, "actions-on")
        if study is None:
            return
        fixed["engagement_id"] = study
        st.caption("The filters leave out other studies of this CRO, so one study is written at a time.")
    shown = [name for name in WRITTEN if name not in fixed]
    entry("actions", shown, fixed=fixed, labels=LABELS, choices={"engagement_id": studies}, code="A")


def both_ways() -> None:
    """What each side raised, in the same terms, and feedback."""
    found = ask(numbers.both_ways)
    for place in range(len(found)):
        line = {str(name): cell for name, cell in found.iloc[place].items()}
        st.markdown(
            f"**{plain(line['label'])}** raised {line['raised']} in the period, {line['open']} open. "
            f"{plain(numbers.timely_text(line))}"
        )
    rows(found[list(SIDES)], key="feedback-sides", columns=SIDES)
    st.subheader("Feedback, and what the CRO raised", anchor=False)
    told = ask(numbers.feedback)
    if told.empty:
        st.info("Nobody gave feedback yet. An action of the type feedback, or raised by the CRO, stands here.")
    else:
        _listed(told, FEEDBACK, "feedback")
    if st.button("Write down feedback", key="make-feedback", icon=":material/add_comment:"):
        make("", "", "", "", "feedback")


def did_it_help() -> None:
    """Actions with a KPI: what became of it after they were closed."""
    found = ask(effects.effects)
    st.markdown(f"**{plain(effects.summary(found))}**")
    if found.empty:
        st.caption("Link an action to a KPI when it is made: three months after it is closed its effect stands here.")
        return
    names = {
        line["action"]: f"{line['figure']}, {line['study'] or line['cro']}: {line['what']}"
        for line in found.to_dict("records")
    }
    codes = list(found["action"])
    rows(
        found[["what", "verdict", "before", "after", "figure", "cro", "study", "closed", "why", "action"]],
        key="effects",
        columns=COLUMNS,
        height=min(38 + 35 * len(found), 360),
        picked=lambda: _open(codes),
    )
    st.caption("Select a line to see its months. A KPI that moved afterwards did not necessarily move because of it.")
    action = choose("Action", names, LOOP)
    if action is not None:
        _effect(found[found["action"] == action].to_dict("records")[0])


def _open(codes: list[str]) -> None:
    place = picked_row("effects")
    if place is not None:
        set_choice(LOOP, codes[place])


def _effect(line: dict[Any, Any]) -> None:
    """The months of one KPI before and after an action."""
    found, seen = ask(effects.effect, line["action"]), scope()
    action = ask(effects.action, line["action"])
    kpi = BY_ID[action["kpi"]]
    figure = effect_chart.figure(
        found.points, look(), unit=SHORT_UNITS.get(kpi.unit, kpi.unit).strip(), better=kpi.better.value,
        what=f"{kpi.label}, {line['study'] or line['cro']}", verdict=found.verdict.value, why=found.why,
        raised=pd.Timestamp(action["raised"]).date(), closed=pd.Timestamp(action["closed"]).date(),
        as_of=seen.as_of if seen else None,
    )  # fmt: skip
    chart(
        figure,
        found.points,
        key="effect",
        alt=f"{kpi.label} by month before and after the action was closed, with the limits of the months before.",
        columns={"month": "Month", "part": "Part", "value": st.column_config.NumberColumn("Value", format="%.2f")},
    )
    with st.popover("How sure?", type="tertiary", icon=":material/help:"):
        for sentence in effects.SURENESS:
            st.markdown(plain(sentence))
    if action["effect"]:
        st.markdown(f"What was noted: {plain(action['effect'])}")


def closed() -> None:
    """What was closed, on time or not, and what was opened again."""
    st.markdown(f"**{plain(numbers.timely_text(ask(numbers.timely)))}**")
    st.caption("What was due in the twelve months to the as-of date counts, and what was due before and is still open.")
    again = ask(numbers.reopened)
    if not again.empty:
        st.subheader(f"Reopened: {len(again)}", anchor=False)
        _listed(again, ["what", "cro", "study", "owner", "closed_before", "closed", "due"], "actions-reopened")
    found = ask(numbers.closed_actions)
    st.subheader(f"Closed: {len(found)}", anchor=False)
    if found.empty:
        st.caption("Nothing was closed yet.")
        return
    _listed(
        found, ["what", "cro", "study", "owner", "side", "due", "closed", "days", "figure", "effect"], "actions-closed"
    )


def decisions() -> None:
    """What was decided, the newest first."""
    found = ask(numbers.decisions)
    if found.empty:
        st.info("No decision is written down yet. An action of the type decision stands here.")
        return
    st.markdown(f"**{count(len(found), 'decision')}, the newest first.**")
    _listed(found, ["what", "cro", "study", "owner", "raised", "due", "closed", "figure", "effect"], "decisions")


def of_cro(cro: str) -> None:
    """The actions of one CRO, briefly: what is open, and what was closed last."""
    found = ask(numbers.open_actions, cro)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(numbers.summary(found))}**", width="content")
        if st.button("Make an action", key=f"make-{cro}", icon=":material/add_task:"):
            make(cro, "", "", "")
    if not found.empty:
        _listed(found, ["what", "study", "owner", "side", "due", "days", "figure"], "actions-of-cro")
    done = ask(numbers.closed_actions, cro).head(RECENT)
    if not done.empty:
        st.markdown("Closed last")
        _listed(done, ["what", "study", "owner", "closed", "days", "effect"], "actions-done-of-cro")
    st.page_link(
        "../pages/reviews.py", label="All actions, and whether they helped", icon=":material/handshake:",
        query_params=address(cros=cro, view="Actions"),
    )  # fmt: skip


def for_red(found: pd.DataFrame, cro: str = "", engagement: str = "") -> None:
    """A button for each KPI of a table that is red, which makes an action of it; columns label, band, text.

    Those of one CRO or engagement.
    """
    red = found[found["band"] == Band.RED] if len(found) else found
    if red.empty:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Make an action:", width="content")
        for label, text in zip(red["label"], red["text"], strict=True):
            kpi = KPIS.get(label, "")
            key = f"red-{kpi}-{cro}-{engagement}"
            if st.button(label, key=key, type="tertiary", icon=":material/add_task:"):
                make(cro, engagement, kpi, f"{label}: {text}")


@st.dialog("Make an action")
def make(cro_id: str, engagement: str, kpi: str, about: str, kind: str = "task") -> None:
    """Ask for an action and keep it: of a CRO or one of its engagements, about a KPI, each empty where not known.

    `about` says in a line what it is about, `kind` is the type that is offered first.
    """
    if about:
        st.markdown(plain(about))
    cro = cro_id or (ask(numbers.cro_of, engagement) if engagement else "") or _which_cro()
    if not cro:
        return
    with st.form("action", border=False):
        description = st.text_input("What is to be done", max_chars=300)
        left, right = st.columns(2)
        owner = left.text_input("Who does it")
        side = right.segmented_control("Whose side", list(OURS), default="cro", format_func=_ours, required=True)
        due = left.date_input("By when", value=datetime.now(UTC) + timedelta(days=14), format="YYYY-MM-DD")
        raised_by = right.segmented_control(
            "Raised by", list(OURS), default="sponsor", format_func=_ours, required=True
        )
        types = list(BY_KIND["actions"]["type"].choices)
        what = left.selectbox("Type", types, index=types.index(kind), format_func=str.capitalize)
        study = engagement or _which_study(right, cro)
        figure = kpi or _which_kpi()
        reason = why_right("make-action")
        who = name_of_writer("make-action")
        if not st.form_submit_button("Save", type="primary", icon=":material/save:"):
            return
    if not (description.strip() and owner.strip() and who.strip()):
        st.warning("An action needs what is to be done, an owner and your name.")
        return
    action = {
        "action_id": f"A-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}",
        "cro_id": cro,
        "engagement_id": study,
        "type": what,
        "description": description.strip(),
        "kpi_id": figure,
        "owner": owner.strip(),
        "owner_organisation": side or "",
        "raised_by": raised_by or "",
        "raised": day_of_writing().isoformat(),
        "due": due.isoformat() if isinstance(due, date) else "",
    }
    if kept("make-action", "actions", [action], who, reason=reason, labels=LABELS):
        st.rerun()


def _ours(side: str) -> str:
    return OURS[side]


def _which_cro() -> str:
    names = ask(sides.names)
    if not names:
        st.info("No CRO in scope has an engagement yet.")
        return ""
    return str(st.selectbox("CRO", list(names), format_func=lambda code: names[code], key="make-cro"))


def _which_study(place: Any, cro: str) -> str:
    studies, _ = ask(numbers.writable, cro)
    options = ["", *studies]
    return str(place.selectbox("Study", options, format_func=lambda code: studies.get(code, "The CRO as a whole")))


def _which_kpi() -> str:
    options = ["", *BY_ID]
    return str(
        st.selectbox("KPI that it should move", options, format_func=lambda code: BY_ID[code].label if code else "None")
    )
