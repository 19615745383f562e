"""The review pack as one HTML file: offline, interactive, and printable."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Literal

from plotly.offline import get_plotlyjs

import charts.pack
import wording
from charts.theme import DARK, LIGHT, SYMBOL, WORD, Head, Look, headless
from reports.content import Block, Cell, Chart, Column, Figure, Figures, Pack, Section, Table, Text

Paper = Literal["", "A4", "Letter"]

_SHORT = 12  # characters that stay on one line: of six columns they still fit on paper
_INTERNAL = '<p class="mark">Internal: not for the CRO</p>'


def write(pack: Pack, paper: Paper = "") -> bytes:
    """The pack as one file of HTML in UTF-8, the same for the same pack. It asks nobody for anything.

    `paper`: drawn for this size at once, in light colours; without it for the screen, and for paper when printed.
    """
    shown = pack.for_cro() if pack.edition == "cro" else pack
    library, script = _library(), _resource("page.js")
    html = f"""<!doctype html>
<html lang="en-GB" data-paper="{escape(paper)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(library, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
{_properties(shown)}
<title>{escape(title(shown))}</title>
<style>
{_colours()}
{_resource("page.css")}
{_pages(shown, paper)}
</style>
</head>
<body>
<a class="skip" href="#content">To the review</a>
{_cover(shown)}
{_navigation(shown.sections)}
<main id="content" tabindex="-1">
{"".join(_section(shown, number, each) for number, each in enumerate(shown.sections, start=1))}
{_annex(shown)}
</main>
<footer>{_footer(shown)}</footer>
<script>{library}</script>
<script>{script}</script>
</body>
</html>
"""
    return html.encode()


def title(pack: Pack) -> str:
    """What the document is called: of whom, of which quarter, under which number."""
    return f"Review of {pack.cro or 'all CROs'}, {pack.quarter} ({pack.review_id})"


def facts(pack: Pack) -> tuple[tuple[str, str], ...]:
    """What the cover says of the pack, by name."""
    told = (
        ("Review", pack.review_id),
        ("Edition", f"{'CRO' if pack.edition == 'cro' else pack.edition} edition"),
        ("State", pack.state + (f" by {pack.frozen_by}" if pack.frozen_on and pack.frozen_by else "")),
        ("Cut-off", _day(pack.cut_off)),
        ("Known at", f"upload {pack.known_at}"),
        ("Replies and actions up to", _day(pack.told_on)),
        ("Baseline", pack.baseline),
        ("Currency", pack.currency),
        ("Prepared by", pack.prepared_by),
        ("Version", pack.version),
        ("Definitions", pack.definitions),
        ("Content hash (SHA-256)", pack.hash),
    )
    return tuple((name, value) for name, value in told if value)


@cache
def _library() -> str:
    """The script that draws: plotly.js, which comes with the Python package."""
    return str(get_plotlyjs())


@cache
def _resource(name: str) -> str:
    return files("reports").joinpath(name).read_text(encoding="utf-8")


@cache
def _policy(*scripts: str) -> str:
    """Nothing from anywhere, and no script but these. Plotly sets styles and makes pictures as it draws."""
    hashes = (b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _properties(pack: Pack) -> str:
    named = (
        ("author", pack.prepared_by), ("review-id", pack.review_id), ("edition", pack.edition), ("state", pack.state),
        ("cut-off", pack.cut_off), ("known-at", str(pack.known_at)), ("version", pack.version), ("hash", pack.hash),
    )  # fmt: skip
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in named if value)


def _colours() -> str:
    """The colours of the theme as variables: dark ones only on a screen that asks for them."""
    return (
        f":root {{ color-scheme: light; {_variables(LIGHT)} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ color-scheme: dark; {_variables(DARK)} }} }}"
    )


def _variables(look: Look) -> str:
    named = {name: getattr(look, name) for name in ("ink", "muted", "grid", "paper", "neutral", "good", "warn", "bad")}
    named |= {f"{name}-text": getattr(look, f"{name}_text") for name in ("good", "warn", "bad")}
    named["quiet"] = look.tint(look.neutral, 0.1)
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())


def _pages(pack: Pack, paper: str) -> str:
    """The size of the paper, and what stands at the foot of each page."""
    size = f"size: {paper};" if paper else ""
    foot = f"{pack.review_id} · {pack.state} · cut-off {_day(pack.cut_off)} · {pack.hash[:12]}"
    return f"@page {{ {size} @bottom-left {{ content: {_css_string(foot)}; }} }}"


def _css_string(text: str) -> str:
    """Text as CSS: whatever is no plain letter or digit by its number, so that nothing ends the string or the style."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text) + '"'


def _cover(pack: Pack) -> str:
    told = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts(pack))
    return (
        f'<header class="cover"><p class="over">Quarterly review {escape(pack.quarter)}</p>'
        f'<h1>{escape(pack.cro or "All CROs")}</h1><dl class="facts">{told}</dl></header>'
    )


def _footer(pack: Pack) -> str:
    parts = (pack.review_id, pack.state, f"cut-off {_day(pack.cut_off)}", f"known at upload {pack.known_at}",
             f"version {pack.version}", f"SHA-256 {pack.hash}")  # fmt: skip
    return escape(" · ".join(parts))


def _navigation(sections: Sequence[Section]) -> str:
    links = "".join(
        f'<li><a href="#section-{number}">{escape(each.title)}</a></li>'
        for number, each in enumerate(sections, start=1)
    )
    return f'<nav aria-label="Sections"><ol>{links}</ol></nav>'


def _section(pack: Pack, number: int, section: Section) -> str:
    blocks = "".join(_block(pack, f"{number}-{place}", each) for place, each in enumerate(section.blocks, start=1))
    return (
        f'<section id="section-{number}" aria-labelledby="title-{number}"{_class(internal=section.internal)}>'
        f'<h2 id="title-{number}" tabindex="-1">{escape(section.title)}</h2>'
        f"{_INTERNAL if section.internal else ''}"
        f'<p class="finding">{escape(section.finding)}</p>{blocks}</section>\n'
    )


def _block(pack: Pack, place: str, block: Block) -> str:
    inside = _inside(pack, place, block)
    mark = _INTERNAL if block.internal else ""
    return f'<div class="block {block.block}{" internal" if block.internal else ""}">{mark}{inside}</div>'


def _inside(pack: Pack, place: str, block: Block) -> str:
    if isinstance(block, Chart):
        return _chart(pack, place, block)
    heading = f'<h3 id="block-{place}">{escape(block.title)}</h3>' if block.title else ""
    if isinstance(block, Text):
        return heading + "".join(f"<p>{escape(line)}</p>" for line in block.lines)
    if isinstance(block, Figures):
        return heading + (_tiles(block.figures) if block.tiles else _scorecard(block.figures))
    return heading + _table(block)


# Figures


def _tiles(figures: Sequence[Figure]) -> str:
    return f'<ul class="tiles">{"".join(map(_tile, figures))}</ul>'


def _tile(figure: Figure) -> str:
    return (
        f'<li class="tile {_shade(figure.band)}"{_numbers(figure)}>'
        f'<p class="label">{escape(figure.label)}</p><p class="value">{escape(figure.text)}</p>'
        f"<p>{_standing(figure)}</p>{_paragraphs(_rest(figure))}{_said(figure)}{_how_sure(figure)}</li>"
    )


def _rest(figure: Figure) -> tuple[str, ...]:
    before = f"Before: {figure.previous_text}" if figure.previous_text else ""
    return figure.counted, before


def _scorecard(figures: Sequence[Figure]) -> str:
    names = ("KPI", "Value", "Status", "Rests on", "Before", "What was said")
    head = "".join(f'<th scope="col"{_class(num=name in ("Value", "Before"))}>{name}</th>' for name in names)
    rows = "".join(map(_score, figures))
    return _scroll("Scorecard", f'<table class="scorecard"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _score(figure: Figure) -> str:
    return (
        f"<tr{_numbers(figure)}>"
        f'<th scope="row">{escape(figure.label)} <span class="domain">{escape(figure.domain)}</span>'
        f"{_how_sure(figure)}</th>"
        f'<td class="num value">{escape(figure.text)}</td><td>{_standing(figure)}</td>'
        f'<td>{escape(figure.counted) or "–"}</td><td class="num">{escape(figure.previous_text) or "–"}</td>'
        f"<td>{_said(figure)}</td></tr>"
    )


def _numbers(figure: Figure) -> str:
    """The figure for machines: digit for digit, in its unit."""
    values = {
        "value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n, "previous": figure.previous,
        "points": figure.points, "weight": figure.weight,
    }  # fmt: skip
    return f' data-figure="{escape(figure.id)}"' + "".join(_number(name, value) for name, value in values.items())


def _number(name: str, value: float | None) -> str:
    return "" if value is None else f' data-{name}="{json.dumps(value)}"'


def _standing(figure: Figure) -> str:
    """Its band as symbol and word, then how it stands to its target in words."""
    band = WORD.get(figure.band, figure.band)
    more = [figure.word] if figure.word and figure.word != band else []
    more += ["stale"] if figure.stale else []
    symbol = f'<span aria-hidden="true">{escape(SYMBOL.get(figure.band, "·"))}</span> '
    words = "".join(f", {escape(each)}" for each in more)
    return f'<span class="band {_shade(figure.band)}">{symbol}{escape(band)}</span>{words}'


def _shade(band: str) -> str:
    return {"green": "good", "amber": "warn", "red": "bad"}.get(band, "none")


def _said(figure: Figure) -> str:
    """Our comment and the CRO's reply; a red that nobody explained says so."""
    ours = figure.comment and (f"Comment: {figure.comment}" if figure.explained else figure.comment.capitalize())
    theirs = f"CRO: {figure.reply}" if figure.reply else ""
    return _paragraphs((ours, theirs), "said")


def _how_sure(figure: Figure) -> str:
    told = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in _grounds(figure) if value)
    whose = f'<span class="unseen"> {escape(figure.label)}</span>'
    return f"<details><summary>How sure?{whose}</summary><dl>{told}</dl></details>"


def _grounds(figure: Figure) -> tuple[tuple[str, str], ...]:
    points = "" if figure.points is None else f"{figure.points:g} of 100"
    return (
        ("Definition", figure.definition),
        ("Cases (n)", "" if figure.n is None else f"{figure.n:,.10g}"),
        ("Interval", figure.interval),
        ("Threshold", figure.threshold),
        ("Points", points if figure.weight is None else f"{points}, weight {figure.weight:g}" if points else ""),
        ("Source", figure.source),
    )


def _annex(pack: Pack) -> str:
    """Paper cannot be opened for more: there the grounds of all figures stand at the end."""
    known = {figure.id: figure for figure in pack.figures}
    if not known:
        return ""
    rows = "".join(_annexed(figure) for figure in known.values())
    head = "".join(f'<th scope="col">{name}</th>' for name in ("KPI", "Definition", "How sure", "Threshold", "Source"))
    return (
        '<section class="annex" aria-labelledby="annex"><h2 id="annex">How sure?</h2>'
        '<p class="finding">What each figure means and rests on.</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>\n"
    )


def _annexed(figure: Figure) -> str:
    told = dict(_grounds(figure))
    sure = " ".join(part for part in (f"n {told['Cases (n)']}." if told["Cases (n)"] else "", figure.interval) if part)
    cells = (figure.definition, sure, figure.threshold, figure.source)
    return (
        f'<tr><th scope="row">{escape(figure.label)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
    )


# Tables


def _table(table: Table) -> str:
    if not table.rows:
        return f'<p class="empty">{escape(table.empty)}</p>'
    head = "".join(
        f'<th scope="col"{_class(num=_counts(column), wide=column.wide)}>{escape(column.name)}</th>'
        for column in table.columns
    )
    rows = "".join(f"<tr>{''.join(map(_cell, table.columns, row))}</tr>" for row in table.rows)
    many = _class(dense=len(table.columns) > 6)
    return _scroll(table.title, f"<table{many}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")


def _counts(column: Column) -> bool:
    return column.format in ("number", "money")


def _cell(column: Column, cell: Cell) -> str:
    if isinstance(cell, str):
        short = not column.wide and len(cell) <= _SHORT
        return f"<td{_class(short=short)}>{_day_cell(cell) if column.format == 'day' else escape(cell)}</td>"
    if cell is None:
        return f"<td{_class(num=_counts(column))}>–</td>"
    return f'<td class="num"{_number("value", cell)}>{cell:,.{column.digits}f}</td>'


def _day_cell(cell: str) -> str:
    return f'<time datetime="{escape(cell)}">{escape(_day(cell))}</time>'


def _day(iso: str) -> str:
    """`3 Sep 2026`; what is no ISO date stays as it is."""
    try:
        return wording.day(date.fromisoformat(iso))
    except ValueError:
        return iso


def _scroll(name: str, table: str) -> str:
    """A table wider than the screen moves within its own frame, by keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">{table}</div>'


# Charts


def _chart(pack: Pack, place: str, chart: Chart) -> str:
    light, head = _drawn(pack, chart, LIGHT)
    dark, other = _drawn(pack, chart, DARK)
    key = "".join(
        f'<li><span aria-hidden="true" style="--light: {day}; --dark: {night}">■</span> {escape(word)}</li>'
        for (word, day), (_, night) in zip(head.key, other.key, strict=True)
    )
    keys = f'<ul class="key">{key}</ul>' if key else ""
    says = f"{chart.title}. {chart.subtitle} Its numbers follow as a table."
    height = int(light["layout"]["height"])
    return (
        f'<figure class="chart"><figcaption><h3 id="block-{place}">{escape(chart.title)}</h3>'
        f"<p>{escape(chart.subtitle)}</p>{keys}</figcaption>"
        f'<div class="plot" role="img" aria-label="{escape(says)}" style="height: {height}px"></div>'
        f'<script type="application/json">{_json({"light": light, "dark": dark})}</script>'
        f"<details><summary>The numbers</summary>{_chart_table(chart)}</details></figure>"
    )


def _drawn(pack: Pack, chart: Chart, look: Look) -> tuple[dict[str, Any], Head]:
    figure = charts.pack.chart(
        look,
        title=chart.title,
        subtitle=chart.subtitle,
        kind=chart.kind,
        categories=chart.categories,
        series=[(each.name, each.values, each.role) for each in chart.series],
        unit=chart.unit,
        digits=chart.digits,
        as_of=date.fromisoformat(pack.cut_off),
    )
    head, bare = headless(figure)
    return bare.to_dict(), head


def _chart_table(chart: Chart) -> str:
    shown = [each for each in chart.series if each.role != "hidden"]
    table = Table(
        title=chart.title,
        columns=(Column(name=""), *(Column(name=each.name, format="number", digits=chart.digits) for each in shown)),
        rows=tuple((name, *(each.values[place] for each in shown)) for place, name in enumerate(chart.categories)),
    )
    unit = f"<p>In {escape(chart.unit)}.</p>" if chart.unit else ""
    return unit + _table(table)


def _json(value: object) -> str:
    """JSON that cannot end the script it stands in, nor a line of it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _class(**names: bool) -> str:
    kept = " ".join(name for name, held in names.items() if held)
    return f' class="{kept}"' if kept else ""


def _paragraphs(lines: Iterable[str], name: str = "") -> str:
    return "".join(f"<p{_class(**{name: True}) if name else ''}>{escape(line)}</p>" for line in lines if line)
