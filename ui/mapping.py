"""Their columns, ours: the table in which somebody says what each heading stands for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pandas as pd
import streamlit as st

from data.contracts import BY_KIND, Column, Contract, Type
from data.contracts.milestones import CODES
from data.intake import FileResult
from data.intake.columns import Matched
from data.intake.columns import key as setting
from data.intake.matching import pivot_of
from data.intake.reading import Reading, Target, Unit
from ui.allowed import allowed
from ui.decided import Decided
from ui.preview import said
from ui.show import plain

NOT_USED = "not used"
AS_WRITTEN = "as it stands"
UNITS = {"ones": AS_WRITTEN, "thousands": "thousands", "millions": "millions", "percent": "percent"}
HEADING, EXAMPLES, OURS, UNIT, TO_DATE, SURE = "In the file", "For example", "Is our", "In", "To date", "How sure"


UNDECIDED = ("kind", "columns", "duplicate_column", "unknown_column", "column_gone")
"""Rules under which the table of columns is worth a look."""
SAID = 5
"""So many questions about columns are put in words; the table below says them all."""


def columns(file: FileResult, decided: Decided) -> None:
    """Draw the columns of a table: open where something has to be chosen or confirmed, else folded."""
    matched = file.headings.matched
    used = sum(bool(one.target) for one in matched)
    unsure = [one for one in file.problems if one.rule == "column" and one.severity == "question"]
    label = f"Columns: {used} of {len(matched)} used"
    if unsure:
        label += f", {len(unsure)} to be confirmed"
    open_ = bool(unsure) or undecided(file)
    key = decided.key(file.file)
    with st.expander(label, expanded=open_, icon=":material/view_column:", key=f"open-{key}"):
        contract = _kind(file, decided)
        for problem in unsure[:SAID]:
            st.markdown(f":material/help: {plain(said(problem))}")
        if contract:
            _map(file, contract, decided, key)


def undecided(file: FileResult) -> bool:
    """Whether the kind or columns of a table could not be found, and nobody has decided that they are not used."""
    return any(problem.rule in UNDECIDED for problem in file.problems)


def _kind(file: FileResult, decided: Decided) -> Contract | None:
    kinds = list(BY_KIND)
    place = kinds.index(file.kind) if file.kind else None
    chosen = st.selectbox(
        f"What is {plain(file.file)}?", kinds, index=place, key=f"kind-{decided.key(file.file)}",
        placeholder="Choose its kind", format_func=lambda kind: f"{kind}: {BY_KIND[kind].meaning}",
    )  # fmt: skip
    if chosen and chosen != file.kind:
        decided.of_kind(file.file, chosen)
        st.rerun()
    return BY_KIND[chosen] if chosen else None


def _map(file: FileResult, contract: Contract, decided: Decided, key: str) -> None:
    edited = _table(file, contract, key)
    chosen = [str(target) for target in edited[OURS] if target != NOT_USED]
    taken = {Target.of(target).column for target in chosen}
    lacking = [column for column in contract if column.name not in taken]
    constants = _constants(lacking, file.headings.reading, key)
    snapshot = st.checkbox(
        "This file is complete: what is not in it any more is closed, within the engagements that it names",
        value=bool(file.headings.reading.snapshot), key=f"snapshot-{key}",
    )  # fmt: skip
    if st.button("Use these columns", key=f"use-{key}", type="primary"):
        known = decided.readings.get(file.file, Reading())
        decided.replace(file.file, _chosen(known, file, contract, edited, constants, snapshot))
        st.rerun()


def _table(file: FileResult, contract: Contract, key: str) -> pd.DataFrame:
    matched, samples = file.headings.matched, file.headings.samples
    reading = file.headings.reading
    targets = [Target.of(one.target) for one in matched]
    frame = pd.DataFrame(
        {
            HEADING: [one.heading or "(no heading)" for one in matched],
            EXAMPLES: [" · ".join(values) for values in samples] or [""] * len(matched),
            OURS: [_choice(contract, one) for one in matched],
            SURE: [_sure(one) for one in matched],
            UNIT: [UNITS.get(reading.units.get(target.column, "ones"), AS_WRITTEN) for target in targets],
            TO_DATE: [bool(reading.to_date.get(target.column)) for target in targets],
        }
    )
    amounts = any(column.type is Type.NUMBER for column in contract)
    shown = [HEADING, EXAMPLES, OURS, SURE, *([UNIT, TO_DATE] if amounts else [])]
    return st.data_editor(
        frame, hide_index=True, key=f"columns-{key}", column_order=shown, disabled=[HEADING, EXAMPLES, SURE],
        height="content", column_config={
            OURS: st.column_config.SelectboxColumn(
                options=_options(contract, matched), format_func=_shown, required=True, width="medium"),
            UNIT: st.column_config.SelectboxColumn(options=list(UNITS.values()), required=True, width="small",
                help="How the amounts of this column are written."),
            TO_DATE: st.column_config.CheckboxColumn(width="small",
                help="Each amount is the total up to its month; the month's own part is worked out."),
        },
    )  # fmt: skip


def _sure(one: Matched) -> str:
    if not one.target:
        return ""
    return "sure" if one.alike >= 100 else f"{one.alike} % alike: confirm"


def _choice(contract: Contract, one: Matched) -> str:
    """What a heading is taken for; the month that it names is said by the heading itself."""
    target = Target.of(one.target)
    return (target.column if pivot_of(contract) == "month" else one.target) or NOT_USED


def _options(contract: Contract, matched: Sequence[Matched]) -> list[str]:
    """What a heading can stand for: our columns, and where each milestone has columns of its own, theirs."""
    found = [_choice(contract, one) for one in matched]
    wide = [
        str(Target(column.name, code))
        for code in CODES if pivot_of(contract) == "milestone" and "milestone" not in found
        for column in contract if column.type is Type.DATE
    ]  # fmt: skip
    return list(dict.fromkeys([NOT_USED, *contract.names, *found, *wide]))


def _shown(choice: object) -> str:
    target = Target.of(str(choice))
    return f"{target.column} of {target.at}" if target.at else target.column


def _constants(lacking: Sequence[Column], reading: Reading, key: str) -> dict[str, str]:
    names = [column.name for column in lacking]
    chosen = st.multiselect(
        "The same in all rows: columns that the file lacks", names, key=f"constants-{key}",
        default=[name for name, text in reading.constants.items() if text and name in names], placeholder="None",
    )  # fmt: skip
    return {column.name: _constant(column, reading, key) for column in lacking if column.name in chosen}


def _constant(column: Column, reading: Reading, key: str) -> str:
    kept, options = reading.constants.get(column.name), allowed(column)
    label = f"{column.name} of all rows"
    own = f"constant-{key}-{column.name}"
    if not options:
        return st.text_input(label, value=kept or "", key=own, help=f"Write {column.expected}.").strip()
    choices = list(options) if kept is None or kept in options else [kept, *options]
    value = st.selectbox(
        label, choices, index=choices.index(kept) if kept is not None else None, key=own, accept_new_options=True,
        format_func=lambda choice: options.get(choice, choice), placeholder="Choose or write",
    )  # fmt: skip
    return (value or "").strip()


def _chosen(
    known: Reading,
    file: FileResult,
    contract: Contract,
    edited: pd.DataFrame,
    constants: dict[str, str],
    snapshot: bool,
) -> Reading:
    """What was decided before, and all that the table says: what was not touched is confirmed with it."""
    targets = ["" if target == NOT_USED else str(target) for target in edited[OURS]]
    amounts = {column.name for column in contract if column.type is Type.NUMBER}
    names = [Target.of(target).column for target in targets]
    words = {word: unit for unit, word in UNITS.items()}
    read_so = file.headings.reading
    return replace(
        known,
        kind=contract.kind,
        columns={setting(one.heading): target for one, target in zip(file.headings.matched, targets) if one.heading},
        # An empty text takes back what a profile sets.
        constants={**dict.fromkeys(read_so.constants, ""), **constants},
        # What a cell shows by default is no answer: the question that a heading such as "in k€" raises stays open.
        units={
            name: cast(Unit, words[word])
            for name, word in zip(names, edited[UNIT])
            if name in amounts and (word != AS_WRITTEN or name in read_so.units)
        },
        to_date={
            name: bool(told)
            for name, told in zip(names, edited[TO_DATE])
            if name in amounts and (told or name in read_so.to_date)
        },
        snapshot=snapshot,
    )
