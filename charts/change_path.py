"""Where the days of each change order went: to the proposal, to the decision, to the signature."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, day, esc, hover, known, number, percent, rows, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

_STAGES = {
    "cro_days": ("cro", "to the proposal: the CRO", "The CRO"),
    "sponsor_days": ("sponsor", "to the decision: us", "Our decision"),
    "signature_days": ("both", "to the signature: both", "The signature"),
    "unsplit_days": ("", "no date between: no side's", "What no side can be given"),
}
_WITH = {"cro": "with the CRO", "sponsor": "with us", "both": "signature open"}
_OVER = {"executed": "signed", "refused": "refused"}


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per change order, in the order to be shown: label, state, requested, waits_for (cro, sponsor, both, or empty
    where it is over), cro_days, sponsor_days, signature_days, unsplit_days, days. A bar each, one part a stage; the
    stage that goes on is hatched up to the as-of date.
    """
    found = [row for row in rows(frame) if _whole(row) or known(row["days"])]
    if not found:
        return empty(look, title or "Change orders", "No change order is known. Load change_orders, or write one.")
    ordered = found[:limit]
    longest = max(1.0, *(_whole(row) for row in ordered))
    spec = layout(
        look,
        title or _finding(found),
        "A bar is one change order, from its request on; hatched = still open, up to the as-of date. Open ones first. "
        f"{shown(len(found), limit)} {as_of_text(as_of)}",
        body=max(len(ordered) * 38, 60),
        foot=52,
        right=150,
        key=[(words, _colour(look, name)) for name, (_, words, _) in _STAGES.items() if _any(found, name)],
        barmode="stack",
        bargap=0.32,
        xaxis=axis(look, range=[0, longest * 1.02], title={"text": "days since the request"}),
        yaxis=row_axis(look, [row["label"] for row in ordered], width=26),
        annotations=[beside(look, y, _words(row), look.ink) for y, row in enumerate(ordered)],
    )
    return draw([_part(name, ordered, longest, look, as_of) for name in _STAGES if _any(ordered, name)], spec)


def _colour(look: Look, name: str) -> str:
    causes = look.causes
    sides = {"cro": causes["cro"], "sponsor": causes["sponsor"], "both": look.lines[3]}
    return sides.get(_STAGES[name][0], causes["not recorded"])


def _any(found: list[Row], name: str) -> bool:
    return any(known(row[name]) for row in found)


def _whole(row: Row) -> float:
    return sum(number(row[name]) or 0.0 for name in _STAGES)


def _finding(found: list[Row]) -> str:
    sums = {name: sum(number(row[name]) or 0.0 for row in found) for name in _STAGES}
    total = sum(sums.values())
    going = sum(bool(row["waits_for"]) for row in found)
    still = f"; {going:,} of {len(found):,} still open" if going else ""
    if not total:
        return f"{count(len(found), 'change order')}, no days yet{still}"
    most = max(sums, key=lambda name: sums[name])
    return (
        f"{_STAGES[most][2]} took {sums[most]:,.0f} of {count(total, 'day')} ({percent(sums[most] / total)}), "
        f"the largest part{still}"
    )


def _words(row: Row) -> str:
    whole = number(row["days"])
    said = _WITH.get(str(row["waits_for"])) or _OVER.get(str(row["state"]), "over")
    return under(f"<b>{count(whole, 'day') if whole is not None else '–'}</b>", esc(said))


def _part(name: str, ordered: list[Row], longest: float, look: Look, as_of: date | None) -> Spec:
    side, words, _ = _STAGES[name]
    colour = _colour(look, name)
    values = [number(row[name]) or 0.0 for row in ordered]
    going = [bool(side) and row["waits_for"] == side for row in ordered]
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(ordered))),
        "x": values,
        "marker": {
            "color": colour,
            "line": {"width": 1, "color": [colour if open_ else look.paper for open_ in going]},
            "pattern": {
                "shape": ["/" if open_ else "" for open_ in going],
                "fgcolor": colour,
                "bgcolor": look.paper,
                "size": 6,
                "solidity": 0.35,
            },
        },
        "text": [
            f"{value:,.0f}" if value >= longest * 0.06 and not open_ else ""
            for value, open_ in zip(values, going, strict=True)
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 12, "color": look.paper if side else look.ink},
        "hovertext": [
            hover(
                row["label"],
                f"{value:,.0f} of {count(_whole(row), 'day')} {words}",
                "still open" if open_ else "",
                f"asked for {day(row['requested'])}",
                as_of_text(as_of),
            )
            for row, value, open_ in zip(ordered, values, going, strict=True)
        ],
        "hoverinfo": "text",
    }
