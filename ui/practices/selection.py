"""What the page of the CROs shows of due diligence: candidates for a need, and whose qualification ends."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analytics.practices import qualification as qualified
from analytics.practices import selection as numbers
from analytics.practices import sensitivity as moved
from analytics.practices.selection import Candidate, Selection
from analytics.words import day
from charts import profile
from charts.theme import SYMBOL
from data.contracts import BY_KIND
from data.contracts.needs import CRITERIA
from ui.ask import ask
from ui.choose import choose, set_choice
from ui.columns import DATE, written
from ui.entry import day_of_writing, entry, keep, kept, name_of_writer, why_right
from ui.scope import FILTERS, address, scope
from ui.show import chart, look, picked_row, plain, rows

NEED, CANDIDATE = "need", "candidate"
"""The parameters of the address that say what is sought, and which candidate is looked at."""
NEXT, NAME, NEW = "_selection-next", "need-name", "need-new"
"""What is chosen in the next run, the name of a new need, and whether one is written."""
USUAL = [{"criterion": criterion, "weight": "1", "gate": "no"} for criterion in CRITERIA]
DECISIONS = BY_KIND["selections"]["decision"].choices
SERVICES = BY_KIND["engagements"]["service_type"].choices
STATES = {"expired": "red", "soon": "amber", "not_recorded": "not_reported", "valid": "green"}

STANDING: dict[str, Any] = {
    "cro": st.column_config.TextColumn("Candidate", pinned=True),
    "total": st.column_config.NumberColumn(
        "Total of 5", format="%.2f", help="Weighted mean of what is scored: sum of weight x score over sum of weight."
    ),
    "low": st.column_config.NumberColumn("At least", format="%.2f", help="If every missing score were 0."),
    "high": st.column_config.NumberColumn("At most", format="%.2f", help="If every missing score were 5."),
    "scored": "Scored",
    "word": st.column_config.TextColumn("In words", width="large"),
    "decision": "Decision",
    "decision_reason": "Why",
    "decided_by": "By",
    "decided_on": st.column_config.DateColumn("On", format=DATE),
}
CRITERION = st.column_config.TextColumn("Criterion", pinned=True)
WEIGHT = st.column_config.NumberColumn("Weight", format="%g")
SCORE = "0 none, 1 poor, 2 weak, 3 adequate, 4 good, 5 excellent."
SENSITIVITY: dict[str, Any] = {
    "criterion": CRITERION,
    "weight": WEIGHT,
    "halved": st.column_config.TextColumn("First if halved"),
    "doubled": st.column_config.TextColumn("First if doubled"),
    "down": st.column_config.NumberColumn("Flips below", format="%.3g"),
    "down_first": "Then first",
    "up": st.column_config.NumberColumn("Flips above", format="%.3g"),
    "up_first": "Then first ",
    "nearest": None,
}
JUDGED: dict[str, Any] = {
    "criterion": CRITERION,
    "weight": WEIGHT,
    "gate": "Gate",
    "score": st.column_config.NumberColumn("Score", format="%g", help=SCORE),
    "claimed": st.column_config.TextColumn("It claims", width="medium"),
    "measured": st.column_config.TextColumn("We measured", width="large", help="Its work for us, as scored elsewhere."),
    "evidence": st.column_config.TextColumn("Evidence of the score", width="medium"),
    "assessor": "Judged by",
    "assessed_on": st.column_config.DateColumn("On", format=DATE),
}
QUALIFICATION: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "status": st.column_config.TextColumn("Qualification"),
    "work": st.column_config.TextColumn("Engagements"),
    "tier": "Tier",
    "qualified_until": st.column_config.DateColumn("Qualified until", format=DATE, help="Its last day."),
    "days": st.column_config.NumberColumn("Days to it", help="Minus: since it ended."),
    "audit_word": st.column_config.TextColumn("Audits", width="medium"),
    "last_audit": st.column_config.DateColumn("Last audit", format=DATE),
    "next_audit": st.column_config.DateColumn("Next audit", format=DATE),
}


def begin() -> None:
    """Nothing is in the store yet: the first CRO that is considered."""
    st.subheader("Or begin before the first contract")
    st.markdown("Write down a CRO that you consider; then say what you seek, and judge who could do it.")
    _add_candidate()


def without_engagements() -> None:
    """No CRO has an engagement in scope: candidates can still be judged."""
    seen = scope()
    if seen is not None and any(getattr(seen, name) for name in FILTERS):
        st.info("No CRO matches the filters.", icon=":material/filter_alt:")
    else:
        st.info("No CRO has an engagement yet. Choose one among the candidates.", icon=":material/person_search:")
    selecting, qualifying = st.tabs(("Selection", "Qualification"), key="before", on_change="rerun")
    if selecting.open:
        with selecting:
            selection()
    if qualifying.open:
        with qualifying:
            qualification()


def selection() -> None:
    """What is sought, who could do it, how they compare, and what was decided."""
    needs = ask(numbers.needs)
    _choose_next(needs)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        need = choose("What is sought", needs, NEED) if needs else None
        new = st.toggle("Write a new one", key=NEW) if needs else True
    if new:
        _new_need()
    elif need is not None:
        _need(need)


def _choose_next(needs: Mapping[str, str]) -> None:
    """Open what was just written, before its choice is drawn."""
    name = str(st.session_state.get(NAME, "")).strip()
    if name in needs:
        set_choice(NEED, name)
        st.session_state[NAME], st.session_state[NEW] = "", False
    if chosen := st.session_state.pop(NEXT, None):
        set_choice(CANDIDATE, chosen)


def _new_need() -> None:
    st.subheader("What do you seek?")
    name = st.text_input("Name of it", key=NAME, max_chars=80, placeholder="ORV-5 monitoring", width=400).strip()
    if not name:
        st.caption("Give it a name; then say by what a candidate is judged.")
        return
    st.markdown("By what is a candidate judged? These are the usual criteria: change, delete or add some.")
    _criteria(name)


def _criteria(need: str) -> None:
    entry("needs", ("criterion", "weight", "gate"), fixed={"need_id": need}, begin=USUAL)
    st.caption(
        f"A weight counts against the others. A gate excludes who scores under {numbers.ADEQUATE:g} (adequate) in it."
    )


def _need(need: str) -> None:
    """The candidates of a need side by side, then one of them."""
    found, seen = ask(numbers.selection, need), scope()
    if found.problem:
        st.warning(plain(found.problem), icon=":material/balance:")
    else:
        st.markdown(f"**{plain(numbers.summary(found))}**")
    if found.candidates:
        _standing(found)
        _robustness(found)
    if any(one.scores for one in found.candidates):
        chart(
            profile.figure(numbers.profile(found), look(), as_of=seen.as_of if seen else None),
            numbers.matrix(found),
            key="profile",
            alt="The score of each candidate in each criterion, from 0 to 5.",
            name="Criteria and candidates as a table",
            columns={"criterion": CRITERION, "weight": WEIGHT, "gate": "Gate"}
            | {
                numbers.column_of(one): st.column_config.NumberColumn(found.names[one.cro_id], format="%g")
                for one in found.candidates
            },
        )
    with st.expander("Criteria and weights", icon=":material/balance:", expanded=bool(found.problem)):
        _criteria(need)
    _candidates(found)


def _standing(found: Selection) -> None:
    ids = [one.cro_id for one in found.candidates]
    table = numbers.standing(found)
    decided = table["decision"].any()
    table = table[[name for name in STANDING if decided or not name.startswith("deci")]]
    rows(
        table,
        key="standing",
        columns=STANDING,
        picked=lambda: _open(ids),
        height=min(38 + 35 * len(ids), 500),
        written=written(table, words=dict.fromkeys(("total", "low", "high"), "{:.2f}".format)),
    )
    st.caption("Who can be chosen stands before who cannot, then the higher total. Select a row to open the candidate.")


def _open(ids: list[str]) -> None:
    place = picked_row("standing")
    if place is not None:
        set_choice(CANDIDATE, ids[place])


def _robustness(found: Selection) -> None:
    """What the weights make of the order, and the table behind it."""
    for sentence in moved.robustness(found):
        st.markdown(plain(sentence))
    table = moved.sensitivity(found)
    if len(found.candidates) > 1 and not table.empty:
        with st.expander("How sure? Each weight moved alone", icon=":material/help:"):
            rows(table, key="sensitivity", columns=SENSITIVITY)


def _candidates(found: Selection) -> None:
    st.subheader("A candidate")
    known = ask(numbers.cros, found.need)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = choose("Candidate", known, CANDIDATE, placeholder="Choose one to judge it") if known else None
        with st.popover("Add a candidate", icon=":material/person_add:"):
            _add_candidate()
    if one is None:
        st.caption("Choose a CRO to write its scores, or add one that is not known yet.")
        return
    judged = next((each for each in found.candidates if each.cro_id == one), None)
    table = ask(numbers.judged, found.need, one)
    if (judged is not None and judged.scores) or table["measured"].any():
        told = [name for name in JUDGED if name != "measured" or table[name].any()]
        rows(table[told], key="judged", columns=JUDGED)
    with st.expander("Write the scores", icon=":material/edit:", expanded=judged is None or bool(judged.missing)):
        _scores(found, one)
    if judged is not None:
        _decision(found, judged)


def _scores(found: Selection, cro: str) -> None:
    criteria = {criterion.code: criterion.label for criterion in found.criteria}
    entry(
        "selections",
        ("criterion", "claimed", "score", "evidence", "assessor", "assessed_on"),
        fixed={"need_id": found.need, "cro_id": cro},
        filled="criterion",
        labels={"claimed": "It claims", "assessor": "Judged by", "assessed_on": "On"},
        choices={"criterion": criteria},
        begin=[{"criterion": code} for code in criteria],
    )
    st.caption(f"{SCORE} A score wants its evidence: a reference, an audit, a visit.")


def _decision(found: Selection, one: Candidate) -> None:
    """What was decided, and the form to decide."""
    name = found.names[one.cro_id]
    st.subheader(plain(f"Decision on {name}"))
    if one.decision:
        when = f" on {day(one.decided_on)}" if one.decided_on else ""
        by = f" by {one.decided_by}" if one.decided_by else ""
        st.markdown(plain(f"{numbers.called(one.decision).capitalize()}{by}{when}: {one.decision_reason}"))
    if one.failed:
        st.warning(plain(numbers.words(found, one).capitalize()), icon=":material/block:")
    key = f"decision-{found.need}-{one.cro_id}"
    with st.form(key):
        what, why, whose = st.columns((1, 3, 1))
        decision = what.selectbox(
            "Decision", DECISIONS, index=DECISIONS.index(one.decision) if one.decision else None,
            format_func=numbers.called, key=f"{key}-what",
        )  # fmt: skip
        reason = why.text_input("Why", value=one.decision_reason, key=f"{key}-why", max_chars=300)
        with whose:
            who = name_of_writer(key)
        pressed = st.form_submit_button("Keep the decision", icon=":material/gavel:")
    if pressed:
        if not (decision and reason.strip() and who.strip()):
            st.warning("A decision needs what was decided, why, and your name.")
        elif kept(key, "selections", [_row(found.need, one.cro_id, decision, reason, who)], who):
            st.rerun()
    if one.decision == "selected":
        _engagement(one)


def _row(need: str, cro: str, decision: str, reason: str, who: str) -> dict[str, str]:
    return {
        "need_id": need, "cro_id": cro, "criterion": "", "decision": decision, "decision_reason": reason.strip(),
        "assessor": who.strip(), "assessed_on": day_of_writing().isoformat(),
    }  # fmt: skip


def _engagement(one: Candidate) -> None:
    """The form that makes an engagement of a candidate that was selected, and opens it."""
    key = f"engage-{one.cro_id}"
    with st.expander("Make its engagement", icon=":material/handshake:"), st.form(key, border=False):
        first, second, third = st.columns(3)
        told = {
            "engagement_id": first.text_input("Code of the contract", key=f"{key}-id", placeholder="E-014"),
            "study_id": second.text_input("Study", key=f"{key}-study", placeholder="ABC-301"),
            "title": third.text_input("What it is", key=f"{key}-title", placeholder="Phase 3 monitoring"),
            "service_type": first.selectbox("Service", SERVICES, format_func=numbers.called, key=f"{key}-service"),
            "sponsor_pm": second.text_input("Our project manager", key=f"{key}-pm"),
            "currency": third.text_input("Currency", value="EUR", max_chars=3, key=f"{key}-currency"),
        }
        start = first.date_input("Agreed start", value=None, key=f"{key}-start", format="YYYY-MM-DD")
        end = second.date_input("Agreed end", value=None, key=f"{key}-end", format="YYYY-MM-DD")
        value = third.number_input("Contract value", value=None, min_value=0.0, key=f"{key}-value", format="%.2f")
        reason = why_right(key)
        who = name_of_writer(key)
        pressed = st.form_submit_button("Make the engagement", type="primary", icon=":material/add:")
    if not pressed:
        return
    row = {name: str(cell or "").strip() for name, cell in told.items()} | {
        "cro_id": one.cro_id,
        "start_date": start.isoformat() if start else "",
        "planned_end": end.isoformat() if end else "",
        "contract_value": "" if value is None else f"{value:.2f}",
    }
    if not who.strip():
        st.warning("Write your name: it stands in the ledger.")
    elif kept(key, "engagements", [row], who, reason=reason):
        keep("cros", [{"cro_id": one.cro_id, "name": one.cro, "candidate": "no"}], who)
        st.switch_page("../pages/studies.py", query_params=address(engagement=row["engagement_id"]))


def _add_candidate() -> None:
    """The form for a CRO that is considered and not known yet."""
    key = "new-candidate"
    with st.form(key, border=False, clear_on_submit=False):
        code = st.text_input("Our code for it", key=f"{key}-code", placeholder="FORTIS", width=260)
        name = st.text_input("Its name", key=f"{key}-name", placeholder="Fortis Clinical", width=260)
        country = st.text_input("Country", key=f"{key}-country", width=260)
        reason = why_right(key)
        who = name_of_writer(key)
        pressed = st.form_submit_button("Add the candidate", icon=":material/person_add:")
    if not pressed:
        return
    row = {"cro_id": code.strip(), "name": name.strip(), "country": country.strip(), "candidate": "yes"}
    if not (row["cro_id"] and row["name"] and who.strip()):
        st.warning("A candidate needs a code, a name, and your name.")
    elif scope() is not None and row["cro_id"] in ask(numbers.known):
        st.warning("There is a CRO with that code already: choose it in the list.")
    elif kept(key, "cros", [row], who, reason=reason):
        st.session_state[NEXT] = row["cro_id"]
        st.rerun()


def qualification() -> None:
    """Whose qualification ended or ends, what was audited, and the table to write it."""
    found = ask(qualified.qualification)
    if found.empty:
        st.info("No CRO is known here yet. Write the first one below, or load **cros**.", icon=":material/verified:")
    else:
        st.markdown(f"**{plain(qualified.summary(found))}**")
        status = [
            f"{SYMBOL[STATES[state]]} {words}" for state, words in zip(found["state"], found["status"], strict=True)
        ]
        table = found.assign(status=status)[list(QUALIFICATION)]
        rows(
            table,
            key="qualification",
            columns=QUALIFICATION,
            height=min(38 + 35 * len(table), 900),
            written=written(table, ["status"]),
        )
        st.caption(
            f"{SYMBOL['red']} expired, {SYMBOL['amber']} ends within {qualified.SOON} days, {SYMBOL['green']} valid. "
            "Next audit: the earliest that follows the newest of each type."
        )
    with st.expander("Write CROs and their qualification", icon=":material/edit:", expanded=found.empty):
        entry(
            "cros",
            ("cro_id", "name", "country", "tier", "services", "qualified_until", "candidate"),
            labels={"cro_id": "Our code", "candidate": "Only considered"},
        )
