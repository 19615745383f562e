"""The workbook in which a CRO replies to the figures of its review: accepted, disputed, or a comment.

It loads as `review_replies`. A line that is left empty is no reply, and never an acceptance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter.workbook import Workbook

from data.contracts import BY_KIND
from data.intake.prefilled import ASKS
from data.returns.workbook import Sheet, add, workbook
from reports.content import Cell, Pack, Table

DAYS = "Days by cause"
"""The title of the table of milestones: code of the figure, study, milestone, then the days by cause and the status."""
TO_FILL_IN = ("reply", "own_value", "evidence", "comment", "replied_by", "replied_on")


@dataclass(frozen=True, slots=True)
class _Line:
    """What can be replied to: the code of the figure, what it is, our value, and what that rests on."""

    figure: str
    label: str
    value: str
    rests_on: str


def write(pack: Pack) -> bytes:
    """An Excel workbook with a line for each figure of the pack, and for each milestone of its table `DAYS`.

    It says nothing that is internal, whatever the edition of the pack. It depends on the pack alone.
    """
    pack = pack.for_cro()
    return workbook(_guide(pack), [_sheet(pack)], date.fromisoformat(pack.cut_off))


def add_to(book: Workbook, pack: Pack) -> None:
    """Put the same sheets behind those of a workbook of the pack."""
    pack = pack.for_cro()
    add(book, _guide(pack), [_sheet(pack)])


def _sheet(pack: Pack) -> Sheet:
    lines = list({line.figure: line for line in _lines(pack)}.values())
    return Sheet(
        BY_KIND["review_replies"],
        [{"review_id": pack.review_id, "figure": line.figure} for line in lines],
        columns=TO_FILL_IN,
        beside={
            "what it is": [line.label for line in lines],
            "what we show": [line.value for line in lines],
            "rests on": [line.rests_on for line in lines],
        },
    )


def _lines(pack: Pack) -> Iterator[_Line]:
    for figure in pack.figures:
        value = f"{figure.text} ({figure.word})" if figure.word else figure.text
        label = figure.label if figure.label == figure.domain else f"{figure.domain}: {figure.label}"
        yield _Line(figure.id, label, value, figure.counted)
    for section in pack.sections:
        for block in section.blocks:
            if isinstance(block, Table) and block.title == DAYS:
                yield from (_days(block, row) for row in block.rows)


def _days(table: Table, row: Sequence[Cell]) -> _Line:
    """A milestone: its numbers are days, and the words beside them are what they rest on."""
    figure, study, milestone, *_ = row
    told = [(column, cell) for column, cell in zip(table.columns, row, strict=True)][3:]
    days = [f"{column.name}: {_number_of_days(cell)}" for column, cell in told if column.format == "number"]
    words = [f"{column.name}: {cell}" for column, cell in told if column.format == "text" and cell]
    return _Line(str(figure), f"{study}, {milestone}: days by cause", ", ".join(days), ", ".join(words))


def _number_of_days(days: Cell) -> str:
    if days is None or isinstance(days, str):
        return days or "not recorded"
    return f"{days:,.10g} day{'s' * (days != 1)}"


def _guide(pack: Pack) -> list[str]:
    return [
        f"{pack.cro}: reply to the review of {pack.quarter}",
        f"Review {pack.review_id}, cut-off {pack.cut_off}, {pack.state}, content {pack.hash[:16]}.",
        "",
        "1. The sheet review_replies has a line for each figure, and for the days by cause of each milestone.",
        "2. reply: choose accepted, disputed or comment.",
        "3. A dispute needs your own value (own_value), what it rests on (evidence) or a comment.",
        "4. Write who replies (replied_by) and on which day (replied_on, such as 2026-10-28).",
        "5. Leave a line empty where you do not reply. It is then shown as “no reply”, never as accepted.",
        "6. Keep this sheet, save the workbook, and send it back as it is.",
        "",
        ASKS,
    ]
