"""A table to write into: the rows of one kind, added, changed and taken back in place, and kept as one edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

import pandas as pd
import streamlit as st

from analytics.catalogue import IDS
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
    but: Mapping[str, str] | None = None,
    key: str = "",
    labels: Mapping[str, str] | None = None,
    choices: Mapping[str, Mapping[str, str]] | None = None,
    code: str = "",
    begin: Sequence[Mapping[str, str]] = (),
) -> None:
    """The current rows of a kind that have the cells `fixed`, to be written over, and room for new ones.

    `shown` are the columns to be seen, `labels` their headings where those of the contract are not enough, `choices`
    what can be chosen in a column beside what the contract says (code to what is shown). Where the key is not among
    `shown`, new rows get a code that begins with `code`. `begin`: rows that stand there, not kept yet, where there are
    none, such as those of a usual plan. `but`: rows with one of these cells, of the key, are not shown and not touched.
    """
    contract, own, but = BY_KIND[kind], dict(fixed or {}), dict(but or {})
    key = f"entry-{kind}-{key or '-'.join(own.values())}"
    table = _begun(contract, own, but, key)
    if table.told:
        st.success(plain(table.told), icon=":material/check:")
    before = table.rows
    started = [dict(row) for row in begin] if not before else []
    columns = {name: _config(contract[name], labels or {}, choices or {}) for name in shown}
    frame = pd.DataFrame([{name: _cell(contract[name], row.get(name, "")) for name in shown}
                          for row in (*before, *started)], columns=list(shown), dtype=object)  # fmt: skip
    written = st.data_editor(
        frame, hide_index=True, key=f"{key}-{table.turn}", num_rows="dynamic", column_config=columns,
        height=min(40 + 35 * (len(frame) + 1), 560), placeholder="", alt=f"Rows of {_called(kind)}, to be written.",
    )  # fmt: skip
    after = {
        int(str(place)): {str(name): _text(contract[str(name)], cell) for name, cell in row.items()}
        for place, row in zip(written.index, written.to_dict("records"), strict=True)
    }
    edit = entries.edited(contract, own, list(shown), before, after)
    _problems(table, contract, edit, after)
    if len(edit):
        _save(contract, own, but, key, table, _coded(contract, edit, code))
    else:
        st.caption(
            "Write into the last line to add one; Delete takes selected lines away. Nothing is kept before Save."
        )


def _begun(contract: Contract, own: Mapping[str, str], but: Mapping[str, str], key: str) -> _Table:
    """The table as it began: anew when the store has moved on and nothing is being written."""
    state = commands.state(open_store())
    table = cast("_Table | None", st.session_state.get(key))
    if table is None:
        table = st.session_state[key] = _Table(entries.current(open_store(), contract, own, but), state)
    elif table.state != state and not _pending(f"{key}-{table.turn}"):
        table.rows, table.state, table.turn = entries.current(open_store(), contract, own, but), state, table.turn + 1
    return table


def _pending(widget: str) -> bool:
    written = st.session_state.get(widget) or {}
    return any(written.get(part) for part in ("edited_rows", "added_rows", "deleted_rows"))


def _config(column: Column, labels: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> Any:
    """How a column is written: chosen where it can be, else by its type."""
    label = labels.get(column.name, _called(column.name.removesuffix("_id")).capitalize())
    said: dict[str, Any] = {"help": column.meaning}
    options = dict(choices[column.name]) if column.name in choices else allowed(column)
    if options and column.type is not Type.CURRENCY:
        return st.column_config.SelectboxColumn(
            label, options=list(options), format_func=lambda code: _called(options.get(str(code), str(code))), **said
        )
    match column.type:
        case Type.DATE:
            return st.column_config.DateColumn(label, format=DATE, **said)
        case Type.NUMBER | Type.WHOLE:
            return st.column_config.NumberColumn(
                label, min_value=column.minimum, max_value=column.maximum,
                step=1 if column.type is Type.WHOLE else None, format="localized", **said,
            )  # fmt: skip
        case _:
            return st.column_config.TextColumn(label, **said)


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


def _save(
    contract: Contract, own: Mapping[str, str], but: Mapping[str, str], key: str, table: _Table, edit: Edited
) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = name_of_writer(key)
        reason = ""
        if table.asks:
            reason = st.text_input("Why is it right?", key=f"{key}-reason-{table.turn}", max_chars=300)
        pressed = st.button(f"Save {count(len(edit), 'change')}", type="primary", key=f"{key}-save",
                            icon=":material/save:")  # fmt: skip
        if st.button("Discard", key=f"{key}-discard", type="tertiary"):
            st.session_state[key] = _Table(
                entries.current(open_store(), contract, own, but), commands.state(open_store()), table.turn + 1
            )
            st.rerun()
    if not pressed:
        return
    if not who.strip():
        st.warning("Write your name first: it stands in the ledger.")
        return
    now = entries.current(open_store(), contract, own, but)
    if others := entries.told_since(contract, edit, table.rows, now):
        st.error(
            plain(
                f"Somebody has changed {', '.join(others)} since this table was drawn. Copy what you wrote, discard, "
            )
            + "and write it again."
        )
        return
    answer = keep(contract.kind, edit.rows, who, reason=reason, gone=edit.gone)
    if answer.accepted:
        turn, told = table.turn + 1, f"Kept as upload {answer.upload}." if answer.upload else "Nothing was new."
        rows = entries.current(open_store(), contract, own, but)
        st.session_state[key] = _Table(rows, commands.state(open_store()), turn, told=told)
    else:
        table.found = tuple(
            (None if one.row is None or one.row < 2 else edit.places[one.row - 2], one)
            for file in answer.files
            for one in file.problems
            if one.severity != "warning"
        )
        table.asks = any(wants_reason(file, one) for file in answer.files for one in file.problems)
        table.told = ""
    st.rerun()


def _problems(table: _Table, contract: Contract, edit: Edited, after: Mapping[int, Mapping[str, str]]) -> None:
    """What the last attempt found, named by line and column, as long as something is still to be kept."""
    if not len(edit):
        table.found, table.asks = (), False
    for place, one in table.found:
        line = "" if place is None else f"Line {place + 1}"
        where = ", ".join(part for part in (line, _called(one.column.removesuffix("_id"))) if part)
        value = f" ({plain(one.value)})" if one.value else ""
        st.error(f"**{plain(where)}**{value}: {plain(said(one))}" if where else plain(said(one)))


def name_of_writer(key: str) -> str:
    """Ask who writes; the answer is kept for the session."""
    who: str = st.text_input("Your name", value=st.session_state.get(WHO, ""), key=f"{key}-who",
                        help="Stands in the ledger.", width=220)  # fmt: skip
    if who.strip():
        st.session_state[WHO] = who.strip()
    return who


def keep(
    kind: str,
    rows: Sequence[Mapping[str, str]],
    who: str,
    *,
    reason: str = "",
    gone: Sequence[Mapping[str, str]] = (),
    role: str = "user",
) -> Loaded:
    """Keep rows of a page through the one way in, told as of the day that the page looks at.

    That day, and not today: what is told later would not be seen in the picture in which it was written.
    """
    now, seen = datetime.now(UTC), scope()
    day = now.date() if seen is None else min(now.date(), seen.as_of)
    stamp = Stamp(who=who.strip(), role=role, at=now, status_date=day, reason=reason.strip())
    return commands.edit(
        open_store(), kind, rows, stamp, kpi_ids=IDS, options=Options(ask_why=True, create_cros=False), gone=gone
    )
