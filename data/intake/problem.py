"""What is wrong with a file, said to the person who can mend it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "question"]


class FileRefused(Exception):
    """The file as a whole cannot be used; the text says why and what to do."""

    def __init__(self, message: str, rule: str = "file", row: int | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.row = row


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `row` counts as a spreadsheet shows it (the header is row 1); None means the whole file.

    An error or an open question keeps the row out; a warning does not.
    """

    row: int | None
    column: str
    value: str
    rule: str
    message: str
    severity: Severity = "error"

    @property
    def blocks(self) -> bool:
        return self.severity != "warning"
