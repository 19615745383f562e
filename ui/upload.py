"""The first tab of the Data page: drop files, see what they would change and what is wrong with them, accept or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import streamlit as st
from duckdb import DuckDBPyConnection

from analytics.catalogue import IDS
from analytics.words import count, day
from data import commands
from data.contracts import BY_KIND
from data.intake import FileIn, FileResult, Loaded, Options, Problem
from data.store import Stamp
from ui.preview import show_file, totals
from ui.scope import address, scope
from ui.show import plain
from ui.store import open_store

TURN, SEEN, DONE, KINDS = "_upload_turn", "_upload_seen", "_upload_done", "_upload_kinds"
LARGEST = 50
"""MB of one file; as the server's own limit."""
LOOK_AT = (("home", "Home"), ("timelines", "Timelines"), ("budget", "Budget"), ("responsiveness", "Responsiveness"))


class MovedOn(Exception):
    """The store is not the one of the preview any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to load."""

    files: tuple[FileIn, ...]
    stamp: Stamp
    options: Options


@dataclass(frozen=True, slots=True)
class Seen:
    """A preview: of what, in which state of the store, and under which number it would be kept."""

    of: tuple[Any, ...]
    number: int
    answer: Loaded


def upload() -> None:
    """Draw the tab."""
    turn = st.session_state.setdefault(TURN, 0)
    done = st.container()
    dropped = st.file_uploader(
        "Drop CSV files: one, or several that belong together",
        accept_multiple_files=True,
        key=f"files-{turn}",
        max_upload_size=LARGEST,
        help="Kinds are found from the columns. Nothing is kept before you accept it.",
    )
    when, who, why = st.columns([1, 1, 2])
    status_date = when.date_input(
        "Status date of the data", value=_status_date(), format="YYYY-MM-DD", key="status-date",
        help="The day up to which the files tell what happened; for a monthly return the last day of the month.",
    )  # fmt: skip
    name = who.text_input("Your name", value=st.session_state.get("who", ""), help="It stands in the history.").strip()
    reason = why.text_input(
        "Reason, if something agreed changes", key=f"reason-{turn}", max_chars=500,
        help="Needed where an original baseline, due date or contract value changes. It stands in the history.",
    )  # fmt: skip
    if not dropped:
        with done:
            _say_done()
        return
    st.session_state[DONE] = None
    if not isinstance(status_date, date):
        st.info("Choose the status date of the data.")
        return
    st.session_state["who"] = name
    files = tuple(FileIn(file.name, file.getvalue(), _kind(file.file_id)) for file in dropped)
    ids = tuple(file.file_id for file in dropped)
    stamp = Stamp(who=name, role="user", at=datetime.now(UTC), status_date=status_date, reason=reason.strip())
    _decide(_asked(Wish(files, stamp, Options()), ids, turn), ids)


def _asked(wish: Wish, ids: tuple[str, ...], turn: int) -> Wish:
    """The wish with the answers to what a plain preview of it asks."""
    plainly = _preview(wish, ids)
    _ask_kinds(wish, plainly, ids)
    create = valid = False
    if unknown := _unknown_cros(plainly.files):
        names = plain(", ".join(unknown))
        create = st.checkbox(f"Create the CROs that are not known yet: {names}", key=f"create-{turn}")
    answered = _preview(replace(wish, options=Options(create_cros=create)), ids)
    rejected = sum(file.counts.rejected for file in answered.files)
    if not answered.accepted and rejected:
        valid = st.checkbox(
            f"Load the good rows, and give me the other {count(rejected, 'row')} back with the reasons",
            key=f"valid-{turn}",
        )
    return replace(wish, options=Options(valid_rows_only=valid, create_cros=create))


def _decide(wish: Wish, ids: tuple[str, ...]) -> None:
    """Show the preview of a wish, and offer to keep it."""
    answer = _preview(wish, ids)
    totals(answer)
    total = sum(file.counts.new + file.counts.changed for file in answer.files)
    if not answer.accepted:
        st.error("As the files are, nothing is loaded: mend what is listed below, and drop them again.")
    elif not total:
        st.info("Nothing new: the store has these rows already.", icon=":material/check:")
    else:
        if not wish.stamp.who:
            st.info("Enter your name above: it stands in the history with what you load.")
        if st.button(
            f"Accept {count(total, 'row')}", type="primary", disabled=not wish.stamp.who, icon=":material/check:"
        ):
            _accept(wish)
    for place, file in enumerate(answer.files):
        show_file(file, key=f"file-{place}")


def _accept(wish: Wish) -> None:
    """Load what was previewed, unless somebody else has changed the store in between."""
    seen: Seen = st.session_state[SEEN][wish.options]
    looked_at = scope()
    following = looked_at is not None and looked_at.as_of == _newest()

    def same(_cursor: DuckDBPyConnection, number: int) -> None:
        if number != seen.number:
            raise MovedOn

    try:
        if commands.state(open_store()) != seen.of[-1]:
            raise MovedOn
        answer = _load(wish, "Loading", same)
    except MovedOn:
        st.session_state[DONE] = None
        st.session_state.pop(SEEN)
        st.warning("Somebody else has loaded data since you looked. What would change is worked out anew: look again.")
        st.button("Look again")
        return
    st.session_state[DONE] = answer
    st.session_state[TURN] += 1
    st.session_state.pop(SEEN)
    if following:
        st.session_state.pop("as_of", None)
    st.rerun()


def _preview(wish: Wish, ids: tuple[str, ...]) -> Loaded:
    """What the wish would do to the store as it is; worked out once for each state of both."""
    of = (ids, tuple(file.kind for file in wish.files), wish.stamp.status_date, wish.stamp.reason, _state())
    kept: dict[Options, Seen] = st.session_state.setdefault(SEEN, {})
    if wish.options not in kept or kept[wish.options].of != of:
        numbers: list[int] = []
        trial = replace(wish, options=replace(wish.options, dry_run=True))
        answer = _load(trial, "Looking through the files", lambda _cursor, number: numbers.append(number))
        kept[wish.options] = Seen(of, numbers[0], answer)
    return kept[wish.options].answer


def _load(wish: Wish, label: str, inspect: Callable[[DuckDBPyConnection, int], None]) -> Loaded:
    place = st.empty()
    with place.status(f"{label} ..."):
        bar = st.progress(0.0)

        # A browser that is closed ends the script at the next word of progress, and that takes the load back.
        def tell(stage: str, share: float) -> None:
            bar.progress(share, plain(stage))

        answer = commands.load(
            open_store(), wish.files, wish.stamp, kpi_ids=IDS, options=wish.options, progress=tell, inspect=inspect
        )
    place.empty()
    return answer


def _say_done() -> None:
    """What the last accepted upload did, with what came back, and where to look."""
    answer: Loaded | None = st.session_state.get(DONE)
    if answer is None:
        return
    with st.container(border=True):
        told = "; ".join(f"{file.kind}: {_counts(file)}" for file in answer.files)
        st.success(f"Upload {answer.upload} is in. {plain(told)}.", icon=":material/check:")
        for place, file in enumerate(answer.files):
            if file.rejected_csv:
                st.download_button(
                    f"The rows of {plain(file.file)} that were not loaded, with the reasons", data=file.rejected_csv,
                    file_name=f"{file.file.removesuffix('.csv')}.rejected.csv", mime="text/csv", on_click="ignore",
                    key=f"rejected-{place}", icon=":material/download:",
                )  # fmt: skip
        newest, seen = _newest(), scope()
        if newest and seen and seen.as_of < newest:
            st.caption(f"You look at {day(seen.as_of)}; the newest data is as of {day(newest)}: move the as-of date.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("See what it says:", width="content")
            for page, label in LOOK_AT:
                st.page_link(f"../pages/{page}.py", label=label, query_params=address(), width="content")


def _counts(file: FileResult) -> str:
    counts = file.counts
    parts = {"new": counts.new, "changed": counts.changed, "given back": counts.rejected}
    return ", ".join(f"{number:,} {what}" for what, number in parts.items() if number) or "nothing new"


def _ask_kinds(wish: Wish, answer: Loaded, ids: tuple[str, ...]) -> None:
    """Ask for the kind of a file whose columns do not tell it."""
    unclear = {file.file for file in answer.files if any(problem.rule == "kind" for problem in file.problems)}
    for file_id, file in zip(ids, wish.files):
        if file.name in unclear:
            kind = st.selectbox(
                f"What is {plain(file.name)}?", list(BY_KIND), index=None, key=f"kind-{file_id}",
                placeholder="Choose its kind",
            )  # fmt: skip
            if kind and kind != file.kind:
                st.session_state.setdefault(KINDS, {})[file_id] = kind
                st.rerun()


def _kind(file_id: str) -> str | None:
    kind: str | None = st.session_state.get(KINDS, {}).get(file_id)
    return kind


def _unknown_cros(files: Sequence[FileResult]) -> list[str]:
    asked = (problem for file in files for problem in file.problems if _asks_for_cro(problem))
    return sorted({problem.value for problem in asked})


def _asks_for_cro(problem: Problem) -> bool:
    return problem.severity == "question" and problem.rule == "unknown_cro"


def _state() -> str:
    return commands.state(open_store())


def _status_date() -> date:
    """The end of the last month, or the newest status date where that is later."""
    last_month = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    return max(last_month, _newest() or last_month)


def _newest() -> date | None:
    """The newest status date of the store."""
    told: list[date] = [entry["status_date"] for entry in commands.history(open_store()) if entry["status_date"]]
    return max(told, default=None)
