"""What a watch says of a file: one line as it happens, and a report beside the file for whoever mends it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.outgoing import in_line
from data.service import Answer

SHOWN = 500
"""So many findings of a kind are listed for people; all of them stand in the other report."""
HEADINGS = {
    "error": "To mend",
    "question": "To decide",
    "doubt": "Worth a look",
    "warning": "To know",
}
NO_RESULT = "The load ended without a result and without a reason."
MEND = "Mend what is listed below, and put the file into the folder again."
DECIDE = (
    "Nobody is there to answer a question. Load the file once on the page Data, keep the answers as a profile, and "
    "give its name to the watch (--profile)."
)
REJECTED = "The rejected rows lie beside this report, with a column that says why. Mend them and put them in again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. `answer` is that of `load --json`, empty where there is none; `message` says what else."""

    accepted: bool
    answer: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""

    @classmethod
    def of(cls, answer: Answer) -> "Outcome":
        """Read the answer of the command."""
        try:
            told = json.loads(answer.stdout)
        except ValueError:
            told = None
        if isinstance(told, dict) and "accepted" in told:
            return cls(bool(told["accepted"]), told)
        return cls(False, message=f"{answer.stderr}{answer.stdout}".strip() or NO_RESULT)

    def loaded_as(self, number: int, message: str) -> "Outcome":
        """The same of a file of which an upload is known."""
        return Outcome(True, {**self.answer, "accepted": True, "upload": number}, message)

    @property
    def files(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.answer.get("files", ())
        return found

    @property
    def upload(self) -> int | None:
        return self.answer.get("upload")

    def problems(self, severity: str) -> int:
        """How many findings of a severity there are."""
        return sum(problem["severity"] == severity for file in self.files for problem in file["problems"])

    def counts(self) -> str:
        """How many rows went where, in words; nothing where there is none."""
        names = ("new", "changed", "unchanged", "closed", "rejected")
        total = {name: sum(file.get(name, 0) for file in self.files) for name in names}
        return ", ".join(f"{number:,} {name}" for name, number in total.items() if number)

    def verdict(self) -> str:
        """What happened, in a few words."""
        if not self.accepted:
            return "refused"
        return f"accepted as upload {self.upload}" if self.upload else "accepted, nothing new"


def line(name: str, outcome: Outcome, report: str) -> str:
    """One line for the log."""
    said = outcome.counts()
    if not outcome.accepted:
        wrong = outcome.problems("error") + outcome.problems("question")
        said = _counted(wrong, "problem") if wrong else outcome.message.partition("\n")[0].rstrip(".")
    return in_line(f"{name}: {outcome.verdict()}{f': {said}' if said else ''}. {report}")


def as_json(name: str, outcome: Outcome) -> str:
    """The report for programs: the answer of `load --json`, the name of the file and the message."""
    empty: dict[str, object] = {"accepted": outcome.accepted, "upload": None, "files": []}
    return json.dumps(
        {"name": name, "message": outcome.message, **empty, **outcome.answer}, indent=2, ensure_ascii=False
    )


def text(name: str, outcome: Outcome) -> str:
    """The report for people: what happened, what to do, and each finding at its row and column."""
    return "\n".join(_lines(name, outcome))


def _lines(name: str, outcome: Outcome) -> Iterator[str]:
    yield in_line(f"{name}: {outcome.verdict()}.")
    if not outcome.accepted:
        yield "Nothing of this file was loaded."
    yield from (part for part in (outcome.message, *_to_do(outcome)) if part)
    for file in outcome.files:
        yield ""
        yield _headline(file)
        for left in file.get("left_out", ()):
            yield in_line(f"  left out, from row {left['first']} on: {_counted(left['rows'], 'row')}: {left['why']}")
        for severity, heading in HEADINGS.items():
            yield from _findings(heading, [one for one in file["problems"] if one["severity"] == severity])


def _to_do(outcome: Outcome) -> Iterator[str]:
    if not outcome.accepted and outcome.problems("error"):
        yield MEND
    if not outcome.accepted and outcome.problems("question"):
        yield DECIDE
    if outcome.accepted and any(file.get("rejected") for file in outcome.files):
        yield REJECTED


def _headline(file: Mapping[str, Any]) -> str:
    names = ("new", "changed", "unchanged", "closed", "rejected")
    counts = ", ".join(f"{file[name]:,} {name}" for name in names if name in file)
    kind = file["kind"] or "kind not found"
    return in_line(f"{file['file'] or 'The command'} ({kind}): {_counted(file['rows'], 'row')}: {counts}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _findings(heading: str, problems: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not problems:
        return
    yield f"{heading} ({len(problems):,}):"
    for problem in problems[:SHOWN]:
        where = (
            f"row {problem['row']}" if problem["row"] else "the file",
            problem["column"],
            f"“{problem['value']}”" if problem["value"] else "",
        )
        yield in_line(f"  {', '.join(part for part in where if part)}: {problem['message']}")
    if len(problems) > SHOWN:
        yield f"  and {len(problems) - SHOWN:,} more, in the .report.json"
