"""Their response time to us beside ours to them: two medians a row."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, hover, known, number, rows, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    unit: str = "hours",
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 30,
) -> go.Figure:
    """
    One row per CRO: label, theirs and ours (median response time, NaN where not known), n_theirs, n_ours
    (requests).

    `theirs` is the CRO's answer to the sponsor, `ours` the sponsor's to the CRO. The slowest CRO first.
    """
    found = [row for row in rows(frame) if known(row["theirs"]) or known(row["ours"])]
    if not found:
        return empty(
            look,
            title or "Response time both ways",
            "No median yet in either direction. Load requests with timestamps.",
        )
    ordered = sorted(found, key=lambda row: -(number(row["theirs"]) or 0.0))[:limit]
    ours = look.causes["sponsor"]
    top = max(v for row in ordered for v in (number(row["theirs"]), number(row["ours"])) if v is not None)
    spec = layout(
        look,
        title or _finding(found),
        f"Median time to first response, in {unit}, open requests counted as censored. "
        f"{shown(len(found), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 36,
        foot=52,
        right=150,
        key=[("● the CRO answers us", look.ink), ("○ we answer the CRO", ours)],
        xaxis=axis(look, range=[0, top * 1.06 or 1.0], title={"text": unit}, nticks=8),
        yaxis=row_axis(look, [row["label"] for row in ordered]) | {"showgrid": True},
        annotations=[beside(look, y, _words(row)) for y, row in enumerate(ordered)],
    )
    solid = {"size": 10, "color": look.ink}
    ring = {"symbol": "circle-open", "size": 16, "color": ours, "line": {"width": 3}}
    return draw(
        [
            _links(ordered, look),
            _dots(ordered, "theirs", solid, unit, as_of),
            _dots(ordered, "ours", ring, unit, as_of),
        ],
        spec,
    )


def _finding(found: list[Row]) -> str:
    both = [row for row in found if known(row["theirs"]) and known(row["ours"])]
    if not both:
        return "Response times are known in one direction only"
    slower = sum(row["ours"] > row["theirs"] for row in both)
    if not slower:
        return f"We answer as fast as or faster than each of {count(len(both), 'CRO')}"
    return f"We answer more slowly than the CRO does at {slower} of {count(len(both), 'CRO')}"


def _words(row: Row) -> str:
    parts = [f"{row[name]:.1f}" if known(row[name]) else "–" for name in ("theirs", "ours")]
    n = [f"{row[name]:,.0f}" if known(row[name]) else "0" for name in ("n_theirs", "n_ours")]
    return under(f"<b>{parts[0]}</b> they, <b>{parts[1]}</b> we", f"n {n[0]} and {n[1]}")


def _links(ordered: list[Row], look: Look) -> Spec:
    xs: list[float | None] = []
    ys: list[int | None] = []
    for y, row in enumerate(ordered):
        if known(row["theirs"]) and known(row["ours"]):
            xs += [row["theirs"], row["ours"], None]
            ys += [y, y, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": {"width": 3, "color": look.grid},
        "hoverinfo": "skip",
    }


def _dots(ordered: list[Row], name: str, marker: Spec, unit: str, as_of: date | None) -> Spec:
    drawn = [(y, row) for y, row in enumerate(ordered) if known(row[name])]
    who = {"theirs": "the CRO answers us", "ours": "we answer the CRO"}[name]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row[name] for _, row in drawn],
        "y": [y for y, _ in drawn],
        "marker": marker,
        "hovertext": [
            hover(
                row["label"],
                f"{who}: median {row[name]:.1f} {unit}",
                f"n = {row[f'n_{name}']:,.0f} requests" if known(row[f"n_{name}"]) else "",
                as_of_text(as_of),
            )
            for _, row in drawn
        ],
        "hoverinfo": "text",
    }
