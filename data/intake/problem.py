"""What is wrong with a file, said to the person who can mend it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "question", "doubt", "warning"]


class FileRefused(Exception):
    """The file as a whole cannot be used; the text says why and what to do."""

    def __init__(self, message: str, rule: str = "file", row: int | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.row = row


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `row` counts as a spreadsheet shows it (the header is row 1); None means the whole file.

    An error or an open question keeps the row, or the whole file, out. A doubt loads: it is worth a look, and
    whoever loads it may say why it is right. A warning says what was done. `column` is as the file names it.
    """

    row: int | None
    column: str
    value: str
    rule: str
    message: str
    severity: Severity = "error"

    @property
    def blocks(self) -> bool:
        return self.severity in ("error", "question")
