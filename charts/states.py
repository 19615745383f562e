"""The SLA in three states by CRO: met, missed, and pending, which is in neither share."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, hover, number, percent, rows, short, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

_STATES = ("met", "missed", "pending")


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per CRO: label, met, missed, pending, n (counts of requests). Sorted by the share missed of
    those judged (met + missed), worst first; the bar's parts are shares of all requests with an SLA.
    """
    judged = [row | {name: number(row[name]) or 0.0 for name in _STATES} for row in rows(frame)]
    ordered = sorted((row for row in judged if _all(row) > 0), key=lambda row: (-_missed(row), -row["pending"]))
    if not ordered:
        return empty(
            look,
            title or "Response SLA",
            "No request has an SLA here. Load requests, and slas for their engagements.",
        )
    found, ordered = ordered, ordered[:limit]
    spec = layout(
        look,
        title or _finding(found),
        "Parts of all requests with an SLA, with their counts. At the right the share met of those "
        "judged (met + missed); "
        f"pending = open and still within the SLA. {shown(len(found), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 38,
        foot=40,
        right=132,
        key=[("met", look.good), ("missed", look.bad), ("pending (hatched)", look.neutral)],
        barmode="stack",
        bargap=0.32,
        xaxis=axis(look, range=[0, 100], ticksuffix=" %", dtick=25),
        yaxis=row_axis(look, [row["label"] for row in ordered], lines=1),
        annotations=[beside(look, y, _words(row)) for y, row in enumerate(ordered)],
    )
    return draw([_part(name, ordered, look, as_of) for name in _STATES], spec)


def _all(row: Row) -> float:
    return float(row["met"] + row["missed"] + row["pending"])


def _missed(row: Row) -> float:
    judged = row["met"] + row["missed"]
    return float(row["missed"] / judged) if judged else -1.0


def _finding(ordered: list[Row]) -> str:
    met, missed = sum(row["met"] for row in ordered), sum(row["missed"] for row in ordered)
    if not met + missed:
        return "Nothing to judge yet: every request is still within its SLA"
    worst = ordered[0]
    pooled = f"{percent(met / (met + missed))} met over {count(len(ordered), 'CRO')}"
    if not worst["missed"]:
        return f"No request missed its SLA ({pooled})"
    missed, judged = worst["missed"], worst["met"] + worst["missed"]
    return f"{short(worst['label'])} missed {missed:,.0f} of {judged:,.0f} judged; {pooled}"


def _words(row: Row) -> str:
    judged = row["met"] + row["missed"]
    pending = under("", f"{row['pending']:,.0f} pending") if row["pending"] else ""
    if not judged:
        return f"none judged yet{pending}"
    return f"<b>{percent(row['met'] / judged, 1)}</b> of {judged:,.0f}" + pending


def _part(name: str, ordered: list[Row], look: Look, as_of: date | None) -> Spec:
    colour = {"met": look.good, "missed": look.bad, "pending": look.neutral}[name]
    shares = [100 * row[name] / _all(row) for row in ordered]
    marker: Spec = {"color": colour, "line": {"width": 1, "color": look.paper}}
    if name == "pending":
        marker |= {"color": look.paper, "line": {"width": 1, "color": colour}}
        marker["pattern"] = {"shape": "/", "fgcolor": colour, "size": 6, "solidity": 0.35}
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(ordered))),
        "x": shares,
        "marker": marker,
        "text": [
            f"{row[name]:,.0f}" if share >= 7 and name != "pending" else ""
            for row, share in zip(ordered, shares, strict=True)
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 12, "color": look.paper},
        "hovertext": [
            hover(
                row["label"],
                f"{row[name]:,.0f} of {count(_all(row), 'request')} {name}",
                f"{row['met'] + row['missed']:,.0f} judged, {row['pending']:,.0f} pending",
                as_of_text(as_of),
            )
            for row in ordered
        ],
        "hoverinfo": "text",
    }
