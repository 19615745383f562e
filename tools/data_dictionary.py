"""The data dictionary: every kind, from its contract."""

from collections.abc import Iterator

from data.contracts import ALL, Column, Contract

HEAD = """# Data dictionary

Made by `make docs` from the contracts in `data/contracts/`, which check every upload; do not edit it here.

One CSV file a kind, in UTF-8, with the column names in the first line. A column that a file lacks keeps what
is known, and an empty cell clears it. "Required" applies to new rows. The **key** columns together say which
row is meant.
"""


def data_dictionary() -> str:
    """All kinds in the order of their references, as Markdown."""
    return "\n".join((HEAD, *map(_kind, ALL)))


def _kind(contract: Contract) -> str:
    return "\n".join(
        (
            f'<a id="{contract.kind}"></a>\n## {contract.kind}\n',
            f"{' '.join((contract.meaning, *_said_of(contract)))}\n",
            "| column | what it means | what to write | rules |",
            "|---|---|---|---|",
            *(
                f"| `{column.name}` | {column.meaning} | {_expected(column)} | {_marks(column)} |"
                for column in contract
            ),
            "",
            *(f"- `{earlier}` is not after `{later}`." for earlier, later in contract.orders),
            *(f"- `{rule.column}`: {rule.message}" for rule in contract.rules),
            *([""] if contract.orders or contract.rules else []),
        )
    )


def _said_of(contract: Contract) -> Iterator[str]:
    if contract.tells_of_work:
        yield "It tells of the work: a study of which it comes is not silent."
    if contract.holds_for_all:
        yield "A row that names neither a CRO nor an engagement holds for all of them."


def _expected(column: Column) -> str:
    return "; ".join((column.expected, *_limits(column)))


def _limits(column: Column) -> Iterator[str]:
    if column.unit:
        yield f"in {column.unit}"
    if column.minimum is not None:
        yield f"at least {column.minimum:g}"
    if column.maximum is not None:
        yield f"at most {column.maximum:g}"
    if column.references:
        yield f"names one of `{column.references}`"


def _marks(column: Column) -> str:
    marks = {"**key**": column.key, "required": column.required, "a change needs a reason": column.fixed}
    return ", ".join(mark for mark, holds in marks.items() if holds)
