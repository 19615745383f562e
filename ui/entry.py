"""What is written on a page: a table of the rows of one kind, kept as one edit, and the rows of a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

import pandas as pd
import streamlit as st

from analytics.catalogue import DIRECTIONS
from analytics.words import count
from data import commands, entries
from data.contracts import BY_KIND, Column, Contract, Type
from data.entries import Edited
from data.intake import Loaded, Options, Problem
from data.store import Stamp
from ui.allowed import allowed
from ui.columns import DATE
from ui.doubts import wants_reason
from ui.preview import said
from ui.scope import scope
from ui.show import plain
from ui.store import open_store

WHO = "who"
"""The name of whoever writes, kept for the session."""
WIDEST = 280
"""Width of a column of long texts, in pixels."""


@dataclass(frozen=True)
class _Whose:
    """Which rows a table holds, and under which key of the session."""

    contract: Contract
    fixed: Mapping[str, str]
    filled: str
    key: str

    def rows(self) -> list[dict[str, str]]:
        """As they stand now."""
        return entries.current(open_store(), self.contract, self.fixed, self.filled)


@dataclass
class _Table:
    """What the editor began with. While it is shown this must stay as it is: what is written is kept as differences.

    `turn` counts new beginnings, `found` are the problems of the last attempt by place, `told` says what was kept.
    """

    rows: list[dict[str, str]]
    state: str
    turn: int = 0
    found: tuple[tuple[int | None, Problem], ...] = ()
    told: str = ""
    asks: bool = False


def entry(
    kind: str,
    shown: Sequence[str],
    *,
    fixed: Mapping[str, str] | None = None,
    filled: str = "",
    labels: Mapping[str, str] | None = None,
    choices: Mapping[str, Mapping[str, str]] | None = None,
    code: str = "",
    begin: Sequence[Mapping[str, str]] = (),
) -> None:
    """The current rows of a kind that have the cells `fixed`, to be written over, and room for new ones.

    `shown` are the columns to be seen, `labels` their headings where those of the contract are not enough, `choices`
    what can be chosen in a column beside what the contract says (code to what is shown). Where the key is not among
    `shown`, new rows get a code that begins with `code`. `begin`: rows that are offered where there are none, such as
    those of a usual plan. `filled`: rows in which this column is empty are not shown and not touched.
    """
    contract, own = BY_KIND[kind], dict(fixed or {})
    whose = _Whose(contract, own, filled, f"entry-{kind}-{'-'.join(own.values())}")
    table = _begun(whose)
    if table.told:
        st.success(plain(table.told), icon=":material/check:")
    offered = [] if table.rows else [dict(row) for row in begin]
    drawn = [*table.rows, *offered]
    columns = {name: _config(contract, name, drawn, labels or {}, choices or {}) for name in shown}
    frame = pd.DataFrame([{name: _cell(contract[name], row.get(name, "")) for name in shown} for row in drawn],
                         columns=list(shown), dtype=object)  # fmt: skip
    written = st.data_editor(
        frame, hide_index=True, key=f"{whose.key}-{table.turn}", num_rows="dynamic", column_config=columns,
        height=min(40 + 35 * (len(frame) + 1), 560), placeholder="", alt=f"Rows of {_called(kind)}, to be written.",
    )  # fmt: skip
    after = {
        int(str(place)): {str(name): _text(contract[str(name)], cell) for name, cell in row.items()}
        for place, row in zip(written.index, written.to_dict("records"), strict=True)
    }
    edit = entries.edited(contract, own, list(shown), table.rows, after)
    _problems(table, edit)
    if not len(edit):
        st.caption(
            "Write into the last line to add one; Delete takes selected lines away. Nothing is kept before Save."
        )
        return
    if offered:
        st.caption("These rows are offered and not kept yet: change them, delete what does not fit, then keep them.")
    _save(whose, table, _coded(contract, edit, code), offered=bool(offered))


def _begun(whose: _Whose) -> _Table:
    """The table as it began: anew when the store has moved on and nothing is being written."""
    table = cast("_Table | None", st.session_state.get(whose.key))
    if table is None:
        return _begin(whose, 0)
    if table.state != commands.state(open_store()) and not _pending(whose, table):
        table.rows, table.state, table.turn = whose.rows(), commands.state(open_store()), table.turn + 1
    return table


def _begin(whose: _Whose, turn: int, told: str = "") -> _Table:
    table = st.session_state[whose.key] = _Table(whose.rows(), commands.state(open_store()), turn, told=told)
    return table


def _pending(whose: _Whose, table: _Table) -> bool:
    """Whether something is written that is not kept."""
    written = st.session_state.get(f"{whose.key}-{table.turn}") or {}
    return any(written.get(part) for part in ("edited_rows", "added_rows", "deleted_rows"))


def _config(
    contract: Contract,
    name: str,
    drawn: Sequence[Mapping[str, str]],
    labels: Mapping[str, str],
    choices: Mapping[str, Mapping[str, str]],
) -> Any:
    """How a column is written: chosen where it can be, else by its type."""
    column = contract[name]
    label = labels.get(name, _called(name.removesuffix("_id")).capitalize())
    more: dict[str, Any] = {"help": column.meaning}
    options = dict(choices[name]) if name in choices else allowed(column)
    if options and column.type is not Type.CURRENCY:
        return st.column_config.SelectboxColumn(
            label, options=list(options), format_func=lambda code: _called(options.get(str(code), str(code))),
            width=_width(label, options.values()), **more,
        )  # fmt: skip
    match column.type:
        case Type.DATE:
            return st.column_config.DateColumn(label, format=DATE, **more)
        case Type.NUMBER | Type.WHOLE:
            return st.column_config.NumberColumn(
                label, min_value=column.minimum, max_value=column.maximum,
                step=1 if column.type is Type.WHOLE else None, format="localized", **more,
            )  # fmt: skip
        case _:
            texts = (row.get(name, "") for row in (*contract.examples, *drawn))
            return st.column_config.TextColumn(label, width=_width(label, texts), **more)


def _width(label: str, texts: Iterable[str]) -> int:
    """Pixels for a column in which such texts stand: room for the longest, and for the heading with its sign."""
    return min(max([6 * len(label) + 52, *(6 * len(text) + 32 for text in texts)]), WIDEST)


def _called(name: str) -> str:
    return name.replace("_", " ")


def _cell(column: Column, text: str) -> Any:
    if not text:
        return None
    match column.type:
        case Type.DATE:
            return date.fromisoformat(text)
        case Type.NUMBER:
            return float(text)
        case Type.WHOLE:
            return int(text)
        case _:
            return text


def _text(column: Column, cell: Any) -> str:
    """A cell as a file would have it."""
    if cell is None or cell != cell:
        return ""
    if column.type is Type.DATE:
        return pd.Timestamp(cell).date().isoformat()
    if column.type in (Type.NUMBER, Type.WHOLE):
        return f"{float(cell):.6f}".rstrip("0").rstrip(".")
    return str(cell).strip()


def _coded(contract: Contract, edit: Edited, code: str) -> Edited:
    """New rows get a code of their own where the key is not to be written."""
    name, now = contract.keys[0], datetime.now(UTC)
    rows = tuple(
        row if row[name] else row | {name: f"{code}-{now:%y%m%d-%H%M%S-%f}-{place}".lstrip("-")}
        for place, row in zip(edit.places, edit.rows, strict=True)
    )
    return Edited(rows, edit.places, edit.gone) if code else edit


def _save(whose: _Whose, table: _Table, edit: Edited, *, offered: bool) -> None:
    key, kind = whose.key, whose.contract.kind
    label, icon = f"Save {count(len(edit), 'change')}", ":material/save:"
    if offered:
        label = "Keep this row" if len(edit) == 1 else f"Keep these {len(edit)} rows"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = name_of_writer(key)
        reason = ""
        if table.asks:
            reason = st.text_input("Why is it right?", key=f"{key}-reason-{table.turn}", max_chars=300)
        pressed = st.button(label, type="primary", key=f"{key}-save", icon=icon)
        # Of rows that are only offered there is nothing to discard.
        if (not offered or _pending(whose, table)) and st.button("Discard", key=f"{key}-discard", type="tertiary"):
            _begin(whose, table.turn + 1)
            st.rerun()
    if not pressed:
        return
    if not who.strip():
        st.warning("Write your name first: it stands in the ledger.")
        return
    if others := entries.told_since(whose.contract, edit, table.rows, whose.rows()):
        st.error(
            plain(
                f"Somebody has changed {', '.join(others)} since this table was drawn. Copy what you wrote, discard, "
            )
            + "and write it again."
        )
        return
    answer = keep(kind, edit.rows, who, reason=reason, gone=edit.gone)
    if answer.accepted:
        told = f"Kept as upload {answer.upload}." if answer.upload else "Nothing was new."
        _begin(whose, table.turn + 1, told)
    else:
        table.found = tuple(
            (None if one.row is None or one.row < 2 else edit.places[one.row - 2], one) for one in _wrong(answer)
        )
        table.asks, table.told = _in_doubt(answer), ""
    st.rerun()


def _problems(table: _Table, edit: Edited) -> None:
    """What the last attempt found, as long as something is still to be kept."""
    if not len(edit):
        table.found, table.asks = (), False
    for place, problem in table.found:
        _say(problem, "" if place is None else f"Line {place + 1}")


def _wrong(answer: Loaded) -> list[Problem]:
    """The findings for which rows were not kept."""
    return [one for file in answer.files for one in file.problems if one.severity != "warning"]


def _in_doubt(answer: Loaded) -> bool:
    return any(wants_reason(file, one) for file in answer.files for one in file.problems)


def _say(problem: Problem, line: str = "", labels: Mapping[str, str] | None = None) -> None:
    """Say what is wrong, with its line and column, and what was written there."""
    name = problem.column
    where = ", ".join(part for part in (line, (labels or {}).get(name, _called(name.removesuffix("_id")))) if part)
    value = f" ({plain(problem.value)})" if problem.value else ""
    st.error(f"**{plain(where)}**{value}: {plain(said(problem))}" if where else plain(said(problem)))


def name_of_writer(key: str) -> str:
    """Ask who writes; the answer is kept for the session."""
    who: str = st.text_input("Your name", value=st.session_state.get(WHO, ""), key=f"{key}-who",
                        help="Stands in the ledger.", width=220)  # fmt: skip
    if who.strip():
        st.session_state[WHO] = who.strip()
    return who


def why_right(key: str) -> str:
    """In a form: ask why what it says is right, once `kept` has found that it may not be."""
    if not st.session_state.get(f"{key}-asks"):
        return ""
    return st.text_input("Why is it right?", key=f"{key}-reason", max_chars=300)


def kept(
    key: str,
    kind: str,
    rows: Sequence[Mapping[str, str]],
    who: str,
    *,
    reason: str = "",
    labels: Mapping[str, str] | None = None,
) -> bool:
    """Whether the rows of a form were kept; if not, what is wrong is said by column, as `labels` call them.

    `key` is that of the form: once something is in doubt, `why_right` asks for a reason there.
    """
    answer = keep(kind, rows, who, reason=reason)
    asked = bool(st.session_state.get(f"{key}-asks"))
    st.session_state[f"{key}-asks"] = not answer.accepted and (asked or _in_doubt(answer))
    if answer.accepted:
        return True
    for problem in _wrong(answer):
        _say(problem, labels=labels)
    if st.session_state[f"{key}-asks"] and not asked:
        st.info("If it is right, press again: there is then a line to say why.")
    return False


def day_of_writing() -> date:
    """Today, or the as-of date where the page looks further back: what is told later would not be seen there."""
    today, seen = datetime.now(UTC).date(), scope()
    return today if seen is None else min(today, seen.as_of)


def keep(
    kind: str,
    rows: Sequence[Mapping[str, str]],
    who: str,
    *,
    reason: str = "",
    gone: Sequence[Mapping[str, str]] = (),
) -> Loaded:
    """Keep rows of a page through the one way in, told as of the day of writing."""
    stamp = Stamp(
        who=who.strip(), role="user", at=datetime.now(UTC), status_date=day_of_writing(), reason=reason.strip()
    )
    return commands.edit(
        open_store(), kind, rows, stamp, kpis=DIRECTIONS, options=Options(ask_why=True, create_cros=False), gone=gone
    )
