"""The charts of a deck: native, so that they can be edited, with the numbers unrounded."""

from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from pptx.chart.chart import Chart as Native
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide
from pptx.util import Pt
from xlsxwriter import Workbook

from charts.theme import Look
from reports.content import Chart, Series
from reports.deck_template import Box, Style
from reports.deck_text import clean, flat, labels, whole

KINDS = {
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked_bar": XL_CHART_TYPE.BAR_STACKED,
    "stacked_column": XL_CHART_TYPE.COLUMN_STACKED,
}
AXIS = 46.0
"""Points of an axis and a legend."""

COLUMNS = 36
"""Columns that one chart shows at most."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart, or a part of one that is split; its parts have one scale. `bar`: the room of a bar, in points."""

    chart: Chart
    scale: tuple[float, float] | None = None
    bar: float = 15.0

    @property
    def least(self) -> float:
        """The height of its plot at least, in points."""
        return max(120.0, len(self.chart.categories) * self.bar + AXIS) if "bar" in self.chart.kind else 9 * self.bar


def drawable(chart: Chart) -> bool:
    """Whether there is anything to draw."""
    return bool(_named(chart))


def split(chart: Chart, height: float, bar: float) -> list[Plot]:
    """The chart in as many parts as let it be read in so many points of height; `bar`: the room of a bar."""
    most = max(4, floor((height - AXIS) / bar)) if "bar" in chart.kind else COLUMNS
    count = len(chart.categories)
    if chart.kind == "line" or count <= most:
        return [Plot(chart, bar=bar)]
    parts = ceil(count / most)
    step = ceil(count / parts)
    return [
        Plot(_between(chart, start, start + step, f" ({place} of {parts})"), _scale(chart), bar)
        for place, start in enumerate(range(0, count, step), 1)
    ]


def _between(chart: Chart, start: int, end: int, which: str) -> Chart:
    series = tuple(replace(each, values=each.values[start:end]) for each in chart.series)
    return replace(chart, title=chart.title + which, categories=chart.categories[start:end], series=series)


def numbers(chart: Chart) -> tuple[str, ...]:
    """What the chart shows as lines of text, its names and numbers whole."""
    found = [f"{flat(chart.title)}. {flat(chart.subtitle)} {flat(chart.unit)}".strip()]
    for each in _visible(chart):
        pairs = zip(chart.categories, each.values, strict=True)
        found.append(f"{flat(each.name)}: " + "; ".join(f"{flat(name)} {whole(value)}" for name, value in pairs))
    return tuple(found)


def draw(slide: Slide, plot: Plot, box: Box, style: Style) -> None:
    """Draws the plot, without title, into the box."""
    chart, look = plot.chart, style.look
    kind: Any = _Data
    data = kind(number_format=_format(chart))
    data.categories = labels(chart.categories, _letters(chart, box))
    for each in chart.series:
        data.add_series(flat(each.name), each.values)
    frame: Any = slide.shapes.add_chart(KINDS[chart.kind], *box.emu, data)
    frame.name = flat(chart.title)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(f"{chart.title}. {chart.subtitle}"))
    native: Native = frame.chart
    native.has_title = False
    native.font.size = Pt(10 if len(chart.categories) <= 14 else 9)
    native.font.color.rgb = rgb(look.ink)
    for place, (shape, each) in enumerate(_pairs(native, chart)):
        _paint(shape, each, chart, _colour(look, chart, place), look)
    _gap(native)
    _axes(native, plot, look)
    named = _label(native, chart, style, box.width)
    _legend(native, chart, named)


def rgb(colour: str) -> RGBColor:
    """A colour of the theme as python-pptx wants it."""
    make: Any = RGBColor
    made: RGBColor = make(*bytes.fromhex(colour[1:]))
    return made


class _Writer(CategoryWorkbookWriter):
    """The workbook behind a chart: its names never a formula or a link, its date that of no clock."""

    @property
    def xlsx_blob(self) -> bytes:
        file = BytesIO()
        literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with Workbook(file, {"in_memory": True, **literal}) as workbook:
            workbook.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - a fixed date, no moment
            fill: Any = self._populate_worksheet
            fill(workbook, workbook.add_worksheet())
        return file.getvalue()


class _Data(CategoryChartData):
    @property
    def _workbook_writer(self) -> Any:
        writer: Any = _Writer
        return writer(self)


def _named(chart: Chart) -> list[Series]:
    """The series of which there is anything to see."""
    return [each for each in _visible(chart) if any(value is not None for value in each.values)]


def _visible(chart: Chart) -> list[Series]:
    return [each for each in chart.series if each.role != "hidden"]


def _format(chart: Chart) -> str:
    """How Excel shows its numbers; in a stack a zero is no label."""
    plain = _plain(chart)
    return f"{plain};-{plain};;" if "stacked" in chart.kind else plain


def _plain(chart: Chart) -> str:
    return "#,##0" + ("." + "0" * chart.digits if chart.digits else "")


def _letters(chart: Chart, box: Box) -> int:
    """How long the name of a category may be."""
    if "bar" in chart.kind:
        return max(8, int(box.width * 0.3 / 5.2))
    room = box.width * 0.9 / max(1, len(chart.categories)) / 5.6
    return max(8, int(room * 2.2)) if room > 5 else 16


def _scale(chart: Chart) -> tuple[float, float]:
    """From where to where a chart reaches, 0 included, at round numbers."""
    low = high = 0.0
    for place in range(len(chart.categories)):
        values = [each.values[place] or 0.0 for each in chart.series]
        if "stacked" in chart.kind:
            values = [sum(each for each in values if each > 0), sum(each for each in values if each < 0)]
        low, high = min(low, *values), max(high, *values)
    step = 10.0 ** floor(log10(high - low or 1.0)) / 2
    return floor(low / step) * step, ceil(high / step) * step


def _colour(look: Look, chart: Chart, place: int) -> str:
    role = chart.series[place].role
    if role == "actual":
        before = sum(each.role == "actual" for each in chart.series[:place])
        return look.lines[before % len(look.lines)] if before else _first(look, chart)
    colours = {"baseline": look.neutral, "forecast": look.muted, "good": look.good, "bad": look.bad}
    return look.causes.get(role) or colours.get(role, look.bad_text)


def _first(look: Look, chart: Chart) -> str:
    """Ink of a line; of columns grey, since ink in such masses outshouts what is good or bad."""
    return look.ink if chart.kind == "line" else look.muted


def _paint(shape: Any, each: Series, chart: Chart, colour: str, look: Look) -> None:
    if chart.kind == "line":
        return _stroke(shape, each, colour)
    shape.invert_if_negative = False
    fill = shape.format.fill
    if each.role == "hidden":
        fill.background()
        shape.format.line.fill.background()
    elif each.role == "limit":
        fill.background()
        shape.format.line.color.rgb = rgb(colour)
        shape.format.line.dash_style = MSO_LINE.DASH
    elif each.role == "forecast":
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = rgb(colour), rgb(look.paper)
        shape.format.line.color.rgb = rgb(colour)
    else:
        fill.solid()
        fill.fore_color.rgb = rgb(colour)
    return None


def _stroke(shape: Any, each: Series, colour: str) -> None:
    shape.smooth = False
    marker, line = shape.marker, shape.format.line
    if each.role == "hidden":
        line.fill.background()
        marker.style = XL_MARKER_STYLE.NONE
        return
    line.color.rgb = rgb(colour)
    line.width = Pt(1.25 if each.role in ("baseline", "limit") else 2.5)
    if each.role in ("forecast", "limit"):
        line.dash_style = MSO_LINE.DASH
    if each.role in ("baseline", "limit"):
        marker.style = XL_MARKER_STYLE.NONE
        return
    marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 6
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = rgb(colour)
    marker.format.line.color.rgb = rgb(colour)


def _gap(native: Native) -> None:
    """What is missing is a gap, never a zero."""
    root = native._chartSpace.chart
    for old in root.findall(qn("c:dispBlanksAs")):
        root.remove(old)
    before = root.find(qn("c:plotVisOnly"))
    before = root.plotArea if before is None else before
    before.addnext(parse_xml(f'<c:dispBlanksAs {nsdecls("c")} val="gap"/>'))


def _axes(native: Native, plot: Plot, look: Look) -> None:
    chart = plot.chart
    value, names = native.value_axis, native.category_axis
    value.major_gridlines.format.line.color.rgb = rgb(look.grid)
    value.format.line.fill.background()
    value.major_tick_mark = names.major_tick_mark = XL_TICK_MARK.NONE
    value.tick_labels.number_format = _plain(chart)
    value.tick_labels.number_format_is_linked = False
    value.tick_labels.font.color.rgb = rgb(look.muted)
    names.format.line.color.rgb = rgb(look.neutral)
    names.has_major_gridlines = False
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if "bar" in chart.kind:
        names.reverse_order = True
        value._element.find(qn("c:crosses")).set("val", "max")
    low, high = _scale(chart)
    if plot.scale:
        value.minimum_scale, value.maximum_scale = plot.scale
    elif chart.kind != "line" and low == 0:
        value.minimum_scale = 0.0
    if not chart.digits and high - low <= 6:
        value.major_unit = 1.0
    if chart.kind != "line":
        native.plots[0].gap_width = 50
        native.plots[0].overlap = 100 if "stacked" in chart.kind else -5


def _label(native: Native, chart: Chart, style: Style, wide: float) -> bool:
    """Writes values, and names of lines at their ends, where they are legible. Whether it named the series."""
    shown = len(_visible(chart)) * len(chart.categories)
    pairs = [pair for pair in _pairs(native, chart) if pair[1].role != "hidden"]
    if chart.kind == "line" and len(pairs) > 1:
        return _named_ends(native, pairs, chart, style, wide)
    for shape, each in pairs:
        if chart.kind == "line" and shown <= 16:
            _values(shape, chart, XL_LABEL_POSITION.ABOVE, style.look.ink)
            _below_in_valleys(shape, each, style.look)
        elif "stacked" in chart.kind and len(chart.categories) <= 24:
            _values(shape, chart, XL_LABEL_POSITION.CENTER, _on_fill(each, style.look))
            _without_small(shape, each, chart, style.look)
        elif chart.kind in ("bar", "column") and shown <= 24:
            _values(shape, chart, XL_LABEL_POSITION.OUTSIDE_END, style.look.ink)
    return len(_named(chart)) <= 1


def _on_fill(each: Series, look: Look) -> str:
    """What is legible on the fill of a series."""
    return look.ink if each.role in ("forecast", "limit", "baseline") else look.paper


def _values(shape: Any, chart: Chart, where: XL_LABEL_POSITION, colour: str) -> None:
    values = shape.data_labels
    values.show_value = True
    values.position = where
    values.number_format, values.number_format_is_linked = _format(chart), False
    values.font.color.rgb = rgb(colour)
    values.font.size = Pt(10 if len(chart.categories) <= 14 else 9)


def _below_in_valleys(shape: Any, each: Series, look: Look) -> None:
    """The label below a point that lies lower than its neighbours: the line would cross it above."""
    values = each.values
    for place, value in enumerate(values):
        near = [other for other in (*values[max(0, place - 1) : place], *values[place + 1 : place + 2])
                if other is not None]  # fmt: skip
        if value is not None and near and value < sum(near) / len(near):
            label = shape.points[place].data_label
            label.position = XL_LABEL_POSITION.BELOW
            label.font.size, label.font.color.rgb = Pt(10), rgb(look.ink)


def _without_small(shape: Any, each: Series, chart: Chart, look: Look) -> None:
    """Where the stretch is too short for its label: beside it where nothing else is there, else no label."""
    low, high = _scale(chart)
    bars = chart.kind == "stacked_bar"
    least = (0.06 if bars else 0.12) * (high - low)
    room = shape._element.find(qn("c:dLbls"))
    small = [place for place, value in enumerate(each.values) if not value or abs(value) < least]
    for at, place in enumerate(small):
        told = _aside(bars, look, chart) if _alone(each, chart, place) else '<c:delete val="1"/>'
        room.insert(at, parse_xml(f'<c:dLbl {nsdecls("c", "a")}><c:idx val="{place}"/>{told}</c:dLbl>'))
    room.append(parse_xml(_NO_LEADERS))


def _alone(each: Series, chart: Chart, place: int) -> bool:
    """Whether the value is all there is at its place; of several zeros the first is."""
    seen = _visible(chart)
    if each.values[place] is None or any(one.values[place] for one in seen if one is not each):
        return False
    zeros = [one for one in seen if one.values[place] == 0]
    return bool(each.values[place]) or zeros[0] is each


_NO_LEADERS = (
    f'<c:extLst {nsdecls("c")}><c:ext uri="{{CE6537A1-D6FC-4f65-9D91-7224C49458BB}}" '
    'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"><c15:showLeaderLines val="0"/>'
    "</c:ext></c:extLst>"
)
"""No line from a label that was moved to its stretch."""


def _aside(bars: bool, look: Look, chart: Chart) -> str:
    """A label moved off its short stretch, to the right or upwards."""
    x, y = (0.05, 0) if bars else (0, -0.08)
    shown = "".join(
        f'<c:show{what} val="{int(what == "Val")}"/>'
        for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    return (
        f'<c:layout><c:manualLayout><c:x val="{x}"/><c:y val="{y}"/></c:manualLayout></c:layout>'
        f'<c:numFmt formatCode="{_plain(chart)}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
        '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1000">'
        f'<a:solidFill><a:srgbClr val="{rgb(look.ink)}"/></a:solidFill>'
        '</a:defRPr></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
        f'<c:dLblPos val="ctr"/>{shown}'
    )


def _named_ends(native: Native, pairs: list[tuple[Any, Series]], chart: Chart, style: Style, wide: float) -> bool:
    """Names lines at their last point, where these are apart and at the right end."""
    ends = sorted(each.values[-1] for _, each in pairs if each.values[-1] is not None)
    known = [value for _, each in pairs for value in each.values if value is not None]
    apart = all(after - before > 0.09 * (max(known) - min(known)) for before, after in pairwise(ends))
    widest = max(style.ruler.width(flat(each.name), 10) for _, each in pairs)
    if len(ends) < len(pairs) or not apart or widest > 120:
        return False
    for place, (shape, each) in enumerate(_pairs(native, chart)):
        if each.role == "hidden":
            continue
        end = shape.points[len(each.values) - 1].data_label
        end.position = XL_LABEL_POSITION.RIGHT
        end.font.size = Pt(10)
        end.font.color.rgb = rgb(_colour(style.look, chart, place))
        told = end._dLbl
        for name, value in (("c:showVal", "0"), ("c:showSerName", "1"), ("c:showLegendKey", "0")):
            told.find(qn(name)).set("val", value)
    scale = style.ruler.width(f"{max(known):,.{chart.digits}f}", 10) + 14
    _inner(native, scale / wide, (widest + 14) / wide)
    return True


def _pairs(native: Native, chart: Chart) -> list[tuple[Any, Series]]:
    """The native series and what they show."""
    return list(zip(native.plots[0].series, chart.series, strict=True))


def _inner(native: Native, before: float, after: float) -> None:
    """Leaves room to the left of the lines for their scale, and to their right for their names: shares of the width."""
    area = native._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    edges = "".join(f'<c:{mode}Mode val="edge"/>' for mode in "xy")
    sizes = (before, 0.05, 1 - before - after, 0.82)
    places = "".join(f'<c:{name} val="{value}"/>' for name, value in zip("xywh", sizes, strict=True))
    area.insert(0, parse_xml(
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/>{edges}{places}'
        "</c:manualLayout></c:layout>"
    ))  # fmt: skip


def _legend(native: Native, chart: Chart, named: bool) -> None:
    native.has_legend = not named
    if named or native.legend is None:
        return
    native.legend.position = XL_LEGEND_POSITION.TOP
    native.legend.include_in_layout = False
    position = native._chartSpace.chart.find(qn("c:legend")).find(qn("c:legendPos"))
    for place, each in reversed(list(enumerate(chart.series))):
        if each not in _named(chart):
            position.addnext(parse_xml(
                f'<c:legendEntry {nsdecls("c")}><c:idx val="{place}"/><c:delete val="1"/></c:legendEntry>'
            ))  # fmt: skip
