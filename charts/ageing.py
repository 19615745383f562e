"""What is open now, by age: stacked bars whose colour grows stronger with age."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import as_of_text, count, hover, known, percent, rows, short, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

BUCKETS = ("0-7", "8-14", "15-30", "over 30")
_STRENGTH = (0.18, 0.4, 0.68, 1.0)


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per CRO and age: label, bucket (days open: "0-7", "8-14", "15-30", "over 30"), items. Most old
    items first.
    """
    table: dict[str, dict[str, float]] = {}
    for row in rows(frame):
        if known(row["items"]) and row["items"] > 0:
            ages = table.setdefault(str(row["label"]), dict.fromkeys(BUCKETS, 0.0))
            ages[row["bucket"]] = ages.get(row["bucket"], 0.0) + row["items"]
    if not table:
        return empty(look, title or "Open items by age", "Nothing is open here.")
    names = sorted(table, key=lambda name: (-table[name]["over 30"], -sum(table[name].values())))[:limit]
    few = max(sum(table[name].values()) for name in names) <= 8  # else its ticks are fractions of an item
    spec = layout(
        look,
        title or _finding(table),
        f"Requests open now by age in days; stronger colour is older. {shown(len(table), limit)} {as_of_text(as_of)}",
        body=len(names) * 36,
        foot=52,
        right=138,
        key=[(f"{bucket} days", look.tint(look.bad, s)) for bucket, s in zip(BUCKETS, _STRENGTH, strict=True)],
        barmode="stack",
        bargap=0.34,
        xaxis=axis(look, rangemode="tozero", title={"text": "open items"}, nticks=8, **({"dtick": 1} if few else {})),
        yaxis=row_axis(look, names),
        annotations=[beside(look, y, _words(table[name]), _tone(table[name], look)) for y, name in enumerate(names)],
    )
    return draw([_bars(i, names, table, look, as_of) for i in range(len(BUCKETS))], spec)


def _finding(table: dict[str, dict[str, float]]) -> str:
    total, old = (
        sum(sum(ages.values()) for ages in table.values()),
        sum(ages["over 30"] for ages in table.values()),
    )
    if not old:
        return f"None of {count(total, 'open item')} is older than 30 days"
    worst = max(table, key=lambda name: table[name]["over 30"])
    return (
        f"{count(old, 'item')} of {total:,.0f} open for over 30 days, {table[worst]['over 30']:,.0f} of "
        f"them at {short(worst)}"
    )


def _tone(ages: dict[str, float], look: Look) -> str:
    return look.bad_text if ages["over 30"] else look.ink


def _words(ages: dict[str, float]) -> str:
    total, old = sum(ages.values()), ages["over 30"]
    second = f"{old:,.0f} over 30 days ({percent(old / total)})" if old else "none over 30 days"
    return under(f"<b>{total:,.0f} open</b>", f"{second}")


def _bars(i: int, names: list[str], table: dict[str, dict[str, float]], look: Look, as_of: date | None) -> Spec:
    bucket = BUCKETS[i]
    items = [table[name][bucket] for name in names]
    widest = max(sum(table[name].values()) for name in names)
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(names))),
        "x": items,
        "marker": {"color": look.tint(look.bad, _STRENGTH[i]), "line": {"width": 1, "color": look.paper}},
        "text": [f"{n:,.0f}" if n > 0.06 * widest else "" for n in items],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 12, "color": look.ink if i < 3 else look.paper},
        "hovertext": [
            hover(
                name,
                f"{count(n, 'item')} open {bucket} days",
                f"of {sum(table[name].values()):,.0f} open",
                as_of_text(as_of),
            )
            for name, n in zip(names, items, strict=True)
        ],
        "hoverinfo": "text",
    }
