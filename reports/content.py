"""What a review pack says: one model, which every format writes and nothing adds to.

A frozen review keeps this content, not the recipe for it, so that it stays the same whatever is loaded or released
later. Plain values only, so that it goes into JSON and comes back the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Edition = Literal["sponsor", "cro", "leadership"]
Cell = str | float | int | None
UNEXPLAINED = "unexplained"
Role = Literal["actual", "baseline", "forecast", "cro", "sponsor", "external", "good", "bad", "hidden", "limit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with what is needed to trust it.

    `value`, `low`, `high`, `previous`: in the unit, unrounded, None where there is none; `text`, `previous_text`: as
    shown. `word`: how it stands to its target. `counted`: what it rests on. `weight`: of a KPI in its domain; a score
    and a domain have none. `explained`: our comment on it. `reply`: what the CRO says, in words, empty where it was not
    asked.
    """

    id: str
    label: str
    domain: str
    unit: str
    value: float | None
    text: str
    band: str
    word: str
    n: float | None
    counted: str
    low: float | None
    high: float | None
    interval: str
    definition: str
    threshold: str
    source: str
    previous: float | None = None
    previous_text: str = ""
    points: float | None = None
    weight: float | None = None
    stale: bool = False
    explained: str = ""
    reply: str = ""

    @property
    def comment(self) -> str:
        """What we say of it; a red KPI of which nobody said a word is unexplained. A score is explained by its KPIs."""
        if self.weight is None:
            return ""
        return self.explained or (UNEXPLAINED if self.band == "red" else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. `format`: how its cells are written, `text`, `number`, `day` (cells are ISO dates) or
    `money`; `digits` of numbers."""

    name: str
    format: Literal["text", "number", "day", "money"] = "text"
    digits: int = 0
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Sentences, each a line."""

    lines: tuple[str, ...]
    title: str = ""
    internal: bool = False
    block: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures as tiles (`tiles`) or as the rows of a scorecard."""

    figures: tuple[Figure, ...]
    title: str = ""
    tiles: bool = False
    internal: bool = False
    block: Literal["figures"] = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under columns; `empty` is said where there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing."
    internal: bool = False
    block: Literal["table"] = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of a chart under one name, a value a category (None: a gap), and what they mean (`role`)."""

    name: str
    values: tuple[float | None, ...]
    role: Role = "actual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that each format draws natively. `title` says the finding, `subtitle` explains the marks.

    `kind`: `line`, `column`, `bar` (categories from top to bottom), `stacked_bar`, `stacked_column`.
    """

    title: str
    subtitle: str
    kind: Literal["line", "column", "bar", "stacked_bar", "stacked_column"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    digits: int = 0
    internal: bool = False
    block: Literal["chart"] = "chart"


Block = Text | Figures | Table | Chart
BLOCKS: Mapping[str, type] = {"text": Text, "figures": Figures, "table": Table, "chart": Chart}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A topic of the review: its key, its title, what was found in a sentence, and what shows it."""

    key: str
    title: str
    finding: str
    blocks: tuple[Block, ...]
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A review of one CRO, or of all (`cro_id` empty), as of a cut-off, up to an upload.

    `told_on`: the day up to which replies, comments and actions are told. `definitions`: hash of the declarations of
    the KPIs, `version` of the application. `frozen_on`, `frozen_by`, `prepared_by` are of the cover alone.
    """

    review_id: str
    cro_id: str
    cro: str
    quarter: str
    cut_off: str
    known_at: int
    told_on: str
    baseline: str
    currency: str
    version: str
    definitions: str
    sections: tuple[Section, ...]
    edition: Edition = "sponsor"
    prepared_by: str = ""
    frozen_on: str = ""
    frozen_by: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of what it says; who prepared and froze it, and when, takes no part."""
        bare = replace(self, prepared_by="", frozen_on="", frozen_by="")
        return hashlib.sha256(text(bare).encode()).hexdigest()

    @property
    def figures(self) -> Iterator[Figure]:
        """Every figure, in order."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Figures):
                    yield from block.figures

    @property
    def state(self) -> str:
        return f"frozen on {self.frozen_on}" if self.frozen_on else "draft"

    def for_cro(self) -> "Pack":
        """What the CRO gets: nothing that is marked as internal."""
        sections = tuple(
            replace(section, blocks=tuple(block for block in section.blocks if not block.internal))
            for section in self.sections
            if not section.internal
        )
        return replace(self, sections=sections, edition="cro")


def text(pack: Pack) -> str:
    """The pack as JSON: the same content is the same text."""
    return json.dumps(asdict(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read(written: str) -> Pack:
    """The pack of a text that `text` wrote. Raises ValueError where it is none."""
    try:
        found = json.loads(written)
        sections = tuple(_section(section) for section in found.pop("sections"))
        return Pack(sections=sections, **found)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"This is not the content of a review pack: {problem}") from problem


def _section(found: dict[str, Any]) -> Section:
    return Section(**found | {"blocks": tuple(_block(block) for block in found["blocks"])})


_PARTS: Mapping[str, type] = {"figures": Figure, "columns": Column, "series": Series}


def _block(found: dict[str, Any]) -> Block:
    kind = BLOCKS[found["block"]]
    cells = {name: _tuple(name, value) for name, value in found.items()}
    return kind(**cells)  # type: ignore[no-any-return]


def _tuple(name: str, value: Any) -> Any:
    """Lists as the tuples that they were."""
    if not isinstance(value, list):
        return value
    if name in _PARTS:
        return tuple(_PARTS[name](**{key: _tuple(key, each) for key, each in part.items()}) for part in value)
    return tuple(_tuple("", each) for each in value)
