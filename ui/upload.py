"""The first tab of the Data page: drop files, see what they would change and what is wrong with them, accept or not."""

from datetime import UTC, date, datetime

import streamlit as st

from analytics.catalogue import IDS
from analytics.words import count, day
from data import commands
from data.intake import FileIn, FileResult, Loaded, Options
from data.store import Stamp
from ui import status_date
from ui.accepted import DONE, Done, say_done
from ui.card import card
from ui.decided import Decided, decided, forget_all
from ui.doubts import unanswered, wants_reason
from ui.moved import figures
from ui.preview import of_a_row, totals
from ui.questions import create_cros
from ui.scope import scope
from ui.store import open_store
from ui.trial import MovedOn, Seen, Wish, keep, tried

TURN, DATED, NAME = "_upload_turn", "_upload_dated", "upload-who"
LARGEST = 50
"""MB of one file; as the server's own limit."""


def upload() -> None:
    """Draw the tab."""
    turn = st.session_state.setdefault(TURN, 0)
    done = st.container()
    dropped = st.file_uploader(
        "Drop files: CSV, Excel or a zip of them; one, or several that belong together",
        accept_multiple_files=True,
        key=f"files-{turn}",
        max_upload_size=LARGEST,
        help="Kinds are found from the columns. Nothing is kept before you accept it.",
    )
    stamp = _stamp([file.name for file in dropped], turn)
    if not dropped:
        forget_all()
        with done:
            say_done()
        return
    st.session_state[DONE] = None
    if stamp is None:
        st.info("Choose the status date of the data.")
        return
    known = decided([file.file_id for file in dropped])
    if known.cancelled:
        _cancelled(known)
        return
    _work_through(tuple(FileIn(file.name, file.getvalue()) for file in dropped), stamp, known)


def _stamp(names: list[str], turn: int) -> Stamp | None:
    """Who tells, and of which day: asked above everything else. None while no day is chosen."""
    when, who, why = st.columns([1, 1, 2])
    of_month = status_date.named(names)
    if of_month and st.session_state.get(DATED) != names:
        st.session_state["status-date"] = of_month
    else:
        st.session_state.setdefault("status-date", status_date.proposed())
    st.session_state[DATED] = names
    told_of = when.date_input(
        "Status date of the data", format="YYYY-MM-DD", key="status-date",
        help="The day up to which the files tell what happened; for a monthly return the last day of the month.",
    )  # fmt: skip
    if of_month and told_of == of_month:
        when.caption(f"{day(of_month)}: the month that the file names.")
    st.session_state.setdefault(NAME, st.session_state.get("who", ""))
    name = who.text_input("Your name", key=NAME, help="It stands in the history.").strip()
    reason = why.text_input(
        "Reason, if something agreed changes", key=f"reason-{turn}", max_chars=500,
        help="Needed where an original baseline, due date or contract value changes. It stands in the history.",
    )  # fmt: skip
    if not isinstance(told_of, date):
        return None
    st.session_state["who"] = name
    return Stamp(who=name, role="user", at=datetime.now(UTC), status_date=told_of, reason=reason.strip())


def _work_through(files: tuple[FileIn, ...], stamp: Stamp, known: Decided) -> None:
    """Show what the files would do, ask what is open, and offer to keep it."""
    options = Options(valid_rows_only=known.valid_rows_only, create_cros=known.create_cros)
    wish = Wish(files, stamp, known.asked, known.answers, options)
    seen = tried(wish, known)
    answer = seen.answer
    totals(answer)
    top = st.container()
    create_cros(answer.files, known)
    for file in answer.files:
        card(file, known)
    with top:
        _stands(answer, known)
    if answer.accepted and _anything(answer):
        figures(seen.moved)
    _decide(wish, seen, known)


def _stands(answer: Loaded, known: Decided) -> None:
    """One line on how far the files are from being loaded."""
    if missing := _missing(answer, known):
        st.warning(f"Not ready yet: {', '.join(missing)}. Nothing is kept before you accept it.")
    elif not _anything(answer):
        st.info("Nothing new: the store has these rows already.", icon=":material/check:")


def _missing(answer: Loaded, known: Decided) -> list[str]:
    """What stands between the files and the store, in words."""
    parts = []
    if not answer.accepted:
        found = [(file, one) for file in answer.files for one in file.problems if not wants_reason(file, one)]
        open_ = len({(file.file, one.rule, one.column, one.value) for file, one in found if one.severity == "question"})
        whole = sum(one.severity == "error" and not of_a_row(file, one) for file, one in found)
        rows = len({(file.file, one.row) for file, one in found if one.severity == "error" and of_a_row(file, one)})
        parts += [count(open_, "question") + " to answer"] if open_ else []
        parts += [count(whole, "file or column") + " to put right"] if whole else []
        parts += [count(rows, "row") + " to mend"] if rows else []
    if doubts := unanswered(known, answer.files):
        parts.append(f"{count(doubts, 'reason')} to give")
    return parts


def _anything(answer: Loaded) -> int:
    return sum(file.counts.new + file.counts.changed + file.counts.removed for file in answer.files)


def _decide(wish: Wish, seen: Seen, known: Decided) -> None:
    answer = seen.answer
    rejected = sum(file.counts.rejected for file in answer.files)
    if known.valid_rows_only or (rejected and not answer.accepted):
        _ask_for_good_rows(rejected, known)
    total = _anything(answer)
    if not (answer.accepted and total):
        return
    lacking = _lacking(wish, known, answer.files)
    if lacking:
        st.info(" ".join(lacking))
    label = f"Accept {count(total, 'row')}"
    if st.button(label, type="primary", disabled=bool(lacking), icon=":material/check:"):
        _accept(wish, seen, known)


def _ask_for_good_rows(rejected: int, known: Decided) -> None:
    wanted = st.checkbox(
        f"Load the good rows, and give me the other {count(rejected, 'row')} back with the reasons",
        value=known.valid_rows_only, key=f"valid-{known.ids[0]}",
    )  # fmt: skip
    if wanted != known.valid_rows_only:
        known.valid_rows_only = wanted
        st.rerun()


def _lacking(wish: Wish, known: Decided, files: tuple[FileResult, ...]) -> list[str]:
    """What whoever accepts has still to say."""
    said = []
    if doubts := unanswered(known, files):
        said.append(f"Give {count(doubts, 'reason')} above, or mend what is not right.")
    if not wish.stamp.who:
        said.append("Enter your name above: it stands in the history with what you load.")
    return said


def _accept(wish: Wish, seen: Seen, known: Decided) -> None:
    """Load what was tried, unless somebody else has changed the store in between."""
    looked_at = scope()
    following = looked_at is not None and looked_at.as_of == status_date.newest()
    try:
        answer = keep(wish, seen)
    except MovedOn:
        st.warning("Somebody else has loaded data since you looked. What would change is worked out anew: look again.")
        st.button("Look again")
        return
    st.session_state[DONE] = Done(answer, _keep_profiles(wish, known, answer))
    st.session_state[TURN] += 1
    forget_all()
    if following:
        st.session_state.pop("as_of", None)
    st.rerun()


def _keep_profiles(wish: Wish, known: Decided, answer: Loaded) -> list[str]:
    """Keep the readings that somebody gave a name; the names of those that were not kept so already."""
    kept = []
    for file in answer.files:
        name = known.profiles.get(file.file)
        if name and file.kind and file.headings.matched:
            changed = commands.keep_profile(open_store(), name, file.headings.reading, wish.stamp, IDS)
            kept += [name] if changed else []
    return kept


def _cancelled(known: Decided) -> None:
    st.info("Called off: nothing was loaded.", icon=":material/close:")
    if st.button("Look at the files again"):
        known.cancelled = False
        st.rerun()
