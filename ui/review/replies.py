"""What is missing before a review, what we say of its figures, and what the CRO says of them."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.catalogue import BY_ID
from analytics.kpi import Band
from analytics.reviews import Missing, Review, reply_words
from analytics.words import count, day
from reports import questions, reply
from reports.content import Figure, Pack, Table
from ui.ask import ask
from ui.columns import DATE, written
from ui.entry import entry, kept, name_of_writer, why_right
from ui.practices.feedback import make
from ui.review.blocks import standing
from ui.review.steps import today
from ui.show import plain, rows

KINDS = {
    "stale data": "Without data up to the cut-off",
    "no data": "KPIs without data",
    "unexplained": "Red, with neither a comment nor an action",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {
    "figure": "Figure",
    "reply": "The CRO says",
    "own_value": "Its own value",
    "evidence": "Evidence",
    "comment": "Its comment",
    "replied_by": "Replied by",
    "replied_on": "On",
    "dispute": "The dispute is",
    "dispute_owner": "Who settles it",
    "settled_on": "Settled on",
    "settled_how": "Settled how",
}
TOLD: dict[str, Any] = {
    "figure": st.column_config.TextColumn("Figure", pinned=True, width=230),
    "value": st.column_config.TextColumn("Our value", width=110),
    "status": st.column_config.TextColumn("Status", width=190),
    "reply": st.column_config.TextColumn("What the CRO says", width="large"),
    "explained": st.column_config.TextColumn("What we say", width="medium"),
    "by": "Replied by",
    "on": st.column_config.DateColumn("On", format=DATE),
}


def missing(found: Review, pack: Pack) -> None:
    """What a review lacks, and room for our comment on each red figure."""
    lacks = ask(questions.missing, found.review_id, today())
    if not lacks:
        st.success("Nothing is missing: data is there up to the cut-off, and every red figure is explained.")
    for kind, head in KINDS.items():
        own = [one for one in lacks if one.kind == kind]
        if own and kind != "unexplained":
            st.subheader(f"{head}: {len(own)}", anchor=False)
            _lacks(own, kind)
    comments(found, pack, [one.figure for one in lacks if one.kind == "unexplained"])


def _lacks(own: list[Missing], kind: str) -> None:
    table = pd.DataFrame([(one.what, one.why) for one in own], columns=["What", "Why"])
    rows(table, key=f"missing-{kind.replace(' ', '-')}", columns={"Why": st.column_config.TextColumn(width="large")})
    if kind == "stale data":
        st.page_link("../pages/data.py", label="Load newer data", icon=":material/upload_file:")


def comments(found: Review, pack: Pack, unexplained: list[str]) -> None:
    """Our comment on each red figure, those that lack one first, and on any other that is chosen."""
    figures = {one.id: one for one in pack.figures if one.id in BY_ID}
    said = ask(questions.replies, found.review_id)
    red = [code for code, one in figures.items() if one.band == Band.RED]
    told = [code for code in figures if code in said and said[code]["explanation"]]
    shown = list(dict.fromkeys((*unexplained, *red, *told)))
    st.subheader("What we say of the figures", anchor=False)
    state = f"{len(unexplained)} of {count(len(red), 'red figure')} unexplained." if red else "No figure is red."
    st.caption(f"{state} A red figure needs a comment or an action; without either it is frozen as “unexplained”.")
    other = st.multiselect(
        "Comment on another figure too", [code for code in figures if code not in shown],
        format_func=lambda code: figures[code].label, key=f"other-{found.review_id}", placeholder="Choose by name",
    )  # fmt: skip
    written = {code: _comment(found, figures[code], said, code in unexplained) for code in (*shown, *other)}
    changed = {code: text for code, text in written.items() if text != _kept_comment(said, code)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = name_of_writer("review-comments")
        reason = why_right("review-comments")
        pressed = st.button(
            f"Save {count(len(changed), 'comment')}", type="primary", icon=":material/save:", key="save-comments",
            disabled=not changed,
        )  # fmt: skip
    if not pressed:
        return
    if not who.strip():
        st.warning("Write your name first: it stands in the ledger.")
        return
    told_rows = [
        {"review_id": found.review_id, "figure": code, "explanation": text, "explained_by": who.strip()}
        for code, text in changed.items()
    ]
    if kept("review-comments", "review_replies", told_rows, who, reason=reason, labels={"explanation": "Comment"}):
        st.rerun()


def _comment(found: Review, figure: Figure, said: dict[str, dict[str, Any]], needs: bool) -> str:
    """Room for a comment on one figure, and beside it for an action in its place."""
    about = f"{figure.label}: {figure.text}, {figure.word}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            plain(f"{about} · unexplained" if needs else about), value=_kept_comment(said, figure.id),
            key=f"comment-{found.review_id}-{figure.id}", max_chars=500,
            placeholder="Why is it so, and what becomes of it?" if needs else figure.explained,
        )  # fmt: skip
        if needs and st.button(
            "Make an action", key=f"explain-{figure.id}", type="tertiary", icon=":material/add_task:"
        ):
            make(found.cro_id, "", figure.id, about)
    return text.strip()


def _kept_comment(said: dict[str, dict[str, Any]], code: str) -> str:
    return str((said.get(code) or {}).get("explanation") or "")


def replies(found: Review, pack: Pack) -> None:
    """Each figure with the CRO's reply beside it, the sheet for it, and what became of disputes."""
    said = ask(questions.replies, found.review_id)
    labels = names(pack)
    given = [row for row in said.values() if row["reply"]]
    disputed = sum(row["reply"] == "disputed" for row in given)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(_summary(found, len(given), disputed))}**", width="content")
        st.download_button(
            "Reply sheet for the CRO",
            data=lambda: reply.write(pack),
            file_name=f"{found.review_id}-reply.xlsx",
            mime=XLSX,
            key="reply-sheet",
            icon=":material/download:",
            on_click="ignore",
        )
    st.caption("The filled sheet loads on Data like any file. A line that is left empty is no reply.")
    st.page_link("../pages/data.py", label="Load the CRO's reply", icon=":material/upload_file:")
    table = pd.DataFrame([_line(found, code, one, said.get(code)) for code, one in labels.items()], columns=list(TOLD))
    table = table.sort_values("reply", key=lambda texts: texts.map(_place), kind="stable", ignore_index=True)
    shown = table.assign(on=pd.to_datetime(table["on"]))
    rows(table, key="replies", columns=TOLD, height=min(38 + 35 * len(table), 520), written=written(shown, ["status"]))
    st.subheader("Replies and disputes, to be written", anchor=False)
    st.caption("A reply by mail or phone is written here. A line that is taken away takes our comment on it away too.")
    entry(
        "review_replies",
        list(LABELS),
        fixed={"review_id": found.review_id},
        filled="reply",
        labels=LABELS,
        choices={"figure": {code: one[0] for code, one in labels.items()}},
    )


def _place(said: str) -> int:
    """Disputes first, then what else was replied, then silence."""
    return 0 if said.startswith("disputed") else 2 if said in ("", "no reply") else 1


def _summary(found: Review, given: int, disputed: int) -> str:
    if given:
        return f"{count(given, 'figure')} replied to, {disputed} disputed."
    if found.shared_on is None:
        return "Not shared yet: no reply was asked for."
    due = (
        f"; it is due {day(found.reply_due)}"
        if not found.frozen_on and found.reply_due and found.reply_due >= today()
        else ""
    )
    return f"No reply{due}."


def names(pack: Pack) -> dict[str, tuple[str, str, str, str]]:
    """What can be replied to, by its code: what it is, our value, its standing, and our comment on it."""
    told = {one.id: (one.label, one.text, standing(one), one.explained) for one in pack.figures}
    days = (block for each in pack.sections for block in each.blocks if isinstance(block, Table))
    for row in (row for block in days if block.title == reply.DAYS for row in block.rows):
        told[str(row[0])] = (f"{row[1]}, {row[2]}: days by cause", f"{row[3]} days late", str(row[8] or ""), "")
    return told


def _line(found: Review, code: str, one: tuple[str, str, str, str], row: dict[str, Any] | None) -> dict[str, Any]:
    label, value, status, explained = one
    return {
        "figure": label,
        "value": value,
        "status": status,
        "reply": reply_words(row, found.shared_on is not None),
        "explained": (row or {}).get("explanation") or explained,
        "by": (row or {}).get("replied_by") or "",
        "on": (row or {}).get("replied_on"),
    }
