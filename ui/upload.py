"""The first tab of the Data page: drop files, see what they would change and what is wrong with them, accept or not."""

from datetime import UTC, date, datetime

import streamlit as st

from analytics.catalogue import DIRECTIONS
from analytics.words import count, day
from data import commands
from data.intake import FileIn, FileResult, Loaded, Options
from data.store import Stamp
from ui import status_date
from ui.accepted import DONE, Done, say_done
from ui.card import card
from ui.decided import Decided, decided, forget_all
from ui.doubts import unanswered, wants_reason
from ui.dropped import clear, dropped, turn
from ui.moved import figures
from ui.preview import of_a_row, totals
from ui.questions import create_cros
from ui.scope import scope
from ui.store import open_store
from ui.trial import MovedOn, Seen, Wish, keep, tried

DATED, SAID, WANTED, NAME = "_upload_dated", "_upload_said", "_upload_wanted", "upload-who"


def upload() -> None:
    """Draw the tab."""
    shown: Seen | None = st.session_state.pop(WANTED, None)
    done = st.container()
    files = dropped()
    stamp = _stamp([file.name for file in files])
    if not files:
        forget_all()
        st.session_state[SAID] = {}
        with done:
            say_done()
        return
    st.session_state[DONE] = None
    if stamp is None:
        st.info("Choose the status date of the data.")
        return
    known = decided([file.file_id for file in files])
    if known.cancelled:
        _cancelled(known)
        return
    _work_through(tuple(FileIn(file.name, file.getvalue()) for file in files), stamp, known, shown)


def _stamp(names: list[str]) -> Stamp | None:
    """Who tells, and of which day: asked above everything else. None while no day is chosen."""
    when, who, why = st.columns([1, 1, 2])
    of_name, said = status_date.named(names), st.session_state.setdefault(SAID, {})
    if of_name and st.session_state.get(DATED) != names:
        st.session_state["status-date"] = of_name
    else:
        st.session_state.setdefault("status-date", said.get("day") or status_date.proposed())
    st.session_state[DATED] = names
    told_of = when.date_input(
        "Status date of the data", format="YYYY-MM-DD", key="status-date",
        help="The day up to which the files tell what happened; for a monthly return the last day of the month.",
    )  # fmt: skip
    if of_name and told_of == of_name:
        when.caption(f"{day(of_name)}: as the file is named.")
    st.session_state.setdefault(NAME, st.session_state.get("who", ""))
    name = who.text_input("Your name", key=NAME, help="It stands in the history.").strip()
    reason = why.text_input(
        "Reason, if something agreed changes", key=f"reason-{turn()}", max_chars=500, value=said.get("reason", ""),
        help="Needed where an original baseline, due date or contract value changes. It stands in the history.",
    )  # fmt: skip
    # Widgets that are not drawn forget what was entered; the files beside them stay.
    st.session_state[SAID] = {"day": told_of, "reason": reason}
    if not isinstance(told_of, date):
        return None
    st.session_state["who"] = name
    return Stamp(who=name, role="user", at=datetime.now(UTC), status_date=told_of, reason=reason.strip())


def _work_through(files: tuple[FileIn, ...], stamp: Stamp, known: Decided, shown: Seen | None) -> None:
    """Show what the files would do, ask what is open, and offer to keep it; keep what was `shown` and is accepted."""
    options = Options(valid_rows_only=known.valid_rows_only, create_cros=known.create_cros)
    wish = Wish(files, stamp, known.asked, known.answers, options)
    seen = tried(wish, known)
    answer = seen.answer
    totals(answer)
    top = st.container()
    create_cros(answer.files, known)
    for file in answer.files:
        card(file, known, alone=len(answer.files) == 1)
    with top:
        _stands(seen, known)
    if answer.accepted and _anything(answer):
        figures(seen.moved)
    _decide(wish, seen, known)
    if shown is not None:
        _accept(wish, seen, shown, known)


def _stands(seen: Seen, known: Decided) -> None:
    """How far the files are from being loaded."""
    answer = seen.answer
    if seen.anew:
        st.warning(
            "Somebody else has loaded data since you dropped the files: what they would change is worked out anew."
        )
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
    sheets = sum(file.sheet and file.blocked for file in answer.files)
    if known.valid_rows_only or ((rejected or sheets) and not answer.accepted):
        _ask_for_good_rows(rejected, sheets, known)
    total = _anything(answer)
    if not (answer.accepted and total):
        return
    lacking = _lacking(wish, known, answer.files)
    if lacking:
        st.info(" ".join(lacking))
    label = f"Accept {count(total, 'row')}"
    # The callback has what this run shows: by the time of the click the run that answers it has tried again.
    st.button(
        label, type="primary", disabled=bool(lacking), icon=":material/check:", on_click=_wanted, args=(seen,)
    )  # fmt: skip


def _wanted(shown: Seen) -> None:
    """Somebody accepts what is shown."""
    st.session_state[WANTED] = shown


def _ask_for_good_rows(rejected: int, sheets: int, known: Decided) -> None:
    rows = f", and give me the other {count(rejected, 'row')} back with the reasons" if rejected else ""
    without = f", without the {count(sheets, 'sheet')} that cannot be read" if sheets else ""
    wanted = st.checkbox(
        f"Load {'what is good' if sheets else 'the good rows'}{without}{rows}",
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


def _accept(wish: Wish, seen: Seen, shown: Seen, known: Decided) -> None:
    """Load what was tried, unless that is not what was shown any more."""
    if _lacking(wish, known, seen.answer.files):
        return  # a word was taken back in the moment of the click; what is lacking is said
    looked_at = scope()
    following = looked_at is not None and looked_at.as_of == status_date.newest()
    try:
        answer = keep(wish, seen, shown)
    except MovedOn as why:
        st.warning(f"Nothing is kept yet. {why}")
        st.button("Look again")
        return
    st.session_state[DONE] = Done(answer, _keep_profiles(wish, known, answer))
    clear()
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
            changed = commands.keep_profile(open_store(), name, file.headings.reading, wish.stamp, DIRECTIONS)
            kept += [name] if changed else []
    return kept


def _cancelled(known: Decided) -> None:
    st.info("Called off: nothing was loaded.", icon=":material/close:")
    if st.button("Look at the files again"):
        known.cancelled = False
        st.rerun()
