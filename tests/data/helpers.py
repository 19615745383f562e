"""Small stores and files for the tests of intake and store."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from data.contracts import ALL, BY_KIND
from data.intake import Asked, FileIn, Loaded, Options, Problem, load
from data.outgoing import template
from data.store import Stamp, Store

KPIS = {"Q05": "higher", "Q06": "higher", "R02": "higher", "R03": "lower", "T01": "higher", "T06": "higher"}


def stamp(day: str = "2026-09-30", reason: str = "") -> Stamp:
    """Who tells, on a fixed day."""
    status_date = date.fromisoformat(day)
    at = datetime(status_date.year, status_date.month, status_date.day, 18, tzinfo=UTC)
    return Stamp(who="Ana Ruiz", role="pm", at=at, status_date=status_date, reason=reason)


def tell(
    store: Store,
    files: Mapping[str, str | bytes],
    day: str = "2026-09-30",
    reason: str = "",
    constants: Mapping[str, str] | None = None,
    **options: bool,
) -> Loaded:
    """Load files, given as name and text; a name that is a kind says the kind."""
    given = [
        FileIn(f"{name}.csv", text.encode() if isinstance(text, str) else text, name if name in BY_KIND else None)
        for name, text in files.items()
    ]
    asked = Asked(constants=constants or {})
    return load(store, given, stamp(day, reason), kpis=KPIS, asked=asked, options=Options(**options))


def told(store: Store, files: Mapping[str, str | bytes], **more: Any) -> Loaded:
    """Load files that must be accepted."""
    answer = tell(store, files, **more)
    assert answer.accepted, [problem for file in answer.files for problem in file.problems]
    return answer


def example_store() -> Store:
    """A store in memory with the example rows of all templates, as upload 1."""
    store = Store()
    told(store, {contract.kind: template(contract) for contract in ALL})
    return store


def rows(store: Store, kind: str, known_at: int | None = None) -> list[tuple[Any, ...]]:
    """A kind's rows as known at an upload, by key; without the numbers of uploads."""
    columns = ", ".join(f'"{name}"' for name in BY_KIND[kind].names)
    keys = ", ".join(BY_KIND[kind].keys)
    number = store.version if known_at is None else known_at
    with store.read() as cursor:
        return cursor.execute(
            f"SELECT {columns} FROM {kind}"
            f" WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to > ?) ORDER BY {keys}",
            [number, number],
        ).fetchall()


def everything(store: Store, known_at: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All kinds as known at an upload."""
    return {contract.kind: rows(store, contract.kind, known_at) for contract in ALL}


def findings(problems: Sequence[Problem]) -> list[tuple[int | None, str, str]]:
    """Row, column and rule of each problem."""
    return [(problem.row, problem.column, problem.rule) for problem in problems]
