"""Loading on trial and for good: what is wished, what it would do, and how it is kept or called off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import streamlit as st
from duckdb import DuckDBPyConnection

from analytics.catalogue import DIRECTIONS
from analytics.preview import Moved, moved_by
from data import commands
from data.intake import FileIn, Loaded, Options
from data.intake.load import Question
from data.intake.told import Asked
from data.store import Stamp
from ui.decided import Decided, call_off
from ui.show import plain
from ui.store import open_store

SEEN, LOADS, BEFORE = "_upload_seen", "_upload_loads", "_upload_before"
UNLOCKING = ("reason", "to_date")
"""Rules under which rows stay out until somebody says why they are right."""


class MovedOn(Exception):
    """What would be kept is not what was shown; the text says why."""


BY_OTHERS = "Somebody else has loaded data since you looked. What would change is worked out anew: look again."
BY_WISH = "With what you have just entered the outcome is another one: look again."


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to load, and how."""

    files: tuple[FileIn, ...]
    stamp: Stamp
    asked: Asked
    answers: Mapping[Question, str]
    options: Options

    @property
    def decisive(self) -> tuple[Any, ...]:
        """What the outcome depends on, beside the files: not who loads them, nor the words of an answer."""
        unlocked = {question for question in self.answers if question[1] in UNLOCKING}
        return self.stamp.status_date, bool(self.stamp.reason), self.asked, unlocked, self.options


@dataclass(frozen=True, slots=True)
class Seen:
    """A trial: of what, in which state of the store, under which number it would be kept, and what it gave.

    `moved` are the figures that would move; none where nothing would be kept. `anew`: the store has changed since
    these files were first tried.
    """

    of: tuple[Any, ...]
    state: str
    number: int
    answer: Loaded
    moved: Sequence[Moved]
    anew: bool = False


def tried(wish: Wish, decided: Decided) -> Seen:
    """What the wish would do to the store as it is; worked out once for each state of both."""
    of, state = (decided.ids, *wish.decisive), commands.state(open_store())
    seen = cast("Seen | None", st.session_state.get(SEEN))
    if seen is None or (seen.of, seen.state) != (of, state):
        # Forgotten first: a trial that is called off must not leave the one before it in its place.
        st.session_state.pop(SEEN, None)
        anew = seen is not None and seen.of[0] == of[0] and (seen.anew or seen.state != state)
        seen = st.session_state[SEEN] = replace(_tried(wish, of, state), anew=anew)
    return seen


def keep(wish: Wish, seen: Seen, shown: Seen) -> Loaded:
    """Load what was tried, `seen`, if it is what was `shown` when that was asked for.

    The click on a button comes with whatever else was entered until then, so the run that answers it has tried again.
    Raises MovedOn where somebody else has changed the store since it was shown, or the outcome has become another one.
    """
    if shown.state != seen.state or commands.state(open_store()) != seen.state:
        raise MovedOn(BY_OTHERS)
    if not seen.answer.accepted or (shown.answer, shown.moved) != (seen.answer, seen.moved):
        raise MovedOn(BY_WISH)

    def same(_cursor: DuckDBPyConnection, number: int) -> None:
        if number != seen.number:
            raise MovedOn(BY_OTHERS)

    return _load(wish, "Loading", same)


def _tried(wish: Wish, of: tuple[Any, ...], state: str) -> Seen:
    numbers: list[int] = []
    moved: list[Moved] = []

    def look(cursor: DuckDBPyConnection, number: int) -> None:
        numbers.append(number)
        moved.extend(moved_by(cursor, number, _before(state)))

    trial = replace(wish, options=replace(wish.options, dry_run=True))
    answer = _load(trial, "Looking through the files", look)
    return Seen(of, state, numbers[0] if numbers else 0, answer, moved)


def _before(state: str) -> dict[Any, Any]:
    """What the figures were, kept from one trial to the next while the store stays as it is."""
    if st.session_state.get(BEFORE, (None,))[0] != state:
        st.session_state[BEFORE] = (state, {})
    return cast("dict[Any, Any]", st.session_state[BEFORE][1])


def _load(wish: Wish, label: str, inspect: Callable[[DuckDBPyConnection, int], None]) -> Loaded:
    # Keys of their own each time: one run of the script may load more than once.
    number = st.session_state[LOADS] = st.session_state.get(LOADS, 0) + 1
    place = st.empty()
    with place.container(border=True, key=f"upload-progress-{number}"):
        bar = st.progress(0.0, label)
        st.button("Cancel", key=f"cancel-{number}", on_click=call_off, icon=":material/close:")

    # A click reruns the script, and a closed browser ends it, at the next word of progress: the load is undone then.
    def tell(stage: str, share: float) -> None:
        bar.progress(share, plain(stage))

    answer = commands.load(
        open_store(), wish.files, wish.stamp, kpis=DIRECTIONS, asked=wish.asked, answers=wish.answers,
        options=wish.options, progress=tell, inspect=inspect,
    )  # fmt: skip
    place.empty()
    return answer
